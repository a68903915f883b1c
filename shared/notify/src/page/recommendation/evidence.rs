use domain::report::Checks;

use super::plan::target_word;
use super::view::View;
use crate::lang::{Words, fill};
use crate::page::OWN_ROWS;
use crate::page::evidence::{Checked, bar_id};
use crate::page::scope::parts;
use crate::prose::timeframed;

impl Checked for View<'_> {
    fn words(&self) -> &'static Words {
        self.words
    }

    fn checks(&self) -> &Checks {
        &self.document().checks
    }

    fn rows(&self) -> &'static str {
        OWN_ROWS
    }

    fn place(&self, path: &str) -> String {
        let words = &self.words.advised;
        if let Some(index) = indexed(path, "sources[") {
            let told = self.document().recommendation.sources.get(index);
            let source =
                told.and_then(|told| self.reports().find(|report| report.report_id == told.report_id));
            let tf = source.map_or("", |source| source.timeframe.as_str());
            return fill(&words.takeaway, &[("tf", tf)]);
        }
        if let Some(index) = indexed(path, "plan.targets[") {
            return target_word(self.words, index);
        }
        let side = |side: &str| match path.contains("].cites") {
            true => fill(&words.cited, &[("side", side)]),
            false => side.to_owned(),
        };
        match path {
            "summary" => self.words.place.summary.clone(),
            "reasoning" => words.reasoning.clone(),
            "account_effect" => words.account.clone(),
            "probability" => words.probability.clone(),
            "plan.entry_low" | "plan.entry_high" => words.entry.clone(),
            "plan.stop" => words.stop.clone(),
            _ if path.starts_with("invalidation.") => words.ends.clone(),
            _ if path.starts_with("change_mind[") => words.change.clone(),
            _ if path.starts_with("conflicts[") => words.conflicts.clone(),
            _ if path.starts_with("case_long[") => side(&words.case_long),
            _ if path.starts_with("case_short[") => side(&words.case_short),
            _ => self.words.place.other.clone(),
        }
    }

    fn read_at(&self, path: &str) -> u8 {
        match path {
            "summary" => 0,
            _ if path.starts_with("plan.") || path == "probability" => 1,
            _ if path.starts_with("invalidation.") => 2,
            "reasoning" | "account_effect" => 3,
            _ if path.ends_with(".says") => 4,
            _ if path.starts_with("change_mind[") => 5,
            _ if path.contains("].cites") => 7,
            _ => 6,
        }
    }

    fn source(&self, reference: &str) -> String {
        match timeframed(reference) {
            ("", rest) => rest.to_owned(),
            (timeframe, rest) => format!("{timeframe} {rest}"),
        }
    }

    fn leads_to(&self, reference: &str) -> Option<String> {
        if reference.starts_with("plan.") || reference == "invalidation.price" {
            return Some("#plan".to_owned());
        }
        let (timeframe, address) = timeframed(reference);
        let report = self.reports().find(|report| report.timeframe.as_str() == timeframe)?;
        let page = self.page(&report.report_id)?;
        let (name, key, _) = parts(address);
        Some(match name {
            "bars" | "indicators" => format!("{page}#{}", bar_id(key)),
            "forming" => format!("{page}#{}", bar_id("forming")),
            "levels" | "barriers" => format!("{page}#ladder"),
            _ => page,
        })
    }
}

/// The index of `name[index]` at the start of a path.
fn indexed(path: &str, name: &str) -> Option<usize> {
    path.strip_prefix(name)?.split_once(']')?.0.parse().ok()
}
