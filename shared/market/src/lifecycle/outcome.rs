use domain::recommendation::{Exit, Fill, Outcome};
use rust_decimal::Decimal;

use super::Followed;

/// R = (sum f s(x-E) - c(E + sum f x) - F) / |E-S|, with F the funding expected up to the horizon, in proportion to
/// the time each part was held. `None` where a number does not fit.
pub(super) fn of(followed: &Followed, fill: Fill, exits: &[Exit]) -> Option<Outcome> {
    let plan = &followed.plan;
    let whole = followed.hold_until.duration_since(followed.decided_at).as_secs();
    let (mut gross, mut traded, mut held) = (Decimal::ZERO, fill.price, Decimal::ZERO);
    for exit in exits {
        let part = exit.fraction_pct.checked_div(Decimal::ONE_HUNDRED)?;
        let gain = exit.price.checked_sub(fill.price)?.checked_mul(plan.side.sign())?;
        gross = gross.checked_add(gain.checked_mul(part)?)?;
        traded = traded.checked_add(exit.price.checked_mul(part)?)?;
        let seconds = exit.at.duration_since(fill.at).as_secs();
        held = held.checked_add(part.checked_mul(Decimal::from(seconds))?)?;
    }
    let fees = followed.costs.per_side.checked_mul(traded)?;
    let expected = followed.costs.funding.max(Decimal::ZERO);
    let funding = match whole {
        1.. => expected.checked_mul(held)?.checked_div(Decimal::from(whole))?,
        _ => Decimal::ZERO,
    };
    let net = gross.checked_sub(fees)?.checked_sub(funding)?;
    let r = net.checked_div(fill.price.checked_sub(plan.stop)?.abs())?;
    let last = exits.last()?.at;
    let short = |amount: Decimal| amount.round_dp(8).normalize();
    Some(Outcome {
        r: r.round_dp(4).normalize(),
        gross: short(gross),
        fees: short(fees),
        funding: short(funding),
        hours: last.duration_since(fill.at).as_hours(),
    })
}
