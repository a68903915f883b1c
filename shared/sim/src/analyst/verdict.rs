//! From observations to odds, a bias, and what ends the report.

use domain::ohlcv::BaseRate;
use domain::report::{Bias, Leans, Observation, ParentRelation, Trend, Trust};
use domain::{Timeframe, number};
use rust_decimal::Decimal;

use super::brief::Parent;
use super::figures::{Figure, Figures};

/// Odds in whole percents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Odds {
    pub(super) up: i64,
    pub(super) down: i64,
    pub(super) neither: i64,
}

impl Odds {
    /// The base rate moved by five points a point of `score`, at most fifteen, and not under five.
    pub(super) fn new(base: Option<BaseRate>, score: i64) -> Self {
        let base = base.unwrap_or(BaseRate { up: 33.0, down: 33.0, neither: 34.0 });
        let shift = (5 * score).clamp(-15, 15);
        // a percent fits
        let whole = |percent: f64| percent.round().clamp(0.0, 100.0) as i64;
        let (mut up, mut down) = ((whole(base.up) + shift).max(5), (whole(base.down) - shift).max(5));
        let over = (up + down - 100).max(0);
        if up > down {
            up -= over;
        } else {
            down -= over;
        }
        Self { up, down, neither: 100 - up - down }
    }
}

/// Regime points, momentum and the parent's sign. A parent whose numbers cannot be relied on has none.
pub(super) fn score(figures: Figures<'_>, observations: &[Observation], parent: Option<&Parent>) -> i64 {
    let points = figures.0.stats.regime_points;
    let regime = i64::from(points.structure) + i64::from(points.averages) + i64::from(points.adx);
    let momentum = observations.iter().find(|o| o.aspect == domain::report::Aspect::Momentum);
    let momentum = momentum.map_or(0, |o| sign(o.leans));
    regime + momentum + i64::from(parent.map_or(0, trusted_sign))
}

fn trusted_sign(parent: &Parent) -> i8 {
    if parent.trust == Trust::Ok { parent.report.bias.sign() } else { 0 }
}

fn sign(leans: Leans) -> i64 {
    match leans {
        Leans::Bullish => 1,
        Leans::Neutral => 0,
        Leans::Bearish => -1,
    }
}

/// The bias of a score of two or more, where the odds agree and something other than a warming average speaks
/// for it.
pub(super) fn bias(figures: Figures<'_>, observations: &[Observation], score: i64, odds: Odds) -> Bias {
    let supported = |leans: Leans| {
        let firm = |reference: &str| {
            let name = reference.rsplit('.').next().unwrap_or_default();
            !(reference.starts_with("indicators[") && figures.warming(name))
        };
        observations
            .iter()
            .filter(|o| o.leans == leans)
            .any(|o| o.cites.iter().any(|cite| firm(&cite.reference)))
    };
    match score {
        2.. if odds.up > odds.down && supported(Leans::Bullish) => Bias::Bullish,
        ..=-2 if odds.down > odds.up && supported(Leans::Bearish) => Bias::Bearish,
        _ => Bias::Neutral,
    }
}

pub(super) fn trend(regime: &str) -> Trend {
    match regime {
        "up" => Trend::Up,
        "down" => Trend::Down,
        "range" => Trend::Sideways,
        "transition" => Trend::Transition,
        _ => Trend::Unclear,
    }
}

pub(super) fn relation(timeframe: Timeframe, bias: Bias, parent: Option<&Parent>) -> ParentRelation {
    let Some(parent) = parent.filter(|_| timeframe != Timeframe::Month) else {
        return ParentRelation::NoParent;
    };
    match bias.sign() * parent.report.bias.sign() {
        1 => ParentRelation::Confirms,
        -1 => ParentRelation::Contradicts,
        _ => ParentRelation::Neutral,
    }
}

/// What ends the report, above and below; a side that does not apply is `None`.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) above: Option<End>,
    pub(super) below: Option<End>,
}

/// A price beyond which a close ends the report.
#[derive(Debug)]
pub(super) struct End {
    pub(super) price: Figure,
    /// The zone it is an edge of; `None` for a barrier.
    pub(super) zone: Option<String>,
}

/// The nearest zones whose far edge is an ATR14 or more away, else the barriers.
pub(super) fn ends(figures: Figures<'_>, bias: Bias) -> Option<Ends> {
    let (last, atr) = (figures.last_price()?, figures.atr()?);
    let above = figures.zones("R").find(|zone| zone.high.value - last >= atr);
    let above = above.map(|zone| End { zone: Some(zone.id.to_owned()), price: zone.high });
    let below = figures.zones("S").find(|zone| last - zone.low.value >= atr);
    let below = below.map(|zone| End { zone: Some(zone.id.to_owned()), price: zone.low });
    let barrier = |price: Option<Figure>| price.map(|price| End { price, zone: None });
    let above = above.or_else(|| barrier(figures.barrier_up()))?;
    let below = below.or_else(|| barrier(figures.barrier_down()))?;
    Some(Ends {
        above: (bias != Bias::Bullish).then_some(above),
        below: (bias != Bias::Bearish).then_some(below),
    })
}

/// Percent of the windows of `barriers.bars` among the bars shown in which every close stayed inside the same
/// percents of the window's start; fifty without a whole window.
pub(super) fn confidence(figures: Figures<'_>, ends: &Ends) -> i64 {
    let percents = || {
        let last = number::to_f64(figures.last_price()?);
        let ratio = |end: &Option<End>| end.as_ref().map(|end| number::to_f64(end.price.value) / last);
        Some((ratio(&ends.below).unwrap_or(0.0), ratio(&ends.above).unwrap_or(f64::INFINITY)))
    };
    let length = figures.0.barriers.as_ref().map_or(0, |barriers| barriers.bars as usize);
    let (Some((below, above)), true) = (percents(), length > 0) else { return 50 };
    let count = figures.0.bars.rows.len();
    let close = |back: usize| figures.bar("c", back).map(|figure| figure.value);
    let closes: Vec<Decimal> = (0..count).rev().filter_map(close).collect();
    let windows = closes.windows(length + 1);
    let held = windows.clone().filter(|window| {
        let mut window = window.iter().map(|close| number::to_f64(*close));
        let start = window.next().unwrap_or(f64::NAN);
        window.all(|close| close >= start * below && close <= start * above)
    });
    match windows.len() {
        0 => 50,
        all => i64::try_from((held.count() * 200 + all) / (2 * all)).unwrap_or(50),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_move_five_points_a_point() {
        let base = |up, down, neither| Some(BaseRate { up, down, neither });
        let odds = |base, score| {
            let odds = Odds::new(base, score);
            (odds.up, odds.down, odds.neither)
        };
        assert_eq!(odds(base(41.6, 32.4, 26.0), 0), (42, 32, 26));
        assert_eq!(odds(base(41.6, 32.4, 26.0), 2), (52, 22, 26));
        assert_eq!(odds(base(41.6, 32.4, 26.0), -5), (27, 47, 26));
        // floors, and a sum that stays 100
        assert_eq!(odds(base(40.0, 12.0, 48.0), 3), (55, 5, 40));
        assert_eq!(odds(base(95.0, 5.0, 0.0), 1), (95, 5, 0));
        assert_eq!(odds(None, 0), (33, 33, 34));
    }

    #[test]
    fn a_month_has_no_parent() {
        assert_eq!(relation(Timeframe::Month, Bias::Bullish, None), ParentRelation::NoParent);
        assert_eq!(relation(Timeframe::Week, Bias::Bullish, None), ParentRelation::NoParent);
    }
}
