//! The words around a verdict: headline, summary, the relation to the parent.

use std::cmp::Ordering;

use domain::Timeframe;
use domain::report::{Aspect, Bias, Leans, Observation, ParentRelation};

use super::brief::Parent;
use super::figures::Figures;
use super::prose::{adjective, bar_name, moved, side};
use super::verdict::Odds;

/// The headline, and two or three sentences with the figures that carry it.
pub(super) fn summary(figures: Figures<'_>, observations: &[Observation], bias: Bias, odds: Odds) -> String {
    let sentences = [
        Some(headline(figures, observations, bias).to_owned()),
        Some(standing(figures)),
        momentum(figures),
        Some(chances(bias, odds)),
    ];
    sentences.into_iter().flatten().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

fn headline(figures: Figures<'_>, observations: &[Observation], bias: Bias) -> &'static str {
    let of =
        |aspect: Aspect| observations.iter().find(|o| o.aspect == aspect).map_or(Leans::Neutral, |o| o.leans);
    let (momentum, structure) = (of(Aspect::Momentum), of(Aspect::Structure));
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
        _ if momentum == Leans::Bullish && structure == Leans::Bearish => "A rebound inside a decline.",
        _ if momentum == Leans::Bearish && structure == Leans::Bullish => "A setback inside an advance.",
        _ => "A market between two trends.",
    }
}

fn standing(figures: Figures<'_>) -> String {
    let Some(close) = figures.bar("c", 0) else { return String::new() };
    let unit = bar_name(figures.0.timeframe);
    let average = |column: &str, name: &str| {
        let average = figures.indicator(column, 0)?;
        Some(format!("{} {name} at {}", side(close.value, average.value), average.shown()))
    };
    let averages: Vec<String> =
        [average("ema20", "EMA20"), average("ema50", "EMA50")].into_iter().flatten().collect();
    let averages = averages.join(" and ");
    let comma = if averages.is_empty() { "" } else { ", " };
    format!("The last closed {unit} ended at {}{comma}{averages}.", close.shown())
}

fn momentum(figures: Figures<'_>) -> Option<String> {
    let (now, before) = (figures.indicator("rsi14", 0)?, figures.indicator("rsi14", 2)?);
    let rsi = format!("RSI14 {} from {} to {}", moved(before.value, now.value), before.shown(), now.shown());
    let Some(last) = figures.forming("c") else { return Some(format!("{rsi}.")) };
    let unit = bar_name(figures.0.timeframe);
    let close = figures.bar("c", 0)?;
    let direction = match last.value.cmp(&close.value) {
        Ordering::Greater => "has gained on that close so far, to",
        Ordering::Less => "has given back ground so far, to",
        Ordering::Equal => "stands where that one closed, at",
    };
    Some(format!("{rsi}; the {unit} in progress {direction} {}.", last.shown()))
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
