use crate::lang::{Words, fill};
use crate::page::scope::parts;
use crate::prose::timeframed;
use crate::text::{capped, plain};

/// An address as people call what stands there: `1d EMA 20`, `1w R1, top`. One that has no such name stays as it is.
pub(crate) fn spoken(words: &Words, reference: &str) -> String {
    let reference = capped(plain(reference).trim(), 60);
    let (timeframe, rest) = timeframed(&reference);
    match name(words, rest) {
        Some(name) if timeframe.is_empty() => name,
        Some(name) => format!("{timeframe} {name}"),
        None => reference,
    }
}

fn name(words: &Words, address: &str) -> Option<String> {
    if address.starts_with("report.invalidation.") {
        return Some(words.address.end.clone());
    }
    let (kind, key, field) = parts(address);
    match (kind, field) {
        ("account:positions", "entry_price") => Some(words.address.own_entry.clone()),
        ("account:positions", "liquidation_price") => Some(words.address.own_liquidation.clone()),
        ("account:orders", "stop_price") => Some(words.address.own_stop.clone()),
        ("account:orders", "price") => Some(words.address.own_order.clone()),
        ("indicators", field) => indicator(field),
        ("levels", "high") => Some(fill(&words.ladder.top, &[("id", key)])),
        ("levels", "low") => Some(fill(&words.ladder.foot, &[("id", key)])),
        ("levels", "") => Some(fill(&words.address.zone, &[("id", key)])),
        ("swings", "p") => Some(fill(&words.address.swing, &[("id", key)])),
        ("barriers", "up") => Some(words.ladder.barrier_up.clone()),
        ("barriers", "down") => Some(words.ladder.barrier_down.clone()),
        ("stats", "last_price") | ("barriers", "origin") | ("forming", "c") => {
            Some(words.ladder.last.clone())
        }
        ("forming", "h") => Some(words.ladder.forming_h.clone()),
        ("forming", "l") => Some(words.ladder.forming_l.clone()),
        ("bars", "o") => Some(format!("{} {key}", words.address.open)),
        ("bars", "h") => Some(format!("{} {key}", words.address.high)),
        ("bars", "l") => Some(format!("{} {key}", words.address.low)),
        ("bars", "c") => Some(format!("{} {key}", words.address.close)),
        _ => None,
    }
}

/// `EMA 20` for `ema20`.
fn indicator(field: &str) -> Option<String> {
    let digits = field.find(|c: char| c.is_ascii_digit())?;
    let (letters, length) = field.split_at(digits);
    let is_plain =
        matches!(letters, "ema" | "rsi" | "atr" | "adx") && length.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| format!("{} {length}", letters.to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_names() {
        let en = Words::of("en").unwrap();
        let said = |reference| spoken(en, reference);
        assert_eq!(said("1d:indicators[2026-04-29].ema20"), "1d EMA 20");
        assert_eq!(said("1w:levels[R1].high"), "1w R1, top");
        assert_eq!(said("1d:levels[S2]"), "1d zone S2");
        assert_eq!(said("4h:bars[2026-04-29T20:00].c"), "4h close 2026-04-29T20:00");
        assert_eq!(said("1w:report.invalidation.above"), "1w end of the report");
        assert_eq!(said("account:positions[0].entry_price"), "entry of your position");
        assert_eq!(said("account:equity.total"), "account:equity.total");
        assert_eq!(spoken(Words::of("ru").unwrap(), "1d:swings[H2].p"), "1d экстремум H2");
    }
}
