//! What any report must keep to, checked the test's own way.

use domain::ohlcv::Ohlcv;
use domain::report::{Aspect, Bias, Report};
use rust_decimal::Decimal;

/// What the artifact prints at an address, by a lookup of the test's own.
pub(super) fn printed(ohlcv: &Ohlcv, reference: &str) -> Option<String> {
    let value = serde_json::to_value(ohlcv).unwrap();
    if let Some((table, rest)) =
        ["bars[", "indicators["].iter().find_map(|t| Some((*t, reference.strip_prefix(t)?)))
    {
        let (t, column) = rest.split_once("].")?;
        let table = if table == "bars[" { &ohlcv.bars } else { &ohlcv.indicators };
        return table.cell(t, column).map(str::to_owned);
    }
    let (list, rest) = reference.split_once('[').unwrap_or((reference, ""));
    if let Some((id, field)) = rest.split_once("].") {
        let list = if list == "swings" { &value["swings"]["list"] } else { &value[list] };
        let found = list.as_array()?.iter().find(|entry| entry["id"] == id)?;
        return found[field].as_str().map(str::to_owned);
    }
    reference.split('.').try_fold(&value, |value, key| value.get(key))?.as_str().map(str::to_owned)
}

pub(super) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// Every number a text holds, ids and indicator names taken out, thousands commas removed.
pub(super) fn numbers(text: &str) -> Vec<Decimal> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | ')'));
    let kept = words.map(|word| word.trim_end_matches(['.', ',', ':']).replace(',', ""));
    kept.filter(|word| !word.is_empty()).filter_map(|word| Decimal::from_str_exact(&word).ok()).collect()
}

/// All that section of rules which needs no model: cites, prose within its scope, sides, sums, counts.
pub(super) fn holds(report: &Report, ohlcv: &Ohlcv) {
    let mut scope: Vec<Decimal> = Vec::new();
    for observation in &report.observations {
        assert!((1..=6).contains(&observation.cites.len()) && observation.says.chars().count() <= 400);
        let cited: Vec<Decimal> = observation.cites.iter().map(|cite| cite.value).collect();
        for cite in &observation.cites {
            let found = printed(ohlcv, &cite.reference).unwrap_or_else(|| panic!("{}", cite.reference));
            assert_eq!(decimal(&found), cite.value, "{}", cite.reference);
        }
        for number in numbers(&observation.says) {
            assert!(cited.contains(&number), "{number} in {}", observation.says);
        }
        scope.extend(cited);
    }
    let aspects = |aspect| report.observations.iter().any(|o| o.aspect == aspect);
    assert!(aspects(Aspect::Structure) && aspects(Aspect::Trend) && aspects(Aspect::Momentum));
    assert!((3..=12).contains(&report.observations.len()));
    let cites_forming =
        report.observations.iter().flat_map(|o| &o.cites).any(|c| c.reference.starts_with("forming."));
    assert_eq!(cites_forming, ohlcv.forming.is_some());
    for level in &ohlcv.levels {
        scope.extend([decimal(&level.low), decimal(&level.high)]);
    }
    let barriers = ohlcv.barriers.as_ref().unwrap();
    scope.extend([decimal(&barriers.up), decimal(&barriers.down)]);
    let odds = &report.scenarios;
    scope.extend([odds.p_up, odds.p_down, odds.p_neither].map(Decimal::from));
    assert_eq!(odds.p_up + odds.p_down + odds.p_neither, 100);
    let texts = [&report.summary, &odds.up, &odds.down, &report.parent_reason, &report.invalidation.reason];
    for text in texts.into_iter().chain(&report.issues) {
        for number in numbers(text) {
            assert!(scope.contains(&number), "{number} in {text}");
        }
    }
    assert!(report.levels.len() <= 6 && (ohlcv.levels.is_empty() || !report.levels.is_empty()));
    let (last, ends) = (decimal(&ohlcv.stats.last_price), &report.invalidation);
    let needs = |bias: &[Bias]| bias.contains(&report.bias);
    assert_eq!(ends.above.is_some(), needs(&[Bias::Bearish, Bias::Neutral]));
    assert_eq!(ends.below.is_some(), needs(&[Bias::Bullish, Bias::Neutral]));
    assert!(ends.above.is_none_or(
        |price| price > last && Some(price) == printed(ohlcv, &ends.above_ref).map(|p| decimal(&p))
    ));
    assert!(ends.below.is_none_or(
        |price| price < last && Some(price) == printed(ohlcv, &ends.below_ref).map(|p| decimal(&p))
    ));
    assert!((0..=100).contains(&report.confidence));
    match report.bias {
        Bias::Bullish => assert!(odds.p_up > odds.p_down),
        Bias::Bearish => assert!(odds.p_down > odds.p_up),
        _ => {}
    }
}
