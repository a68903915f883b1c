//! The words around a verdict: headline, summary, the relation to the parent.

use std::cmp::Ordering;

use domain::Timeframe;
use domain::report::{Aspect, Bias, Leans, Observation, ParentRelation};
use rust_decimal::Decimal;

use super::brief::Parent;
use super::figures::Figures;
use super::prose::{adjective, bar_name, moved, standing};
use super::verdict::Odds;

/// The headline, and two or three sentences with the figures that carry it.
pub(super) fn summary(figures: Figures<'_>, observations: &[Observation], bias: Bias, odds: Odds) -> String {
    let sentences = [
        Some(headline(figures, observations, bias).to_owned()),
        Some(close(figures)),
        momentum(figures),
        Some(chances(bias, odds)),
    ];
    sentences.into_iter().flatten().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

fn headline(figures: Figures<'_>, observations: &[Observation], bias: Bias) -> &'static str {
    let of =
        |aspect: Aspect| observations.iter().find(|o| o.aspect == aspect).map_or(Leans::Neutral, |o| o.leans);
    let (momentum, structure) = (of(Aspect::Momentum), of(Aspect::Structure));
    // the second reading of the trend is its strength
    let strength = observations.iter().filter(|o| o.aspect == Aspect::Trend).nth(1).map(|o| o.leans);
    let wider = if structure == Leans::Neutral { strength.unwrap_or(Leans::Neutral) } else { structure };
    match (figures.0.stats.regime.as_str(), bias) {
        ("up", Bias::Bullish) => "An advance that holds its structure.",
        ("up", Bias::Bearish) => "An advance that is losing its footing.",
        ("up", _) if momentum == Leans::Bearish => "A pause inside an advance.",
        ("up", _) => "An advance without fresh push.",
        ("down", Bias::Bearish) => "A decline that goes on.",
        ("down", Bias::Bullish) => "A decline that is turning.",
        ("down", _) if momentum == Leans::Bullish => "A rebound inside a decline.",
        ("down", _) => "A decline without fresh push.",
        ("range", Bias::Bullish) => "A range that leans on its top.",
        ("range", Bias::Bearish) => "A range that leans on its floor.",
        ("range", _) => "A range that leans neither way.",
        (_, Bias::Bullish) => "A turn upwards in the making.",
        (_, Bias::Bearish) => "A turn downwards in the making.",
        _ if momentum == Leans::Bullish && wider == Leans::Bearish => "A rebound inside a decline.",
        _ if momentum == Leans::Bearish && wider == Leans::Bullish => "A setback inside an advance.",
        _ => "A market between two trends.",
    }
}

/// The last close against its averages, and what the bar in progress has made of it.
fn close(figures: Figures<'_>) -> String {
    let Some(close) = figures.bar("c", 0) else { return String::new() };
    let unit = bar_name(figures.0.timeframe);
    let averages = [("EMA20", figures.indicator("ema20", 0)), ("EMA50", figures.indicator("ema50", 0))];
    let known: Vec<_> =
        averages.iter().filter_map(|(name, average)| Some((*name, average.as_ref()?))).collect();
    let comma = if known.is_empty() { "" } else { ", " };
    let start =
        format!("The last closed {unit} ended at {}{comma}{}", close.shown(), standing(&close, &known));
    let Some(last) = figures.forming("c") else { return format!("{start}.") };
    let since = match last.value.cmp(&close.value) {
        Ordering::Greater => "has risen to",
        Ordering::Less => "has slipped to",
        Ordering::Equal => "is unchanged at",
    };
    format!("{start}; the {unit} in progress {since} {}.", last.shown())
}

fn momentum(figures: Figures<'_>) -> Option<String> {
    let (now, before) = (figures.indicator("rsi14", 0)?, figures.indicator("rsi14", 2)?);
    let rsi = format!("RSI14 {} from {} to {}", moved(before.value, now.value), before.shown(), now.shown());
    let share = figures.indicator("rvol20", 0).map(|share| share.value);
    Some(match share {
        Some(share) if share < Decimal::new(8, 1) => format!("{rsi} on thin volume."),
        Some(share) if share > Decimal::new(15, 1) => format!("{rsi} on broad volume."),
        _ => format!("{rsi}."),
    })
}

fn chances(bias: Bias, odds: Odds) -> String {
    let against = |more: i64, less: i64| format!("{more} to {less}");
    match bias {
        Bias::Bullish => format!("The odds lean to the upper barrier, {}.", against(odds.up, odds.down)),
        Bias::Bearish => format!("The odds lean to the lower barrier, {}.", against(odds.down, odds.up)),
        Bias::Neutral | Bias::None => "Neither side has it.".to_owned(),
    }
}

/// Why the bias stands to the parent as it does, naming observations; empty without a parent.
pub(super) fn parent_reason(
    observations: &[Observation],
    bias: Bias,
    relation: ParentRelation,
    parent: Option<&Parent>,
) -> String {
    let Some(parent) = parent.filter(|_| relation != ParentRelation::NoParent) else { return String::new() };
    let report = format!("The {} report", adjective(parent.timeframe));
    let word = parent.report.bias.as_str();
    let leaning = |leans: Leans| observations.iter().position(|o| o.leans == leans).map(|index| index + 1);
    let own = match bias {
        Bias::Bullish => leaning(Leans::Bullish),
        Bias::Bearish => leaning(Leans::Bearish),
        Bias::Neutral | Bias::None => None,
    }
    .unwrap_or(1);
    match relation {
        ParentRelation::Confirms => format!("{report} is {word} as well, and o{own} points the same way."),
        ParentRelation::Contradicts => {
            format!("{report} is {word}, but o{own} speaks against it on this timeframe.")
        }
        _ if parent.report.bias == Bias::None => {
            format!("{report} takes no view, so o{own} stands by itself.")
        }
        _ if parent.report.bias == Bias::Neutral && bias == Bias::Neutral => {
            match leaning(Leans::Bullish).zip(leaning(Leans::Bearish)) {
                Some((up, down)) => {
                    format!("{report} is neutral, and here o{up} and o{down} offset each other.")
                }
                None => format!("{report} is neutral, and o{own} gives no direction either."),
            }
        }
        _ if parent.report.bias == Bias::Neutral => {
            format!("{report} is neutral; the direction comes from this timeframe, from o{own}.")
        }
        _ => format!("{report} is {word}; o{own} neither confirms nor contradicts it."),
    }
}

/// `weekly close`.
pub(super) fn close_of(timeframe: Timeframe) -> String {
    format!("{} close", adjective(timeframe))
}
