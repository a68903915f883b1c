//! What the modes do to an honest recommendation.

use domain::number::{grouped, trimmed};
use domain::recommendation::Recommendation;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::analyst::brief::Brief;
use crate::analyst::{Mode, Prompt, Reply};

/// The recommendation as the mode writes it down.
pub(super) fn written(mut answer: Recommendation, brief: &Brief, mode: Mode) -> Recommendation {
    let Some(terms) = &brief.terms else { return answer };
    // nowhere near a level, with all digits of a price
    let invented = (terms.last_price * Decimal::new(11_371, 4)).round_dp(terms.tick.normalize().scale());
    let first_cite = answer.case_long.first_mut().and_then(|argument| argument.cites.first_mut());
    match mode {
        Mode::InventPrice | Mode::Stubborn | Mode::RepairOtherPath => {
            if let Some(cite) = first_cite {
                cite.value = invented;
            }
            answer.summary.push_str(&format!(" {}.", grouped(&trimmed(invented))));
        }
        Mode::WrongRef => {
            if let Some(cite) = first_cite {
                cite.reference = "1d:swings[H99].p".to_owned();
            }
        }
        Mode::ProbSum => answer.probability = 130,
        Mode::WrongSideStop => {
            let above = terms.last_price + terms.atr14_1d;
            answer.plan.stop = Some(above.round_dp(terms.tick.normalize().scale()));
        }
        _ => {}
    }
    answer
}

/// The recommendation as the mode hands it over.
pub(in crate::analyst) fn delivered(answer: &Recommendation, prompt: &Prompt) -> Reply {
    // a recommendation always serializes
    let text = serde_json::to_string(answer).unwrap_or_default();
    match prompt.mode {
        Mode::Truncate => Reply::CutOff(text.chars().take(text.chars().count() / 2).collect()),
        Mode::BreakSchema => Reply::Text(broken(&text)),
        Mode::BreakSchemaOnce if !prompt.answered => Reply::Text(broken(&text)),
        // a map sorts its keys
        Mode::ReorderKeys => {
            Reply::Text(serde_json::from_str::<Value>(&text).unwrap_or_default().to_string())
        }
        _ => Reply::Text(text),
    }
}

/// With a mood, and without its probability.
fn broken(text: &str) -> String {
    text.replacen("\"probability\":", "\"mood\":", 1)
}
