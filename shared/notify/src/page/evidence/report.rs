use domain::report::{Aspect, Checks};

use super::Checked;
use crate::lang::{Words, fill};
use crate::names::aspect_word;
use crate::page::scope::{Scope, parts};

/// A report and the ids on its page that a source can lead to.
pub(in crate::page) struct Own<'a> {
    pub(in crate::page) scope: &'a Scope<'a>,
    pub(in crate::page) targets: &'a [String],
}

impl Checked for Own<'_> {
    fn words(&self) -> &'static Words {
        self.scope.words
    }

    fn checks(&self) -> &Checks {
        &self.scope.document().checks
    }

    fn rows(&self) -> &'static str {
        self.scope.rows
    }

    fn place(&self, path: &str) -> String {
        let words = &self.scope.words.place;
        if let Some(rest) = path.strip_prefix("observations[") {
            let (index, field) = rest.split_once(']').unwrap_or((rest, ""));
            let aspect = index
                .parse()
                .ok()
                .and_then(|index: usize| self.scope.document().report.observations.get(index));
            let aspect = aspect_word(
                self.scope.words,
                aspect.map_or(Aspect::Context, |observation| observation.aspect),
            );
            return match field {
                ".says" => aspect.to_owned(),
                _ => fill(&words.cited, &[("aspect", aspect)]),
            };
        }
        let word = match path {
            "summary" => &words.summary,
            "parent_reason" => &words.parent_reason,
            "scenarios" => &words.scenarios,
            "scenarios.up" => &words.scenario_up,
            "scenarios.down" => &words.scenario_down,
            "invalidation.above" => &words.above,
            "invalidation.below" => &words.below,
            "invalidation.reason" => &words.reason,
            _ if path.starts_with("levels[") => &words.levels,
            _ if path.starts_with("issues[") => &words.issues,
            _ => &words.other,
        };
        word.clone()
    }

    fn read_at(&self, path: &str) -> u8 {
        match path {
            "summary" => 0,
            _ if path.ends_with(".says") => 1,
            _ if path.starts_with("invalidation.") || path.starts_with("scenarios.") => 2,
            _ if path.starts_with("observations[") => 3,
            _ if path.starts_with("levels[") => 5,
            _ => 4,
        }
    }

    fn source(&self, reference: &str) -> String {
        // another report's address and a tool's say by themselves whose they are
        if reference.starts_with("parent:") || reference.starts_with("tool[") {
            return reference.to_owned();
        }
        format!("{} {reference}", self.scope.timeframe().as_str())
    }

    fn leads_to(&self, reference: &str) -> Option<String> {
        let (name, key, _) = parts(reference);
        let id = match name {
            _ if reference.starts_with("parent:") => "behind".to_owned(),
            "levels" | "barriers" => "ladder".to_owned(),
            _ => bar_id(&bar_of(self.scope, name, key)?),
        };
        self.targets.contains(&id).then(|| format!("#{id}"))
    }
}

/// The open of the bar that a ref speaks of, as the artifact prints it; `forming` for the bar in progress.
fn bar_of(scope: &Scope<'_>, name: &str, key: &str) -> Option<String> {
    match name {
        "bars" | "indicators" => Some(key.to_owned()),
        "forming" => Some("forming".to_owned()),
        "swings" => scope.reading.ohlcv.swings.list.iter().find(|swing| swing.id == key).map(|s| s.t.clone()),
        _ => None,
    }
}

/// The opens of all bars that the report's sources speak of.
pub(in crate::page) fn cited_bars(scope: &Scope<'_>) -> Vec<String> {
    let items = scope.document().checks.items.iter();
    items
        .filter_map(|item| {
            let (name, key, _) = parts(&item.reference);
            bar_of(scope, name, key)
        })
        .collect()
}

/// The id of a bar's row: `bar-2026-04-20`.
pub(in crate::page) fn bar_id(label: &str) -> String {
    let safe = label.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':'));
    format!("bar-{}", safe.collect::<String>())
}
