use domain::recommendation::{Lifecycle, RecommendationDocument, RecommendationState as State};
use jiff::Timestamp;

use super::ascii_minus;
use crate::figures;

/// What became of a recommendation, in a line: `stopped since 2026-04-16 18:00 UTC, -1.13 R`.
pub fn lifecycle_line(lifecycle: &Lifecycle, document: &RecommendationDocument) -> String {
    let at = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let mut line = lifecycle.state.as_str().to_owned();
    match lifecycle.state {
        State::Waiting => {
            if let Some(plan) = &document.plan {
                line.push_str(&format!(" to enter by {}", at(plan.enter_by)));
            }
        }
        State::Invalid => {}
        _ => line.push_str(&format!(" since {}", at(lifecycle.since))),
    }
    if let (State::Filled, Some(fill)) = (lifecycle.state, lifecycle.fill) {
        line.push_str(&format!(", at {}", figures::price(fill.price, document.tick)));
        let all = document.plan.as_ref().map_or(0, |plan| plan.targets.len());
        line.push_str(&format!(", {} of {all} targets reached", lifecycle.targets()));
    }
    if let Some(outcome) = &lifecycle.outcome {
        line.push_str(&format!(", {:.2} R", figures::rounded(outcome.r, 2)));
    }
    ascii_minus(&line)
}

#[cfg(test)]
mod tests {
    use domain::recommendation::{Fill, Outcome};

    use super::*;
    use crate::sample_plan;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_line_says_where_it_stands_and_what_it_came_to() {
        let document = sample_plan::long();
        let mut found = Lifecycle { state: State::Waiting, ..Lifecycle::invalid(document.decided_at) };
        assert_eq!(lifecycle_line(&found, &document), "waiting to enter by 2026-05-03 04:00 UTC");
        let fill = Fill { at: at("2026-04-30T18:00:00Z"), price: "75000".parse().unwrap() };
        found = Lifecycle { state: State::Filled, since: fill.at, fill: Some(fill), ..found };
        let filled = "filled since 2026-04-30 18:00 UTC, at 75,000.00, 0 of 2 targets reached";
        assert_eq!(lifecycle_line(&found, &document), filled);
        let r = |text: &str| text.parse().unwrap();
        let outcome = Outcome { r: r("-1.1312"), gross: r("0"), fees: r("0"), funding: r("0"), hours: 1 };
        found = Lifecycle { state: State::Stopped, outcome: Some(outcome), ..found };
        assert_eq!(lifecycle_line(&found, &document), "stopped since 2026-04-30 18:00 UTC, -1.13 R");
        let invalid = Lifecycle::invalid(document.decided_at);
        assert_eq!(lifecycle_line(&invalid, &document), "invalid");
    }
}
