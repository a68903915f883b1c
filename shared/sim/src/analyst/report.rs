//! The report as a whole.

use domain::report::{Bias, Invalidation, Outcome, Report, Scenarios, Usable};

use super::brief::Brief;
use super::figures::Figures;
use super::verdict::{self, End, Ends, Odds};
use super::{Mode, abstain, observe, outlook, scenarios, spoil};

/// The answer to a request for a report, in the mode's way.
pub(super) fn answer(brief: &Brief, mode: Mode) -> Report {
    spoil::written(by_rule(brief, mode), brief, mode)
}

/// The report by the rules; of the modes, only one that leans of itself changes it.
pub(super) fn by_rule(brief: &Brief, mode: Mode) -> Report {
    let readable = brief.ohlcv.as_ref().filter(|ohlcv| abstain::reason(ohlcv).is_none());
    let reading = readable.and_then(|ohlcv| read(Figures(ohlcv), brief, mode));
    reading.unwrap_or_else(|| abstain::report(brief))
}

fn read(figures: Figures<'_>, brief: &Brief, mode: Mode) -> Option<Report> {
    let parent = brief.parent.as_ref();
    let timeframe = figures.0.timeframe;
    let voice = brief.language.voice();
    let mut observations = observe::all(figures, voice);
    observations.extend(observe::stochastic(brief, voice));
    let score = verdict::score(figures, &observations, parent);
    let base = figures.0.barriers.as_ref()?.base_rate_pct;
    let (odds, bias) = if mode == Mode::AlwaysLong {
        (Odds { up: 60, down: 20, neither: 20 }, Bias::Bullish)
    } else {
        let odds = Odds::new(base, score);
        (odds, verdict::bias(figures, &observations, score, odds))
    };
    let relation = verdict::relation(timeframe, bias, parent);
    let ends = verdict::ends(figures, bias)?;
    let issues = abstain::issues(&figures.0.data_quality, voice);
    let usable = if issues.is_empty() { Usable::Full } else { Usable::Partial };
    Some(Report {
        usable,
        issues,
        levels: levels(figures, &ends),
        parent_reason: outlook::parent_reason(voice, &observations, bias, relation, parent),
        parent_relation: relation,
        outcome: Outcome::Report,
        scenarios: Scenarios {
            up: scenarios::up(figures, voice),
            down: scenarios::down(figures, voice),
            p_up: odds.up,
            p_down: odds.down,
            p_neither: odds.neither,
        },
        trend: verdict::trend(&figures.0.stats.regime),
        bias,
        confidence: verdict::confidence(figures, &ends),
        summary: outlook::summary(figures, voice, &observations, bias, odds),
        invalidation: Invalidation {
            reason: voice.ends(&ends),
            above: ends.above.as_ref().map(|end| end.price.value),
            above_ref: reference(ends.above.as_ref()),
            below: ends.below.as_ref().map(|end| end.price.value),
            below_ref: reference(ends.below.as_ref()),
            timeframe,
        },
        observations,
    })
}

fn reference(end: Option<&End>) -> String {
    end.map(|end| end.price.reference.clone()).unwrap_or_default()
}

/// The nearest zones and those that end the report: five at most, none where the data has none.
fn levels(figures: Figures<'_>, ends: &Ends) -> Vec<String> {
    let nearest = ["P", "S", "R"].into_iter().filter_map(|kind| figures.zones(kind).next());
    let mut found: Vec<String> = nearest.map(|zone| zone.reference()).collect();
    let ending = [&ends.above, &ends.below].into_iter().flatten().filter_map(|end| end.zone.as_ref());
    for reference in ending.map(|zone| format!("levels[{zone}]")) {
        if !found.contains(&reference) {
            found.push(reference);
        }
    }
    found
}
