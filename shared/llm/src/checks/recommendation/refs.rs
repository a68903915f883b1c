//! Addresses with the timeframe before them, `1d:levels[S1].low`, `1w:report.invalidation.above`; and of the account,
//! `account:positions[0].entry_price`; and of what tools answered, `tool[1]:stats.mean_pct`.

use super::super::Evidence;
use super::super::known::{Kind, Known};
use super::super::refs::{Found, resolve as resolve_in};
use super::super::tools;
use super::{RecommendationEvidence, account};

/// Resolves `reference`; the error says what does not exist.
pub(super) fn resolve(evidence: &RecommendationEvidence<'_>, reference: &str) -> Result<Found, String> {
    if let Some(rest) = reference.strip_prefix(tools::PREFIX) {
        return tools::resolve(evidence.tools, rest);
    }
    let (prefix, address) =
        reference.split_once(':').ok_or("bad_ref: an address begins with its timeframe, such as 1d:")?;
    if prefix == account::PREFIX {
        let account = evidence.account.ok_or("bad_ref: no account was given")?;
        return account::resolve(account, address);
    }
    let source = evidence.sources.iter().find(|source| source.prefix() == prefix);
    let source = source.ok_or_else(|| {
        let known: Vec<_> = evidence.sources.iter().map(|source| source.prefix()).collect();
        format!("bad_ref: no such source was given; there are {}", known.join(", "))
    })?;
    let of = Evidence { ohlcv: &source.ohlcv, parent: Some(&source.report), tools: &[] };
    match address.strip_prefix("report.") {
        Some(path) => resolve_in(&of, &format!("parent:{path}")),
        None if address.contains(':') => Err("bad_ref: this is no address".to_owned()),
        None => resolve_in(&of, address),
    }
}

/// What texts may tell of a source beside its levels and barriers: the odds, the confidence and the invalidation of its
/// report, as far as they hold.
pub(super) fn told(evidence: &RecommendationEvidence<'_>) -> Vec<Known> {
    const PATHS: [&str; 6] = [
        "scenarios.p_up",
        "scenarios.p_down",
        "scenarios.p_neither",
        "confidence",
        "invalidation.above",
        "invalidation.below",
    ];
    let mut told = Vec::new();
    for source in evidence.sources {
        for path in PATHS {
            let reference = format!("{}:report.{path}", source.prefix());
            if let Ok(found) = resolve(evidence, &reference)
                && let Some(value) = found.value()
            {
                told.push(Known { text: found.text, value, kind: found.kind, reference });
            }
        }
    }
    let atr = evidence.terms.atr14_1d;
    let text = domain::number::trimmed(atr);
    told.push(Known { text, value: atr, kind: Kind::Spread, reference: "terms:atr14_1d".to_owned() });
    told
}
