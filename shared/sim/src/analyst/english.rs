//! The rules in English.

use std::cmp::Ordering;

use domain::Timeframe;
use domain::ohlcv::FlagKind;
use domain::report::Bias;
use rust_decimal::Decimal;

use super::figures::{Figure, Zone};
use super::verdict::{Ends, Odds};
use super::voice::{
    Direction, Headline, Kind, Lack, Meets, Missing, Move, Participation, Relation, Voice, zones_and_barriers,
};

pub(super) struct English;

/// `week`.
fn bar(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "month",
        Timeframe::Week => "week",
        Timeframe::Day => "day",
        Timeframe::Hour4 => "four-hour bar",
        Timeframe::Hour => "hour",
    }
}

/// `weekly`.
fn adjective(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "monthly",
        Timeframe::Week => "weekly",
        Timeframe::Day => "daily",
        Timeframe::Hour4 => "four-hour",
        Timeframe::Hour => "hourly",
    }
}

/// `rose from 38.0 to 47.3`.
fn moved(path: Move<'_>) -> String {
    let verb = match path.way() {
        Ordering::Greater => "rose",
        Ordering::Less => "fell",
        Ordering::Equal => "held",
    };
    format!("{verb} from {} to {}", path.from.shown(), path.to.shown())
}

/// Where `close` stands against averages, each with its name: `over EMA20 at 77,929 and under EMA50 at 86,300`.
fn standing(close: &Figure, averages: &[(&str, &Figure)]) -> String {
    let mut last = "";
    let stands = averages.iter().map(|(name, average)| {
        let side = match close.value.cmp(&average.value) {
            Ordering::Greater => "over",
            Ordering::Less => "under",
            Ordering::Equal => "level with",
        };
        // a side that is repeated goes without saying
        let word = if side == last { "" } else { side };
        last = side;
        format!("{word} {name} at {}", average.shown()).trim_start().to_owned()
    });
    stands.collect::<Vec<_>>().join(" and ")
}

fn ended(timeframe: Timeframe, close: &Figure, averages: &[(&str, &Figure)]) -> String {
    let comma = if averages.is_empty() { "" } else { ", " };
    let unit = bar(timeframe);
    format!("The last closed {unit} ended at {}{comma}{}", close.shown(), standing(close, averages))
}

fn zero(figure: &Figure) -> &'static str {
    match figure.value.cmp(&Decimal::ZERO) {
        Ordering::Greater => "above zero",
        Ordering::Less => "below zero",
        Ordering::Equal => "on zero",
    }
}

/// `R1, 84,000 to 89,256.69`, or `R1 at 84,000` where it is one price.
fn zone(zone: &Zone<'_>) -> String {
    let (low, high) = (zone.low.shown(), zone.high.shown());
    if zone.low.value == zone.high.value {
        return format!("{} at {low}", zone.id);
    }
    format!("{}, {low} to {high}", zone.id)
}

fn indicator(column: &str) -> &'static str {
    match column {
        "ema20" => "EMA20",
        "ema50" => "EMA50",
        "ema200" => "EMA200",
        "rsi14" => "RSI14",
        "macd" | "macd_signal" | "macd_hist" => "MACD",
        "bb_up" | "bb_mid" | "bb_low" => "The Bollinger band",
        "atr14" => "ATR14",
        "adx14" | "pdi14" | "mdi14" => "ADX14",
        "rvol20" => "Relative volume",
        _ => "An indicator",
    }
}

impl Voice for English {
    fn swings(&self, highs: Move<'_>, lows: Move<'_>, holds: bool) -> String {
        let meaning = match (highs.way(), lows.way()) {
            _ if !holds => "the confirmed structure is in doubt",
            (Ordering::Greater, Ordering::Greater) => "both rise, and the structure points up",
            (Ordering::Less, Ordering::Less) => "both fall, and the structure points down",
            (Ordering::Less, Ordering::Greater) => "the swings narrow",
            (Ordering::Greater, Ordering::Less) => "the swings widen",
            _ => "the structure is mixed",
        };
        format!("Swing highs {} and swing lows {}: {meaning}.", moved(highs), moved(lows))
    }

    fn unconfirmed(&self, kind: Kind, swing: &Figure) -> String {
        let which = if kind == Kind::High { "higher high" } else { "lower low" };
        format!("A {which} at {} is made and not yet confirmed.", swing.shown())
    }

    fn swings_of(&self, kind: Kind, path: Move<'_>) -> String {
        let (these, other) = match kind {
            Kind::High => ("highs", "low"),
            Kind::Low => ("lows", "high"),
        };
        format!("Swing {these} {}; no second swing {other} is confirmed.", moved(path))
    }

    fn lone_swing(&self, kind: Kind, swing: &Figure) -> String {
        let kind = if kind == Kind::High { "high" } else { "low" };
        format!("No pair of swings is confirmed yet; the newest one is a {kind} at {}.", swing.shown())
    }

    fn no_swing(&self, closes: Move<'_>) -> String {
        format!("No swing is confirmed; over the bars shown the close {}.", moved(closes))
    }

    fn last_close(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        averages: &[(&str, &Figure)],
        lack: Lack,
    ) -> String {
        let start = ended(timeframe, close, averages);
        match lack {
            Lack::Nothing => format!("{start}."),
            Lack::Warming => format!("{start}; EMA50 is still warming up."),
            Lack::Short(average) => format!("{start}; the history is too short for {average}."),
        }
    }

    fn close_between_records(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        high: &Figure,
        low: &Figure,
    ) -> String {
        let start = ended(timeframe, close, &[]);
        format!("{start}, between a record high of {} and a record low of {}.", high.shown(), low.shown())
    }

    fn closes(&self, closes: Move<'_>) -> String {
        format!("In two bars the close {}; the history is too short for RSI14.", moved(closes))
    }

    fn momentum(&self, rsi: Move<'_>, histogram_and_line: Option<(&Figure, &Figure)>) -> String {
        let rsi = format!("RSI14 {} in two bars.", moved(rsi));
        let Some((histogram, line)) = histogram_and_line else { return rsi };
        format!(
            "{rsi} The MACD histogram stands {} at {}, the MACD line {} at {}.",
            zero(histogram),
            histogram.shown(),
            zero(line),
            line.shown()
        )
    }

    fn strength(&self, adx: &Figure, plus: &Figure, minus: &Figure) -> String {
        let balance = match plus.value.cmp(&minus.value) {
            Ordering::Greater => format!("+DI at {} is over -DI at {}", plus.shown(), minus.shown()),
            Ordering::Less => format!("-DI at {} is over +DI at {}", minus.shown(), plus.shown()),
            Ordering::Equal => format!("+DI and -DI both stand at {}", plus.shown()),
        };
        let strength = match Direction::of(adx.value) {
            Direction::Directed => "marks a directed move",
            Direction::None => "marks no directed move",
            Direction::Open => "leaves open whether the move is directed",
        };
        format!("ADX14 at {} {strength}; {balance}.", adx.shown())
    }

    fn volume(&self, timeframe: Timeframe, share: &Figure) -> String {
        let word = match Participation::of(share.value) {
            Participation::Thin => "thin",
            Participation::Broad => "broad",
            Participation::Ordinary => "ordinary",
        };
        let unit = bar(timeframe);
        format!(
            "Participation is {word}: the last closed {unit} traded {} times its usual volume.",
            share.shown()
        )
    }

    fn stochastic(&self, k: &Figure, d: &Figure) -> String {
        format!("The stochastic RSI that was asked for stands at {}, its signal at {}.", k.shown(), d.shown())
    }

    fn forming(&self, timeframe: Timeframe, low: &Figure, high: &Figure, last: &Figure) -> String {
        format!(
            "The {} in progress has traded between {} and {} and now stands at {}; it has not closed and proves nothing yet.",
            bar(timeframe),
            low.shown(),
            high.shown(),
            last.shown()
        )
    }

    fn headline(&self, headline: Headline) -> &'static str {
        match headline {
            Headline::AdvanceHolds => "An advance that holds its structure.",
            Headline::AdvanceFails => "An advance that is losing its footing.",
            Headline::AdvancePauses => "A pause inside an advance.",
            Headline::AdvanceTires => "An advance without fresh push.",
            Headline::DeclineGoesOn => "A decline that goes on.",
            Headline::DeclineTurns => "A decline that is turning.",
            Headline::DeclineTires => "A decline without fresh push.",
            Headline::RangeOnTop => "A range that leans on its top.",
            Headline::RangeOnFloor => "A range that leans on its floor.",
            Headline::Range => "A range that leans neither way.",
            Headline::TurnUp => "A turn upwards in the making.",
            Headline::TurnDown => "A turn downwards in the making.",
            Headline::Rebound => "A rebound inside a decline.",
            Headline::Setback => "A setback inside an advance.",
            Headline::Between => "A market between two trends.",
        }
    }

    fn close_and_now(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        averages: &[(&str, &Figure)],
        now: Option<&Figure>,
    ) -> String {
        let start = ended(timeframe, close, averages);
        let Some(now) = now else { return format!("{start}.") };
        let since = match now.value.cmp(&close.value) {
            Ordering::Greater => "has risen to",
            Ordering::Less => "has slipped to",
            Ordering::Equal => "is unchanged at",
        };
        format!("{start}; the {} in progress {since} {}.", bar(timeframe), now.shown())
    }

    fn rsi(&self, rsi: Move<'_>, participation: Participation) -> String {
        let volume = match participation {
            Participation::Thin => " on thin volume",
            Participation::Broad => " on broad volume",
            Participation::Ordinary => "",
        };
        format!("RSI14 {}{volume}.", moved(rsi))
    }

    fn chances(&self, bias: Bias, odds: Odds) -> String {
        match bias {
            Bias::Bullish => format!("The odds lean to the upper barrier, {} to {}.", odds.up, odds.down),
            Bias::Bearish => format!("The odds lean to the lower barrier, {} to {}.", odds.down, odds.up),
            Bias::Neutral | Bias::None => "Neither side has it.".to_owned(),
        }
    }

    fn parent(&self, timeframe: Timeframe, bias: Bias, relation: Relation) -> String {
        let report = format!("The {} report", adjective(timeframe));
        let word = bias.as_str();
        match relation {
            Relation::Confirms(own) => format!("{report} is {word} as well, and o{own} points the same way."),
            Relation::Contradicts(own) => {
                format!("{report} is {word}, but o{own} speaks against it on this timeframe.")
            }
            Relation::NoView(own) => format!("{report} takes no view, so o{own} stands by itself."),
            Relation::Offset(up, down) => {
                format!("{report} is neutral, and here o{up} and o{down} offset each other.")
            }
            Relation::BothNeutral(own) => {
                format!("{report} is neutral, and o{own} gives no direction either.")
            }
            Relation::OwnDirection(own) => {
                format!("{report} is neutral; the direction comes from this timeframe, from o{own}.")
            }
            Relation::Neither(own) => {
                format!("{report} is {word}; o{own} neither confirms nor contradicts it.")
            }
        }
    }

    fn advance(&self, barrier: Option<&Figure>, met: Option<(Meets, &Zone<'_>)>) -> String {
        let Some(barrier) = barrier else { return "An advance meets no known zone.".to_owned() };
        let start = format!("An advance to {}, the upper barrier,", barrier.shown());
        way(&start, "below", met)
    }

    fn decline(&self, barrier: Option<&Figure>, met: Option<(Meets, &Zone<'_>)>) -> String {
        let Some(barrier) = barrier else { return "A decline meets no known zone.".to_owned() };
        let start = format!("A decline to {}, the lower barrier,", barrier.shown());
        way(&start, "above", met)
    }

    fn ends(&self, ends: &Ends) -> String {
        let (zones, above, below) = zones_and_barriers(ends);
        let zones = match zones.as_slice() {
            [one, other] => Some(format!(
                "Price has turned at {one} and at {other} before; a close beyond either zone says that it no longer does."
            )),
            [one] => Some(format!(
                "Price has turned at {one} before; a close beyond the zone says that it no longer does."
            )),
            _ => None,
        };
        let barrier = match (above, below) {
            (true, true) => {
                Some("No zone stands far enough away on either side, so the barriers take their place.")
            }
            (true, false) => Some("Above, no zone stands far enough away, so the barrier takes its place."),
            (false, true) => Some("Below, no zone stands far enough away, so the barrier takes its place."),
            (false, false) => None,
        };
        let sentences: Vec<String> = zones.into_iter().chain(barrier.map(str::to_owned)).collect();
        sentences.join(" ")
    }

    fn missing(&self, missing: Missing) -> &'static str {
        match missing {
            Missing::History => "The history has fewer bars than a report needs.",
            Missing::Late => "The newest candles are too old for a report.",
            Missing::Sense => "Some bars contradict themselves.",
            Missing::Figures => "Figures that a report needs are missing.",
            Missing::Readable => "The candles cannot be read.",
            Missing::Candles => "No candles were given.",
        }
    }

    fn gaps(&self) -> &'static str {
        "Bars are missing from the series."
    }

    fn flag(&self, kind: FlagKind) -> &'static str {
        match kind {
            FlagKind::Truncated => "An outage cut a bar short.",
            FlagKind::ZeroTrades => "There are bars without trades.",
            FlagKind::Spike => "A bar spikes far beyond its usual range.",
            FlagKind::Corrected => "A closed bar was corrected later.",
            FlagKind::PartialFirst => "The first bar is partial: the symbol was listed within it.",
            FlagKind::Stale => "The newest candles are late.",
            FlagKind::Insane => "Some bars contradict themselves.",
        }
    }

    fn warming(&self, column: &str) -> String {
        format!("{} is still warming up.", indicator(column))
    }

    fn absent(&self, column: &str) -> String {
        format!("{} is absent: the history is too short.", indicator(column))
    }
}

fn way(start: &str, short_of: &str, met: Option<(Meets, &Zone<'_>)>) -> String {
    match met {
        None => format!("{start} meets no known zone."),
        Some((Meets::StaysShort, at)) => format!("{start} stays {short_of} {}.", zone(at)),
        Some((Meets::GoesThrough, at)) => format!("{start} goes through {}.", zone(at)),
        Some((Meets::RunsInto, at)) => format!("{start} runs into {}.", zone(at)),
    }
}
