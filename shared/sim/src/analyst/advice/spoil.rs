//! What the modes do to an honest recommendation.

use domain::number::{grouped, trimmed};
use domain::recommendation::Recommendation;
use rust_decimal::Decimal;

use crate::analyst::Mode;
use crate::analyst::brief::Brief;

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

/// A recommendation with a mood, and without its probability.
pub(in crate::analyst) fn broken(text: &str) -> String {
    text.replacen("\"probability\":", "\"mood\":", 1)
}
