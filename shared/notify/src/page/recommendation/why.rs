use domain::recommendation::{Argument, CloseSide, Direction};

use super::view::View;
use crate::prose::Piece;

/// Why: the weighing, both sides, and what would end it.
pub(super) struct Why {
    pub(super) reasoning: Vec<Piece>,
    pub(super) disagree: Vec<Vec<Piece>>,
    pub(super) account: Vec<Piece>,
    pub(super) sides: Vec<Side>,
    pub(super) ends: Vec<Piece>,
    pub(super) changes: Vec<Vec<Piece>>,
}

/// The case for a direction.
pub(super) struct Side {
    pub(super) title: &'static str,
    pub(super) mark: &'static str,
    pub(super) class: &'static str,
    pub(super) says: Vec<Vec<Piece>>,
}

pub(super) fn why(view: &View<'_>) -> Why {
    let answer = &view.document().recommendation;
    let list = |texts: &[String], name: &str| -> Vec<Vec<Piece>> {
        let paragraph = |(index, text): (usize, &String)| view.prose(text, &format!("{name}[{index}]"));
        texts.iter().enumerate().map(paragraph).filter(|pieces| !pieces.is_empty()).collect()
    };
    let mut changes = list(&answer.change_mind, "change_mind");
    let reason = view.prose(&answer.invalidation.reason, "invalidation.reason");
    if !reason.is_empty() {
        changes.insert(0, reason);
    }
    Why {
        reasoning: view.prose(&answer.reasoning, "reasoning"),
        disagree: list(&answer.conflicts, "conflicts"),
        account: view.prose(&answer.account_effect, "account_effect"),
        sides: sides(view),
        ends: ends(view),
        changes,
    }
}

/// The side that was taken first.
fn sides(view: &View<'_>) -> Vec<Side> {
    let (words, answer) = (&view.words.why, &view.document().recommendation);
    let side = |title: &'static str, mark, class, case: &[Argument], name: &str| Side {
        title,
        mark,
        class,
        says: case
            .iter()
            .enumerate()
            .map(|(index, argument)| view.prose(&argument.says, &format!("{name}[{index}].says")))
            .filter(|pieces| !pieces.is_empty())
            .collect(),
    };
    let long = side(&words.case_long, "△", "up", &answer.case_long, "case_long");
    let short = side(&words.case_short, "▼", "down", &answer.case_short, "case_short");
    if answer.direction == Direction::Short { vec![short, long] } else { vec![long, short] }
}

/// `A daily close above 90.73 ends the plan, entered or not.`
fn ends(view: &View<'_>) -> Vec<Piece> {
    let (words, end) = (view.words, &view.document().recommendation.invalidation);
    let side = match end.close {
        CloseSide::Above => &words.chain.over,
        CloseSide::Below => &words.chain.under,
        CloseSide::None => return Vec::new(),
    };
    let Some(price) = end.price else { return Vec::new() };
    let lead = &words.frame(end.timeframe).a_close;
    vec![
        Piece::words(format!("{lead} {side} ")),
        view.price_at("invalidation.price", price),
        Piece::words(format!(" {}", words.why.ends)),
    ]
}
