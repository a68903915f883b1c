mod properties;
mod recorded;
mod rules;

use domain::recommendation::{CloseSide, Costs};
use domain::{Candle, Timeframe};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::*;
use crate::plan::{Plan, Side, Target};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A plan decided at `decided_at`: zone, stop, targets of equal parts, 48 hours to enter, ten days to hold, no costs.
fn plan(side: Side, decided_at: &str, zone: (&str, &str), stop: &str, targets: &[&str]) -> Followed {
    let part = Decimal::ONE_HUNDRED / Decimal::from(targets.len());
    let decided_at = at(decided_at);
    Followed {
        plan: Plan {
            side,
            entry_low: decimal(zone.0),
            entry_high: decimal(zone.1),
            stop: decimal(stop),
            targets: targets
                .iter()
                .map(|price| Target { price: decimal(price), fraction_pct: part })
                .collect(),
        },
        decided_at,
        enter_by: decided_at + SignedDuration::from_hours(48),
        hold_until: decided_at + SignedDuration::from_hours(240),
        end: None,
        costs: Costs { per_side: Decimal::ZERO, funding: Decimal::ZERO },
    }
}

fn ending(price: &str, close: CloseSide, timeframe: Timeframe) -> Option<EndingClose> {
    Some(EndingClose { price: decimal(price), close, timeframe })
}

/// A closed hour of open, high, low and close.
fn hour(open_time: Timestamp, [open, high, low, close]: [Decimal; 4]) -> Candle {
    Candle {
        open_time,
        close_time: Timeframe::Hour.close_of(open_time),
        open,
        high,
        low,
        close,
        volume: Decimal::ONE,
        quote_volume: open,
        trades: Some(1),
        taker_base: None,
        taker_quote: None,
    }
}

/// Hours one after another from `first` on; one that is `None` is missing.
fn hours(first: &str, prices: &[Option<[&str; 4]>]) -> Vec<Candle> {
    let first = at(first);
    let time = |index: usize| first + SignedDuration::from_hours(index as i64);
    let bars = prices.iter().enumerate();
    bars.filter_map(|(index, prices)| Some(hour(time(index), (*prices)?.map(decimal)))).collect()
}
