//! The record: items as they are found, then the counts and the trust.

use domain::report::{CheckItem, CheckStatus, Checks, Report, Trust};

use super::{Checked, RepairItem};

/// Characters that a repair is told of what the answer wrote, and of the data.
const WRITTEN: usize = 200;
const DATA: usize = 800;

#[derive(Default)]
pub(super) struct Findings {
    items: Vec<CheckItem>,
    problems: Vec<RepairItem>,
}

/// Something that does not hold.
#[derive(Default)]
pub(super) struct Wrong<'a> {
    pub(super) path: &'a str,
    pub(super) got: &'a str,
    pub(super) expected: &'a str,
    pub(super) reference: &'a str,
    pub(super) why: &'a str,
    pub(super) span: Option<(u32, u32)>,
    /// What the repair call is told beyond `expected`.
    pub(super) data: Option<&'a str>,
}

impl Findings {
    /// An item that holds.
    pub(super) fn holds(
        &mut self,
        path: &str,
        status: CheckStatus,
        got: &str,
        expected: &str,
        reference: &str,
        span: Option<(u32, u32)>,
    ) {
        self.items.push(CheckItem {
            path: path.to_owned(),
            status,
            got: got.to_owned(),
            expected: expected.to_owned(),
            reference: reference.to_owned(),
            span,
            was: None,
            why: None,
        });
    }

    /// An item that does not hold, and no field of it can be corrected.
    pub(super) fn marked(&mut self, wrong: &Wrong<'_>) {
        self.items.push(CheckItem {
            path: wrong.path.to_owned(),
            status: CheckStatus::Unverified,
            got: wrong.got.to_owned(),
            expected: wrong.expected.to_owned(),
            reference: wrong.reference.to_owned(),
            span: wrong.span,
            was: None,
            why: Some(wrong.why.to_owned()),
        });
    }

    /// An item that does not hold and is offered for repair at its own path.
    pub(super) fn fails(&mut self, wrong: &Wrong<'_>) {
        self.marked(wrong);
        self.offer(wrong);
    }

    /// A place that the repair call may correct.
    pub(super) fn offer(&mut self, wrong: &Wrong<'_>) {
        self.problems.push(RepairItem {
            path: wrong.path.to_owned(),
            got: capped(wrong.got, WRITTEN),
            reference: capped(wrong.reference, WRITTEN),
            data: capped(wrong.data.unwrap_or(wrong.expected), DATA),
            why: capped(wrong.why, DATA),
        });
    }

    /// Every item, and what a repair may correct.
    pub(super) fn into_parts(self) -> (Vec<CheckItem>, Vec<RepairItem>) {
        (self.items, self.problems)
    }

    pub(super) fn into_checked(self, report: Report, key_order: bool) -> Checked {
        let (checks, trust) = record(self.items, key_order);
        Checked { report, checks, trust, problems: self.problems }
    }
}

/// The beginning of a text that has more than `most` characters.
fn capped(text: &str, most: usize) -> String {
    let cut = text.char_indices().nth(most);
    cut.map_or_else(|| text.to_owned(), |(at, _)| format!("{} …", &text[..at]))
}

/// Prices whose close ends a report or a plan.
const END_PRICES: [&str; 3] = ["invalidation.above", "invalidation.below", "invalidation.price"];

/// The counts of `items`. Trust is low with over 10 % unverified, or an invalidation or plan price that is.
pub(crate) fn record(items: Vec<CheckItem>, key_order: bool) -> (Checks, Trust) {
    let count = |status: CheckStatus| items.iter().filter(|item| item.status == status).count();
    let unverified = count(CheckStatus::Unverified);
    let repaired = count(CheckStatus::Repaired);
    let checked = items.len();
    let is_price = |path: &str| path.starts_with("plan.") || END_PRICES.contains(&path);
    let no_end = items.iter().any(|item| item.status == CheckStatus::Unverified && is_price(&item.path));
    let trust = if no_end || unverified * 10 > checked { Trust::Low } else { Trust::Ok };
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let checks = Checks {
        checked: small(checked),
        verified: small(checked - unverified),
        repaired: small(repaired),
        unverified: small(unverified),
        key_order,
        items,
    };
    (checks, trust)
}
