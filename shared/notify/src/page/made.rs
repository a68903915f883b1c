use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::report::Analyst;
use domain::tool::{ToolStatus, ToolUse};
use domain::{ContentId, Sha256Hex, number};
use rust_decimal::Decimal;

use super::scope::Scope;
use super::{PageInput, Parent, RunFacts};
use crate::figures;
use crate::lang::{Words, fill};
use crate::text::{model_name, plain};

/// What the report was made from, and what that took.
pub(super) struct Made {
    pub(super) run: String,
    pub(super) took: String,
    pub(super) rows: Vec<Row>,
    pub(super) pictures: Vec<Picture>,
}

/// An input.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) text: String,
    pub(super) ids: Vec<Id>,
}

/// A hash, id or address, short, with its whole.
pub(super) struct Id {
    pub(super) short: String,
    pub(super) whole: String,
}

/// A picture the analyst was given.
pub(super) struct Picture {
    pub(super) title: String,
    pub(super) data: String,
}

pub(super) fn made(scope: &Scope<'_>, input: &PageInput<'_>) -> Made {
    let mut rows = vec![candles(scope)];
    rows.extend(charts(scope));
    let document = scope.document();
    rows.push(prompt(scope.words, &document.llm_prompt_id, input.prompt_version));
    rows.push(analyst(scope.words, document.analyst, &document.llm_model, &document.llm_model_id));
    if let Parent::Report { reading, .. } = &input.parent {
        let parent = Scope::new(*reading, scope.words, scope.rows);
        let text = format!("{}, {}", parent.timeframe(), parent.bar_phrase());
        let ids = vec![id(parent.document().report_id.as_str())];
        rows.push(Row { label: scope.words.made.parent.clone(), text, ids });
    }
    rows.extend(tools(scope.words, &document.tools));
    rows.extend(input.inputs.iter().map(|row| Row {
        label: plain(row.label),
        text: plain(row.description),
        ids: vec![id(&plain(row.id))],
    }));
    let pictures = input.pictures.iter().map(|picture| Picture {
        title: fill(&scope.words.chart.given_n, &[("name", &plain(picture.name))]),
        data: STANDARD.encode(picture.png),
    });
    Made {
        run: document.run_id.to_string(),
        took: took(scope.words, document.analyst, &input.run),
        rows,
        pictures: pictures.collect(),
    }
}

pub(super) fn id(text: &str) -> Id {
    Id { short: text.to_owned(), whole: String::new() }
}

/// `sha256 4be1…9d07`, with the whole hash and the address behind it.
pub(super) fn hash(hash: &Sha256Hex, address: &str) -> Id {
    let whole = hash.as_str();
    let short = match (whole.get(..4), whole.get(whole.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) => format!("sha256 {first}…{last}"),
        _ => whole.to_owned(),
    };
    Id { short, whole: format!("{whole} {}", plain(address)) }
}

fn candles(scope: &Scope<'_>) -> Row {
    let (words, document, ohlcv) = (&scope.words.made, scope.document(), scope.reading.ohlcv);
    let values = [
        ("n", ohlcv.data_quality.history_bars.to_string()),
        ("bars", scope.words.frame(document.timeframe).bars.clone()),
        ("venue", scope.venue()),
        ("revision", ohlcv.revision.to_string()),
    ];
    let text = fill(&words.candles_text, &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let ids = vec![hash(&document.ohlcv_ref.sha256, &document.ohlcv_ref.address())];
    Row { label: words.candles.clone(), text, ids }
}

fn charts(scope: &Scope<'_>) -> Option<Row> {
    let (words, charts) = (&scope.words.made, &scope.document().chart_refs);
    let first = charts.first()?;
    let names: Vec<String> = charts.iter().map(|chart| plain(chart.chart_template_id.name())).collect();
    let provider = match first.chart_provider.as_str() {
        "built-in" => words.built_in.clone(),
        other => fill(&words.drawn_by, &[("provider", &plain(other))]),
    };
    Some(Row {
        label: words.charts.clone(),
        text: format!("{}; {provider}", names.join(", ")),
        ids: charts
            .iter()
            .flat_map(|chart| {
                let template = id(&plain(chart.chart_template_id.as_str()));
                [template, hash(&chart.artifact.sha256, &chart.artifact.address())]
            })
            .collect(),
    })
}

/// The prompt, by its version's id and number.
pub(super) fn prompt(words: &Words, prompt: &ContentId, version: Option<u32>) -> Row {
    let words = &words.made;
    let mut text = plain(prompt.name());
    if let Some(version) = version {
        text.push_str(", ");
        text.push_str(&fill(&words.version, &[("n", &version.to_string())]));
    }
    Row { label: words.prompt.clone(), text, ids: vec![id(&plain(prompt.as_str()))] }
}

/// What the model asked tools for: each call with its arguments and what became of it.
pub(super) fn tools(words: &Words, tools: &[ToolUse]) -> Vec<Row> {
    let words = &words.made;
    let row = |used: &ToolUse| {
        let became = match used.status {
            ToolStatus::Ok => words.tool_ok.clone(),
            ToolStatus::Unavailable => fill(&words.tool_unavailable, &[("why", &plain(&used.reason))]),
            ToolStatus::Refused => fill(&words.tool_refused, &[("why", &plain(&used.reason))]),
        };
        let mut text = plain(&used.name);
        if !used.arguments.is_null() {
            text.push_str(&format!(" {}", plain(&used.arguments.to_string())));
        }
        Row {
            label: fill(&words.tool, &[("n", &used.tool.to_string())]),
            text: format!("{text}: {became}"),
            ids: vec![hash(&used.artifact.sha256, &used.artifact.address())],
        }
    };
    tools.iter().map(row).collect()
}

/// Who answered, and the model profile's version.
pub(super) fn analyst(words: &Words, analyst: Analyst, model: &str, profile: &ContentId) -> Row {
    let words = &words.made;
    let text = match analyst {
        Analyst::Rules => words.rules.clone(),
        Analyst::Model => fill(&words.model, &[("name", &model_name(model))]),
    };
    Row { label: words.analyst.clone(), text, ids: vec![id(&plain(profile.as_str()))] }
}

/// `0.9 s · 2 calls · $0.0184`.
pub(super) fn took(words: &Words, analyst: Analyst, run: &RunFacts) -> String {
    let made = &words.made;
    let calls = match run.calls {
        1 => made.calls_one.clone(),
        n => fill(&made.calls_many, &[("n", &n.to_string())]),
    };
    let calls = match analyst {
        Analyst::Rules => format!("{calls} {}", made.rules_call),
        Analyst::Model => calls,
    };
    let seconds = Decimal::new(i64::try_from(run.wall_ms).unwrap_or(i64::MAX), 3).round_dp(1);
    let seconds = figures::minus(&number::grouped(&format!("{seconds:.1}")));
    format!("{seconds}\u{a0}{} · {calls} · ${:.4}", words.second, run.cost_usd.round_dp(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_shown_with_its_arguments_and_what_became_of_it() {
        let used = |tool: u32, status: &str, reason: &str| -> ToolUse {
            serde_json::from_value(serde_json::json!({
                "tool": tool, "name": "get_order_book\u{202e}", "arguments": {"rows": 2}, "status": status,
                "reason": reason, "gcs_uri": "gs://local/runs/r-1/1w-report-tool-1-x.json", "sha256": "4b".repeat(32),
            }))
            .unwrap()
        };
        let all =
            [used(1, "ok", ""), used(2, "unavailable", "the run is of the past"), used(3, "refused", "no")];
        let shown = |language: &str| -> Vec<(String, String)> {
            let rows = tools(Words::of(language).unwrap(), &all);
            assert!(
                rows.iter()
                    .all(|row| row.ids[0].whole.ends_with(" gs://local/runs/r-1/1w-report-tool-1-x.json"))
            );
            rows.into_iter().map(|row| (row.label, row.text)).collect()
        };
        let said = shown("en");
        let row =
            |label: &str, text: &str| (label.to_owned(), format!("get_order_book {{\"rows\":2}}: {text}"));
        assert_eq!(
            said,
            [
                row("Tool 1", "answered"),
                row("Tool 2", "unavailable: the run is of the past"),
                row("Tool 3", "refused: no")
            ]
        );
        assert_eq!(shown("ru")[0], row("Инструмент 1", "ответ получен"));
    }
}
