//! Every form of address, resolved to what the data prints there.

use std::fmt::Display;

use domain::ohlcv::{Extreme, Level, Ohlcv, Table};
use rust_decimal::Decimal;
use serde_json::Value;

use super::Evidence;
use super::known::Kind;
use super::path::{Step, index, steps};
use super::tools;

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// As printed.
    pub(super) text: String,
    pub(super) kind: Kind,
}

impl Found {
    /// The number printed, if it is one.
    pub(super) fn value(&self) -> Option<Decimal> {
        Decimal::from_str_exact(&self.text).ok()
    }
}

/// Resolves `reference`; the error says what does not exist.
pub(super) fn resolve(evidence: &Evidence<'_>, reference: &str) -> Result<Found, String> {
    if let Some(path) = reference.strip_prefix("parent:") {
        return parent(evidence, path);
    }
    if let Some(rest) = reference.strip_prefix(tools::PREFIX) {
        return tools::resolve(evidence.tools, rest);
    }
    if reference.starts_with("ctx[") {
        return Err("bad_ref: no context was given".into());
    }
    let steps = steps(reference).ok_or("bad_ref: this is no address")?;
    found(evidence.ohlcv, &steps).ok_or_else(|| "bad_ref: the data has nothing at this address".into())
}

fn found(data: &Ohlcv, steps: &[Step<'_>]) -> Option<Found> {
    use Step::{At, Key};
    match steps {
        [Key("bars"), At(t), Key(column)] => cell(&data.bars, t, column),
        [Key("indicators"), At(t), Key(column)] => cell(&data.indicators, t, column),
        [Key("forming"), Key(field)] => forming(data, field),
        [Key("swings"), At(id)] | [Key("swings"), At(id), Key("p")] => {
            data.swings.list.iter().find(|swing| swing.id == *id).map(|swing| price(&swing.p))
        }
        [Key("swings"), Key("pending"), Key("p")] => {
            data.swings.pending.as_ref().map(|swing| price(&swing.p))
        }
        [Key("levels"), At(id)] => {
            level(data, id).map(|level| price(&format!("{} to {}", level.low, level.high)))
        }
        [Key("levels"), At(id), Key("low")] => level(data, id).map(|level| price(&level.low)),
        [Key("levels"), At(id), Key("high")] => level(data, id).map(|level| price(&level.high)),
        [Key("levels"), At(id), Key("touches")] => {
            level(data, id).map(|level| printed(level.touches, Kind::Count))
        }
        [Key("stats"), rest @ ..] => stats(data, rest),
        [Key("barriers"), rest @ ..] => barriers(data, rest),
        [Key("data_quality"), Key("history_bars")] => {
            Some(printed(data.data_quality.history_bars, Kind::Count))
        }
        [Key("data_quality"), Key("warming_pct"), Key(name) | At(name)] => {
            data.data_quality.warming_pct.get(*name).map(|weight| printed(weight, Kind::Percent))
        }
        _ => None,
    }
}

fn cell(table: &Table, t: &str, column: &str) -> Option<Found> {
    if column == "t" {
        return None;
    }
    table.cell(t, column).map(|text| Found { text: text.to_owned(), kind: Kind::of_column(column) })
}

fn forming(data: &Ohlcv, field: &str) -> Option<Found> {
    let bar = data.forming.as_ref()?;
    match field {
        "o" => Some(price(&bar.o)),
        "h" => Some(price(&bar.h)),
        "l" => Some(price(&bar.l)),
        "c" => Some(price(&bar.c)),
        "v" => Some(Found { text: bar.v.clone(), kind: Kind::Volume }),
        "elapsed_pct" => Some(printed(bar.elapsed_pct, Kind::Percent)),
        "data_age_s" => Some(printed(bar.data_age_s, Kind::Count)),
        _ => None,
    }
}

fn level<'a>(data: &'a Ohlcv, id: &str) -> Option<&'a Level> {
    data.levels.iter().find(|level| level.id == id)
}

fn stats(data: &Ohlcv, steps: &[Step<'_>]) -> Option<Found> {
    use Step::{At, Key};
    let stats = &data.stats;
    match steps {
        [Key("last_price")] => Some(price(&stats.last_price)),
        [Key("close")] => stats.close.as_deref().map(price),
        [Key("atr14_pct")] => stats.atr14_pct.map(|v| printed(v, Kind::Percent)),
        [Key("vol_pctile")] => stats.vol_pctile.map(|v| printed(v, Kind::Oscillator)),
        [Key("ret_pct"), Key(bars) | At(bars)] => {
            stats.ret_pct.get(&bars.parse().ok()?).map(|v| printed(v, Kind::Percent))
        }
        [Key("regime_points"), Key(name)] => {
            let points = &stats.regime_points;
            let point = match *name {
                "structure" => points.structure,
                "averages" => points.averages,
                "adx" => points.adx,
                _ => return None,
            };
            Some(printed(point, Kind::Count))
        }
        [Key("extremes"), Key(name), Key(field)] => {
            let extreme: &Extreme = match (stats.extremes.as_ref()?, *name) {
                (extremes, "hi_52w") => &extremes.hi_52w,
                (extremes, "lo_52w") => &extremes.lo_52w,
                (extremes, "hi_all") => &extremes.hi_all,
                (extremes, "lo_all") => &extremes.lo_all,
                _ => return None,
            };
            match *field {
                "p" => Some(price(&extreme.p)),
                "dist_pct" => Some(printed(extreme.dist_pct, Kind::Percent)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn barriers(data: &Ohlcv, steps: &[Step<'_>]) -> Option<Found> {
    use Step::Key;
    let barriers = data.barriers.as_ref()?;
    match steps {
        [Key("origin")] => Some(price(&barriers.origin)),
        [Key("up")] => Some(price(&barriers.up)),
        [Key("down")] => Some(price(&barriers.down)),
        [Key("bars")] => Some(printed(barriers.bars, Kind::Count)),
        [Key("base_n")] => Some(printed(barriers.base_n, Kind::Count)),
        [Key("base_rate_pct"), Key(name)] => {
            let rate = barriers.base_rate_pct.as_ref()?;
            let percent = match *name {
                "up" => rate.up,
                "down" => rate.down,
                "neither" => rate.neither,
                _ => return None,
            };
            Some(printed(percent, Kind::Percent))
        }
        _ => None,
    }
}

fn price(text: &str) -> Found {
    Found { text: text.to_owned(), kind: Kind::Price }
}

fn printed(value: impl Display, kind: Kind) -> Found {
    Found { text: value.to_string(), kind }
}

/// A number of the parent's report. One that was not verified there is none here either: a mark would be lost
/// by quoting it.
fn parent(evidence: &Evidence<'_>, path: &str) -> Result<Found, String> {
    let parent = evidence.parent.ok_or("bad_ref: no parent was given")?;
    let path = path.strip_prefix("report.").unwrap_or(path);
    let steps = steps(path).ok_or("bad_ref: this is no path in the parent's report")?;
    let marked = |wrong: &String| path == wrong || path.strip_prefix(wrong.as_str()).is_some_and(is_below);
    if parent.unverified.iter().any(marked) {
        return Err("the parent's number is itself unverified".into());
    }
    let report = serde_json::to_value(&parent.report).map_err(|e| e.to_string())?;
    let mut node = Some(&report);
    for step in &steps {
        node = node.and_then(|value| match step {
            Step::Key(key) => value.get(key),
            Step::At(at) => value.get(index(at)?),
        });
    }
    match node {
        Some(Value::Number(number)) => {
            let value = domain::number::json::decimal(number).ok_or("the parent's number is out of range")?;
            Ok(Found { text: domain::number::trimmed(value), kind: parent_kind(evidence, &steps) })
        }
        _ => Err("bad_ref: the parent's report has no number at this path".into()),
    }
}

fn is_below(rest: &str) -> bool {
    rest.starts_with(['.', '['])
}

/// A parent's cite measures what its own address says.
fn parent_kind(evidence: &Evidence<'_>, steps: &[Step<'_>]) -> Kind {
    use Step::{At, Key};
    match steps {
        [Key("observations"), At(i), Key("cites"), At(j), Key("value")] => {
            let cite = evidence.parent.zip(index(i)).zip(index(j)).and_then(|((parent, i), j)| {
                parent.report.observations.get(i).and_then(|observation| observation.cites.get(j))
            });
            // what another step's tool measured is not known here
            if cite.is_some_and(|cite| cite.reference.starts_with(tools::PREFIX)) {
                return Kind::Ratio;
            }
            let column = cite.and_then(|cite| cite.reference.rsplit('.').next()).unwrap_or_default();
            match column {
                "vol_pctile" => Kind::Oscillator,
                "atr14_pct" | "dist_pct" => Kind::Percent,
                _ => Kind::of_column(column),
            }
        }
        [Key("invalidation"), ..] => Kind::Price,
        _ => Kind::Odds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::sample;

    #[test]
    fn every_form_leads_to_what_the_data_prints() {
        let data = sample::ohlcv();
        let evidence = Evidence { ohlcv: &data, parent: None, tools: &[] };
        for (reference, text) in [
            ("bars[2026-04-20].c", "78657.55"),
            ("indicators[2026-04-20].rsi14", "47.3"),
            ("forming.h", "79485.66"),
            ("swings[L1].p", "60000"),
            ("swings.pending.p", "79472.82"),
            ("levels[S2].low", "53485.93"),
            ("stats.vol_pctile", "74.8"),
            ("stats.ret_pct.4", "19.2"),
            ("stats.ret_pct[4]", "19.2"),
            ("stats.extremes.hi_all.p", "126199.63"),
            ("stats.extremes.hi_all.dist_pct", "66.2"),
            ("barriers.up", "87977"),
            ("barriers.base_rate_pct.up", "41.8"),
        ] {
            assert_eq!(resolve(&evidence, reference).map(|found| found.text), Ok(text.into()), "{reference}");
        }
        for bad in [
            "bars[2026-04-21].c",
            "bars[2026-04-20].t",
            "bars[2026-04-20].x",
            "swings[H9].p",
            "levels[R9].low",
            "stats.regime",
            "parent:confidence",
            "tool[0]:x",
            "ctx[1]:p",
            "",
            "observations[0].cites[0].value",
        ] {
            assert!(resolve(&evidence, bad).is_err(), "{bad}");
        }
    }
}
