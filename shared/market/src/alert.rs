//! When a strong plan is worth a notice: once, again only after it was gone, and never two directions at once.
//!
//! Pure: whoever calls keeps the [`Watch`] of a symbol and tells what has ended since.

mod fitness;
mod held;
#[cfg(test)]
mod tests;
mod watch;

use domain::recommendation::{Direction, RecommendationDocument, STRONG};
use domain::report::Trust;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

pub use fitness::{Standing, unfit};
pub use held::{Held, Unfit};
pub use watch::{Sent, Watch};

use crate::plan::Side;

/// When a plan is strong, and how long it is quiet after a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Strength from which on a plan is told, 0 to 100.
    pub strong: u8,
    /// Strength under which a told plan counts as gone, so that the next one is news.
    pub gone: u8,
    /// From a notice to the next of the same direction, and from an update to the next.
    pub pause: SignedDuration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { strong: STRONG, gone: 60, pause: SignedDuration::from_hours(72) }
    }
}

/// A plan that keeps every hard rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Its direction.
    pub side: Side,
    /// 0 to 100.
    pub strength: u8,
    /// The entry it is judged at.
    pub entry: Decimal,
    /// The stop.
    pub stop: Decimal,
    /// ATR14 of the last closed day, quote currency.
    pub atr: Decimal,
}

/// A recommendation as the watch sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When it was decided.
    pub at: Timestamp,
    /// The plan, or why there is none.
    pub proposal: Result<Proposal, Held>,
    /// Whether its numbers can be relied on.
    pub is_trusted: bool,
    /// What keeps the symbol from being judged at all.
    pub unfit: Option<Unfit>,
}

impl Look {
    /// A recommendation; `unfit` is what was found of its candles and instrument.
    pub fn of(document: &RecommendationDocument, unfit: Option<Unfit>) -> Self {
        let side = match document.recommendation.direction {
            Direction::Long => Some(Side::Long),
            Direction::Short => Some(Side::Short),
            Direction::StandAside => None,
        };
        let valid =
            document.plan.as_ref().zip(document.geometry.as_ref()).filter(|_| document.is_valid_plan());
        let proposal = match (side, valid) {
            (None, _) => Err(Held::Aside),
            (Some(_), None) => Err(Held::Invalid),
            (Some(side), Some((plan, geometry))) => Ok(Proposal {
                side,
                strength: document.strength.value,
                entry: geometry.entry,
                stop: plan.stop,
                atr: document.atr,
            }),
        };
        Self { at: document.decided_at, proposal, is_trusted: document.trust == Trust::Ok, unfit }
    }
}

/// What becomes of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is told, as news.
    New,
    /// It is told, as a change of the plan that was told before.
    Update,
    /// It is not told, for this reason.
    Held(Held),
}

/// Whether `look` is told, and the watch after it.
pub fn decide(watch: &Watch, look: &Look, rules: &Rules) -> (Watch, Verdict) {
    // what cannot be relied on neither tells nor forgets anything
    if let Some(unfit) = look.unfit {
        return (*watch, Verdict::Held(Held::Unfit(unfit)));
    }
    if !look.is_trusted {
        return (*watch, Verdict::Held(Held::Untrusted));
    }
    let strength = |side: Side| match look.proposal {
        Ok(proposal) if proposal.side == side => proposal.strength,
        _ => 0,
    };
    let faded = watch.faded(|side| strength(side) < rules.gone);
    let proposal = match look.proposal {
        Ok(proposal) if proposal.strength >= rules.strong => proposal,
        Ok(_) => return (faded, Verdict::Held(Held::Weak)),
        Err(held) => return (faded, Verdict::Held(held)),
    };
    if faded.of(opposite(proposal.side)).is_some_and(|sent| !sent.has_ended) {
        return (faded, Verdict::Held(Held::OppositeOpen));
    }
    let verdict = match faded.of(proposal.side) {
        None => Verdict::New,
        Some(sent) => again(sent, &proposal, look.at, rules),
    };
    match verdict {
        Verdict::Held(_) => (faded, verdict),
        Verdict::New | Verdict::Update => {
            (faded.told(&proposal, look.at, verdict == Verdict::Update), verdict)
        }
    }
}

/// Whether a direction that was told before is told again.
fn again(sent: &Sent, proposal: &Proposal, at: Timestamp, rules: &Rules) -> Verdict {
    let passed = |since: Timestamp| at.duration_since(since) >= rules.pause;
    if sent.has_ended || sent.has_faded {
        return if passed(sent.at) { Verdict::New } else { Verdict::Held(Held::Pause) };
    }
    if !sent.is_moved_by(proposal) {
        return Verdict::Held(Held::Told);
    }
    if sent.updated_at.is_none_or(passed) { Verdict::Update } else { Verdict::Held(Held::Pause) }
}

/// The other direction.
fn opposite(side: Side) -> Side {
    match side {
        Side::Long => Side::Short,
        Side::Short => Side::Long,
    }
}
