//! The observations: one claim each, with the figures it rests on.

use std::cmp::Ordering;

use domain::report::{Aspect, Leans, Observation};
use rust_decimal::Decimal;

use super::figures::{Figure, Figures};
use super::prose::{bar_name, moved, standing};

/// All observations the artifact carries, in their order: structure, trend, momentum, strength of the trend,
/// volume, the bar in progress.
pub(super) fn all(figures: Figures<'_>) -> Vec<Observation> {
    let found = [
        structure(figures),
        trend(figures),
        momentum(figures),
        strength(figures),
        volume(figures),
        forming(figures),
    ];
    found.into_iter().flatten().collect()
}

fn observation(aspect: Aspect, figures: &[&Figure], leans: Leans, says: String) -> Observation {
    Observation { aspect, cites: figures.iter().map(|figure| figure.cite()).collect(), says, leans }
}

fn leaning(sign: i8) -> Leans {
    match sign {
        1.. => Leans::Bullish,
        0 => Leans::Neutral,
        _ => Leans::Bearish,
    }
}

fn structure(figures: Figures<'_>) -> Option<Observation> {
    let pair = |kind: &'static str| {
        let mut newest = figures.swings(kind);
        newest.next().zip(newest.next())
    };
    let path = |what: &str, new: &Figure, old: &Figure| {
        format!("{what} {} from {} to {}", moved(old.value, new.value), old.shown(), new.shown())
    };
    Some(match (pair("H"), pair("L")) {
        (Some((high, high_before)), Some((low, low_before))) => {
            let (highs, lows) = (high.value.cmp(&high_before.value), low.value.cmp(&low_before.value));
            let (sign, meaning) = match (highs, lows) {
                (Ordering::Greater, Ordering::Greater) => (1, "both rise, and the structure points up"),
                (Ordering::Less, Ordering::Less) => (-1, "both fall, and the structure points down"),
                (Ordering::Less, Ordering::Greater) => (0, "the swings narrow"),
                (Ordering::Greater, Ordering::Less) => (0, "the swings widen"),
                _ => (0, "the structure is mixed"),
            };
            let says = format!(
                "{} and {}: {meaning}.",
                path("Swing highs", &high, &high_before),
                path("swing lows", &low, &low_before)
            );
            observation(Aspect::Structure, &[&high_before, &high, &low_before, &low], leaning(sign), says)
        }
        (Some((new, old)), None) => {
            let says = format!("{}; no second swing low is confirmed.", path("Swing highs", &new, &old));
            observation(Aspect::Structure, &[&old, &new], Leans::Neutral, says)
        }
        (None, Some((new, old))) => {
            let says = format!("{}; no second swing high is confirmed.", path("Swing lows", &new, &old));
            observation(Aspect::Structure, &[&old, &new], Leans::Neutral, says)
        }
        (None, None) => lone_swing(figures).or_else(|| no_swing(figures))?,
    })
}

fn lone_swing(figures: Figures<'_>) -> Option<Observation> {
    let high = figures.swings("H").next().map(|figure| (figure, "high"));
    let (swing, kind) = high.or_else(|| figures.swings("L").next().map(|figure| (figure, "low")))?;
    let says =
        format!("No pair of swings is confirmed yet; the newest one is a {kind} at {}.", swing.shown());
    Some(observation(Aspect::Structure, &[&swing], Leans::Neutral, says))
}

fn no_swing(figures: Figures<'_>) -> Option<Observation> {
    let (first, last) = (figures.first_bar("c")?, figures.bar("c", 0)?);
    let says = format!(
        "No swing is confirmed; over the bars shown the close {} from {} to {}.",
        moved(first.value, last.value),
        first.shown(),
        last.shown()
    );
    Some(observation(Aspect::Structure, &[&first, &last], Leans::Neutral, says))
}

fn trend(figures: Figures<'_>) -> Option<Observation> {
    let close = figures.bar("c", 0)?;
    let unit = bar_name(figures.0.timeframe);
    let (fast, slow) = (figures.indicator("ema20", 0), figures.indicator("ema50", 0));
    let start = format!("The last closed {unit} ended at {}", close.shown());
    let Some(fast) = fast else { return without_averages(figures, &close, &start) };
    let Some(slow) = slow else {
        let stands = standing(&close, &[("EMA20", &fast)]);
        let says = format!("{start}, {stands}; the history is too short for EMA50.");
        return Some(observation(Aspect::Trend, &[&close, &fast], Leans::Neutral, says));
    };
    let sign = if close.value > fast.value && fast.value > slow.value {
        1
    } else if close.value < fast.value && fast.value < slow.value {
        -1
    } else {
        0
    };
    let warming = if figures.warming("ema50") { "; EMA50 is still warming up" } else { "" };
    let says = format!("{start}, {}{warming}.", standing(&close, &[("EMA20", &fast), ("EMA50", &slow)]));
    Some(observation(Aspect::Trend, &[&close, &fast, &slow], leaning(sign), says))
}

fn without_averages(figures: Figures<'_>, close: &Figure, start: &str) -> Option<Observation> {
    let extremes = figures.0.stats.extremes.as_ref();
    let edge = |name: &str, text: &String| Figure::new(format!("stats.extremes.{name}.p"), text);
    let found = extremes.and_then(|e| Some((edge("hi_all", &e.hi_all.p)?, edge("lo_all", &e.lo_all.p)?)));
    let Some((high, low)) = found else {
        let says = format!("{start}; the history is too short for EMA20.");
        return Some(observation(Aspect::Trend, &[close], Leans::Neutral, says));
    };
    let says =
        format!("{start}, between a record high of {} and a record low of {}.", high.shown(), low.shown());
    Some(observation(Aspect::Trend, &[close, &high, &low], Leans::Neutral, says))
}

fn momentum(figures: Figures<'_>) -> Option<Observation> {
    let (Some(now), Some(before)) = (figures.indicator("rsi14", 0), figures.indicator("rsi14", 2)) else {
        let (close, before) = (figures.bar("c", 0)?, figures.bar("c", 2)?);
        let says = format!(
            "In two bars the close {} from {} to {}; the history is too short for RSI14.",
            moved(before.value, close.value),
            before.shown(),
            close.shown()
        );
        return Some(observation(Aspect::Momentum, &[&before, &close], Leans::Neutral, says));
    };
    let rsi = format!(
        "RSI14 {} from {} to {} in two bars",
        moved(before.value, now.value),
        before.shown(),
        now.shown()
    );
    let (Some(line), Some(histogram)) = (figures.indicator("macd", 0), figures.indicator("macd_hist", 0))
    else {
        return Some(observation(Aspect::Momentum, &[&before, &now], Leans::Neutral, format!("{rsi}.")));
    };
    let sign = momentum_sign(before.value, now.value, histogram.value);
    let zero = |figure: &Figure| match figure.value.cmp(&Decimal::ZERO) {
        Ordering::Greater => "above zero",
        Ordering::Less => "below zero",
        Ordering::Equal => "on zero",
    };
    let says = format!(
        "{rsi}. The MACD histogram stands {} at {}, the MACD line {} at {}.",
        zero(&histogram),
        histogram.shown(),
        zero(&line),
        line.shown()
    );
    Some(observation(Aspect::Momentum, &[&before, &now, &histogram, &line], leaning(sign), says))
}

/// +1 where RSI14 rises over two bars and the MACD histogram is above zero, -1 mirrored.
fn momentum_sign(before: Decimal, now: Decimal, histogram: Decimal) -> i8 {
    match (now.cmp(&before), histogram.cmp(&Decimal::ZERO)) {
        (Ordering::Greater, Ordering::Greater) => 1,
        (Ordering::Less, Ordering::Less) => -1,
        _ => 0,
    }
}

fn strength(figures: Figures<'_>) -> Option<Observation> {
    let adx = figures.indicator("adx14", 0)?;
    let (plus, minus) = (figures.indicator("pdi14", 0)?, figures.indicator("mdi14", 0)?);
    let directed = adx.value >= Decimal::from(25);
    let sign = if directed { plus.value.cmp(&minus.value) as i8 } else { 0 };
    let balance = match plus.value.cmp(&minus.value) {
        Ordering::Greater => format!("+DI at {} is over -DI at {}", plus.shown(), minus.shown()),
        Ordering::Less => format!("-DI at {} is over +DI at {}", minus.shown(), plus.shown()),
        Ordering::Equal => format!("+DI and -DI both stand at {}", plus.shown()),
    };
    let strength = if directed {
        "marks a directed move"
    } else if adx.value < Decimal::from(20) {
        "marks no directed move"
    } else {
        "leaves open whether the move is directed"
    };
    let says = format!("ADX14 at {} {strength}; {balance}.", adx.shown());
    Some(observation(Aspect::Trend, &[&adx, &plus, &minus], leaning(sign), says))
}

fn volume(figures: Figures<'_>) -> Option<Observation> {
    let share = figures.indicator("rvol20", 0)?;
    let unit = bar_name(figures.0.timeframe);
    let word = if share.value < Decimal::new(8, 1) {
        "Participation is thin"
    } else if share.value > Decimal::new(15, 1) {
        "Participation is broad"
    } else {
        "Participation is ordinary"
    };
    let says = format!("{word}: the last closed {unit} traded {} times its usual volume.", share.shown());
    Some(observation(Aspect::Volume, &[&share], Leans::Neutral, says))
}

fn forming(figures: Figures<'_>) -> Option<Observation> {
    let (high, low, last) = (figures.forming("h")?, figures.forming("l")?, figures.forming("c")?);
    let unit = bar_name(figures.0.timeframe);
    let says = format!(
        "The {unit} in progress has traded between {} and {} and now stands at {}; it has not closed and proves nothing yet.",
        low.shown(),
        high.shown(),
        last.shown()
    );
    Some(observation(Aspect::Context, &[&low, &high, &last], Leans::Neutral, says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn momentum_needs_both_signs() {
        let sign = |before: i64, now: i64, hist: i64| momentum_sign(before.into(), now.into(), hist.into());
        assert_eq!([sign(38, 47, 1), sign(47, 38, -1), sign(38, 47, -1), sign(40, 40, 1)], [1, -1, 0, 0]);
    }
}
