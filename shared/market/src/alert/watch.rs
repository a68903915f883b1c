use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Proposal;
use crate::plan::Side;

/// What was told of a symbol, by direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The last long that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    long: Option<Sent>,
    /// The last short that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short: Option<Sent>,
}

/// A plan that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When it was told last, as news or as an update.
    pub at: Timestamp,
    /// When it was last told as an update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Its entry, as told.
    pub entry: Decimal,
    /// Its stop, as told.
    pub stop: Decimal,
    /// Whether the signal has since been weak, or pointed elsewhere.
    pub has_faded: bool,
    /// Whether the plan has ended: target, stop, invalidation, horizon, or never entered.
    pub has_ended: bool,
}

impl Sent {
    /// Whether the plan is another by now: its entry by more than 1 ATR, or its stop by more than half of one.
    pub(super) fn is_moved_by(&self, to: &Proposal) -> bool {
        let half = Decimal::new(5, 1) * to.atr;
        (to.entry - self.entry).abs() > to.atr || (to.stop - self.stop).abs() > half
    }
}

impl Watch {
    /// What was told last in a direction.
    pub fn of(&self, side: Side) -> Option<&Sent> {
        match side {
            Side::Long => self.long.as_ref(),
            Side::Short => self.short.as_ref(),
        }
    }

    /// The same, once the plan that was told in this direction has ended.
    #[must_use]
    pub fn ended(self, side: Side) -> Self {
        self.map(side, |sent| Sent { has_ended: true, ..sent })
    }

    /// The same, where the signal of a direction is gone.
    pub(super) fn faded(self, is_gone: impl Fn(Side) -> bool) -> Self {
        [Side::Long, Side::Short]
            .into_iter()
            .filter(|side| is_gone(*side))
            .fold(self, |watch, side| watch.map(side, |sent| Sent { has_faded: true, ..sent }))
    }

    /// The same, after a notice.
    pub(super) fn told(self, proposal: &Proposal, at: Timestamp, is_update: bool) -> Self {
        let sent = Some(Sent {
            at,
            updated_at: is_update.then_some(at),
            entry: proposal.entry,
            stop: proposal.stop,
            has_faded: false,
            has_ended: false,
        });
        match proposal.side {
            Side::Long => Self { long: sent, ..self },
            Side::Short => Self { short: sent, ..self },
        }
    }

    fn map(self, side: Side, change: impl Fn(Sent) -> Sent) -> Self {
        match side {
            Side::Long => Self { long: self.long.map(change), ..self },
            Side::Short => Self { short: self.short.map(change), ..self },
        }
    }
}
