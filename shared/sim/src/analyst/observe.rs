//! The observations: one claim each, with the figures it rests on.

use std::cmp::Ordering;

use domain::report::{Aspect, Leans, Observation};
use rust_decimal::Decimal;

use super::asked;
use super::brief::Brief;
use super::figures::{Figure, Figures};
use super::voice::{Direction, Kind, Lack, Move, Voice};

/// All observations the artifact carries, in their order: structure, trend, momentum, strength of the trend,
/// volume, the bar in progress.
pub(super) fn all(figures: Figures<'_>, voice: &dyn Voice) -> Vec<Observation> {
    let found = [
        structure(figures, voice),
        trend(figures, voice),
        momentum(figures, voice),
        strength(figures, voice),
        volume(figures, voice),
        forming(figures, voice),
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

/// The confirmed swings, and an unconfirmed one that is already beyond them.
fn structure(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let high = figures.pending_beyond("H").map(|swing| (Kind::High, swing));
    let pending = high.or_else(|| Some((Kind::Low, figures.pending_beyond("L")?)));
    let mut found = confirmed(figures, voice, pending.as_ref().map(|(kind, _)| *kind))?;
    if let Some((kind, swing)) = pending {
        found.cites.push(swing.cite());
        found.says = format!("{} {}", found.says, voice.unconfirmed(kind, &swing));
    }
    Some(found)
}

/// What the confirmed swings say, unless one of the kind `beyond` them goes against it.
fn confirmed(figures: Figures<'_>, voice: &dyn Voice, beyond: Option<Kind>) -> Option<Observation> {
    let pair = |kind: &'static str| {
        let mut newest = figures.swings(kind);
        newest.next().zip(newest.next())
    };
    Some(match (pair("H"), pair("L")) {
        (Some((high, high_before)), Some((low, low_before))) => {
            let highs = Move { from: &high_before, to: &high };
            let lows = Move { from: &low_before, to: &low };
            let holds = match beyond {
                Some(Kind::High) => highs.way() != Ordering::Less,
                Some(Kind::Low) => lows.way() != Ordering::Greater,
                None => true,
            };
            let sign = match (highs.way(), lows.way()) {
                (Ordering::Greater, Ordering::Greater) if holds => 1,
                (Ordering::Less, Ordering::Less) if holds => -1,
                _ => 0,
            };
            let says = voice.swings(highs, lows, holds);
            observation(Aspect::Structure, &[&high_before, &high, &low_before, &low], leaning(sign), says)
        }
        (Some((new, old)), None) => {
            let says = voice.swings_of(Kind::High, Move { from: &old, to: &new });
            observation(Aspect::Structure, &[&old, &new], Leans::Neutral, says)
        }
        (None, Some((new, old))) => {
            let says = voice.swings_of(Kind::Low, Move { from: &old, to: &new });
            observation(Aspect::Structure, &[&old, &new], Leans::Neutral, says)
        }
        (None, None) => lone_swing(figures, voice).or_else(|| no_swing(figures, voice))?,
    })
}

fn lone_swing(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let high = figures.swings("H").next().map(|figure| (figure, Kind::High));
    let (swing, kind) = high.or_else(|| figures.swings("L").next().map(|figure| (figure, Kind::Low)))?;
    let says = voice.lone_swing(kind, &swing);
    Some(observation(Aspect::Structure, &[&swing], Leans::Neutral, says))
}

fn no_swing(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let (first, last) = (figures.first_bar("c")?, figures.bar("c", 0)?);
    let says = voice.no_swing(Move { from: &first, to: &last });
    Some(observation(Aspect::Structure, &[&first, &last], Leans::Neutral, says))
}

fn trend(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let close = figures.bar("c", 0)?;
    let timeframe = figures.0.timeframe;
    let (fast, slow) = (figures.indicator("ema20", 0), figures.indicator("ema50", 0));
    let Some(fast) = fast else { return Some(without_averages(figures, voice, &close)) };
    let Some(slow) = slow else {
        let says = voice.last_close(timeframe, &close, &[("EMA20", &fast)], Lack::Short("EMA50"));
        return Some(observation(Aspect::Trend, &[&close, &fast], Leans::Neutral, says));
    };
    let sign = if close.value > fast.value && fast.value > slow.value {
        1
    } else if close.value < fast.value && fast.value < slow.value {
        -1
    } else {
        0
    };
    let lack = if figures.warming("ema50") { Lack::Warming } else { Lack::Nothing };
    let says = voice.last_close(timeframe, &close, &[("EMA20", &fast), ("EMA50", &slow)], lack);
    Some(observation(Aspect::Trend, &[&close, &fast, &slow], leaning(sign), says))
}

fn without_averages(figures: Figures<'_>, voice: &dyn Voice, close: &Figure) -> Observation {
    let timeframe = figures.0.timeframe;
    let extremes = figures.0.stats.extremes.as_ref();
    let edge = |name: &str, text: &String| Figure::new(format!("stats.extremes.{name}.p"), text);
    let found = extremes.and_then(|e| Some((edge("hi_all", &e.hi_all.p)?, edge("lo_all", &e.lo_all.p)?)));
    let Some((high, low)) = found else {
        let says = voice.last_close(timeframe, close, &[], Lack::Short("EMA20"));
        return observation(Aspect::Trend, &[close], Leans::Neutral, says);
    };
    let says = voice.close_between_records(timeframe, close, &high, &low);
    observation(Aspect::Trend, &[close, &high, &low], Leans::Neutral, says)
}

fn momentum(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let (Some(now), Some(before)) = (figures.indicator("rsi14", 0), figures.indicator("rsi14", 2)) else {
        let (close, before) = (figures.bar("c", 0)?, figures.bar("c", 2)?);
        let says = voice.closes(Move { from: &before, to: &close });
        return Some(observation(Aspect::Momentum, &[&before, &close], Leans::Neutral, says));
    };
    let rsi = Move { from: &before, to: &now };
    let (Some(line), Some(histogram)) = (figures.indicator("macd", 0), figures.indicator("macd_hist", 0))
    else {
        let says = voice.momentum(rsi, None);
        return Some(observation(Aspect::Momentum, &[&before, &now], Leans::Neutral, says));
    };
    let sign = momentum_sign(before.value, now.value, histogram.value);
    let says = voice.momentum(rsi, Some((&histogram, &line)));
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

fn strength(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let adx = figures.indicator("adx14", 0)?;
    let (plus, minus) = (figures.indicator("pdi14", 0)?, figures.indicator("mdi14", 0)?);
    let directed = Direction::of(adx.value) == Direction::Directed;
    let sign = if directed { plus.value.cmp(&minus.value) as i8 } else { 0 };
    let says = voice.strength(&adx, &plus, &minus);
    Some(observation(Aspect::Trend, &[&adx, &plus, &minus], leaning(sign), says))
}

fn volume(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let share = figures.indicator("rvol20", 0)?;
    let says = voice.volume(figures.0.timeframe, &share);
    Some(observation(Aspect::Volume, &[&share], Leans::Neutral, says))
}

fn forming(figures: Figures<'_>, voice: &dyn Voice) -> Option<Observation> {
    let (high, low, last) = (figures.forming("h")?, figures.forming("l")?, figures.forming("c")?);
    let says = voice.forming(figures.0.timeframe, &low, &high, &last);
    Some(observation(Aspect::Context, &[&low, &high, &last], Leans::Neutral, says))
}

/// Of a stochastic RSI that was asked for. It leans no way: what it says is in the RSI already.
pub(super) fn stochastic(brief: &Brief, voice: &dyn Voice) -> Option<Observation> {
    let (k, d) = asked::stochastic(brief)?;
    Some(observation(Aspect::Momentum, &[&k, &d], Leans::Neutral, voice.stochastic(&k, &d)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyst::Mode;
    use crate::analyst::contract::holds;
    use crate::analyst::report::by_rule;
    use crate::analyst::sample::{artifact, read};
    use crate::analyst::voice::Language;

    /// The first observation with these confirmed highs and lows, the newest first, and an unconfirmed swing;
    /// the whole report keeps to the contract.
    fn structure_of(
        language: Language,
        highs: [&str; 2],
        lows: [&str; 2],
        pending: (&str, &str),
    ) -> Observation {
        let swing = |id: &str, p: &str| serde_json::json!({ "id": id, "t": "2026-02-02", "p": p, "confirmed": "2026-02-09" });
        let mut changed = artifact();
        changed["swings"] = serde_json::json!({
            "list": [swing("L1", lows[0]), swing("H2", highs[0]), swing("L3", lows[1]), swing("H4", highs[1])],
            "pending": { "kind": pending.0, "t": "2026-02-02", "p": pending.1 },
        });
        let ohlcv = read(&changed);
        let report =
            by_rule(&Brief { ohlcv: Some(ohlcv.clone()), language, ..Brief::default() }, Mode::Honest);
        holds(&report, &ohlcv);
        report.observations[0].clone()
    }

    #[test]
    fn a_lower_low_in_the_making_takes_back_a_rise() {
        let (highs, lows) = (["126199.63", "73777"], ["74508", "49000"]);
        let of = |language, pending| structure_of(language, highs, lows, pending);
        let broken = of(Language::English, ("L", "60000"));
        assert_eq!(
            broken.says,
            "Swing highs rose from 73,777 to 126,199.63 and swing lows rose from 49,000 to 74,508: the confirmed \
             structure is in doubt. A lower low at 60,000 is made and not yet confirmed."
        );
        let last = broken.cites.last().unwrap();
        assert_eq!((last.reference.as_str(), last.value), ("swings.pending.p", Decimal::from(60_000)));
        assert_eq!(broken.leans, Leans::Neutral);
        let russian = of(Language::Russian, ("L", "60000"));
        assert_eq!(
            russian.says,
            "Максимумы выросли с 73,777 до 126,199.63, минимумы выросли с 49,000 до 74,508: подтверждённая \
             структура под вопросом. Уже есть более низкий минимум на 60,000, он ещё не подтверждён."
        );
        assert_eq!((russian.leans, &russian.cites), (Leans::Neutral, &broken.cites));

        // at the newest low, or above it, nothing is broken
        for pending in [("L", "74508"), ("L", "80000"), ("H", "120000")] {
            let kept = of(Language::English, pending);
            assert_eq!((kept.leans, kept.cites.len()), (Leans::Bullish, 4));
            assert!(kept.says.ends_with("both rise, and the structure points up."), "{}", kept.says);
        }
        let higher = of(Language::English, ("H", "130000"));
        assert_eq!((higher.leans, higher.cites.len()), (Leans::Bullish, 5));
        assert!(higher.says.ends_with("points up. A higher high at 130,000 is made and not yet confirmed."));
    }

    #[test]
    fn a_higher_high_in_the_making_takes_back_a_fall() {
        let of =
            |pending| structure_of(Language::English, ["97924.49", "126199.63"], ["60000", "74508"], pending);
        let broken = of(("H", "98000"));
        assert!(broken.says.ends_with("in doubt. A higher high at 98,000 is made and not yet confirmed."));
        assert_eq!((broken.leans, of(("L", "59000")).leans), (Leans::Neutral, Leans::Bearish));
    }

    #[test]
    fn momentum_needs_both_signs() {
        let sign = |before: i64, now: i64, hist: i64| momentum_sign(before.into(), now.into(), hist.into());
        assert_eq!([sign(38, 47, 1), sign(47, 38, -1), sign(38, 47, -1), sign(40, 40, 1)], [1, -1, 0, 0]);
    }
}
