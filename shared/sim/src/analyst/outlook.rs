//! The words around a verdict: headline, summary, the relation to the parent.

use domain::report::{Aspect, Bias, Leans, Observation, ParentRelation};

use super::brief::Parent;
use super::figures::Figures;
use super::verdict::Odds;
use super::voice::{Headline, Move, Participation, Relation, Voice};

/// The headline, and two or three sentences with the figures that carry it.
pub(super) fn summary(
    figures: Figures<'_>,
    voice: &dyn Voice,
    observations: &[Observation],
    bias: Bias,
    odds: Odds,
) -> String {
    let sentences = [
        Some(voice.headline(headline(figures, observations, bias)).to_owned()),
        close(figures, voice),
        momentum(figures, voice),
        Some(voice.chances(bias, odds)),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn headline(figures: Figures<'_>, observations: &[Observation], bias: Bias) -> Headline {
    let of =
        |aspect: Aspect| observations.iter().find(|o| o.aspect == aspect).map_or(Leans::Neutral, |o| o.leans);
    let (momentum, structure) = (of(Aspect::Momentum), of(Aspect::Structure));
    // the second reading of the trend is its strength
    let strength = observations.iter().filter(|o| o.aspect == Aspect::Trend).nth(1).map(|o| o.leans);
    let wider = if structure == Leans::Neutral { strength.unwrap_or(Leans::Neutral) } else { structure };
    match (figures.0.stats.regime.as_str(), bias) {
        ("up", Bias::Bullish) => Headline::AdvanceHolds,
        ("up", Bias::Bearish) => Headline::AdvanceFails,
        ("up", _) if momentum == Leans::Bearish => Headline::AdvancePauses,
        ("up", _) => Headline::AdvanceTires,
        ("down", Bias::Bearish) => Headline::DeclineGoesOn,
        ("down", Bias::Bullish) => Headline::DeclineTurns,
        ("down", _) if momentum == Leans::Bullish => Headline::Rebound,
        ("down", _) => Headline::DeclineTires,
        ("range", Bias::Bullish) => Headline::RangeOnTop,
        ("range", Bias::Bearish) => Headline::RangeOnFloor,
        ("range", _) => Headline::Range,
        (_, Bias::Bullish) => Headline::TurnUp,
        (_, Bias::Bearish) => Headline::TurnDown,
        _ if momentum == Leans::Bullish && wider == Leans::Bearish => Headline::Rebound,
        _ if momentum == Leans::Bearish && wider == Leans::Bullish => Headline::Setback,
        _ => Headline::Between,
    }
}

/// The last close against its averages, and what the bar in progress has made of it.
fn close(figures: Figures<'_>, voice: &dyn Voice) -> Option<String> {
    let close = figures.bar("c", 0)?;
    let averages = [("EMA20", figures.indicator("ema20", 0)), ("EMA50", figures.indicator("ema50", 0))];
    let known: Vec<_> =
        averages.iter().filter_map(|(name, average)| Some((*name, average.as_ref()?))).collect();
    Some(voice.close_and_now(figures.0.timeframe, &close, &known, figures.forming("c").as_ref()))
}

fn momentum(figures: Figures<'_>, voice: &dyn Voice) -> Option<String> {
    let (now, before) = (figures.indicator("rsi14", 0)?, figures.indicator("rsi14", 2)?);
    let share = figures.indicator("rvol20", 0);
    let participation = share.map_or(Participation::Ordinary, |share| Participation::of(share.value));
    Some(voice.rsi(Move { from: &before, to: &now }, participation))
}

/// Why the bias stands to the parent as it does, naming observations; empty without a parent.
pub(super) fn parent_reason(
    voice: &dyn Voice,
    observations: &[Observation],
    bias: Bias,
    relation: ParentRelation,
    parent: Option<&Parent>,
) -> String {
    let Some(parent) = parent.filter(|_| relation != ParentRelation::NoParent) else { return String::new() };
    let leaning = |leans: Leans| observations.iter().position(|o| o.leans == leans).map(|index| index + 1);
    let own = match bias {
        Bias::Bullish => leaning(Leans::Bullish),
        Bias::Bearish => leaning(Leans::Bearish),
        Bias::Neutral | Bias::None => None,
    }
    .unwrap_or(1);
    let above = parent.report.bias;
    let relation = match relation {
        ParentRelation::Confirms => Relation::Confirms(own),
        ParentRelation::Contradicts => Relation::Contradicts(own),
        _ if above == Bias::None => Relation::NoView(own),
        _ if above == Bias::Neutral && bias == Bias::Neutral => {
            match leaning(Leans::Bullish).zip(leaning(Leans::Bearish)) {
                Some((up, down)) => Relation::Offset(up, down),
                None => Relation::BothNeutral(own),
            }
        }
        _ if above == Bias::Neutral => Relation::OwnDirection(own),
        _ => Relation::Neither(own),
    };
    voice.parent(parent.timeframe, above, relation)
}
