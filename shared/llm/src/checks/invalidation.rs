//! The closes that end a report: on the right side, away from the price, and where the data has a reason.

use domain::number;
use domain::report::{Bias, CheckStatus, Outcome, Report};
use rust_decimal::Decimal;

use super::facts::Facts;
use super::findings::{Findings, Wrong};
use super::known::{Kind, Known};
use super::refs::resolve;

/// Checks both prices; those that hold, for the texts that speak of them.
pub(super) fn check(report: &Report, facts: &Facts<'_>, findings: &mut Findings) -> Vec<Known> {
    let invalidation = &report.invalidation;
    let sides = [
        ("invalidation.above", true, invalidation.above, &invalidation.above_ref),
        ("invalidation.below", false, invalidation.below, &invalidation.below_ref),
    ];
    let mut held = Vec::new();
    for (path, is_above, price, reference) in sides {
        let needed = report.outcome == Outcome::Report
            && match report.bias {
                Bias::Bearish => is_above,
                Bias::Bullish => !is_above,
                Bias::Neutral => true,
                Bias::None => false,
            };
        let Some(price) = price else {
            if needed {
                let why = "this bias is ended by a close on this side, so a price is needed here";
                findings.fails(&Wrong { path, got: "null", reference, why, ..Wrong::default() });
            }
            continue;
        };
        let got = number::trimmed(price);
        let mut wrong = Wrong { path, got: &got, reference, ..Wrong::default() };
        if !needed {
            wrong.expected = "null";
            wrong.why = "no close on this side ends this outcome and bias; null here and \"\" as its ref";
            findings.fails(&wrong);
            continue;
        }
        match judge(price, is_above, reference, facts) {
            Ok(expected) => {
                findings.holds(path, CheckStatus::Verified, &got, &expected, reference, None);
                held.push(Known { text: got, value: price, kind: Kind::Price, reference: path.to_owned() });
            }
            Err((expected, why)) => {
                wrong.expected = &expected;
                wrong.why = &why;
                findings.fails(&wrong);
            }
        }
    }
    held
}

/// What the data prints at the price's address; or that with what is wrong.
fn judge(
    price: Decimal,
    is_above: bool,
    reference: &str,
    facts: &Facts<'_>,
) -> Result<String, (String, String)> {
    let found = resolve(&facts.evidence, reference).map_err(|why| (String::new(), why))?;
    let at = found.value().filter(|_| found.kind == Kind::Price);
    let Some(at) = at else {
        return Err((found.text, "bad_ref: there is no price at this address".to_owned()));
    };
    let text = found.text;
    let Some(last) = facts.last_price else {
        return Err((text, "the data has no last price to stand off from".to_owned()));
    };
    let distance = |a: Decimal, b: Decimal| a.checked_sub(b).map_or(Decimal::MAX, |d| d.abs());
    if (price > last) != is_above || price == last {
        let side = if is_above { "above" } else { "below" };
        return Err((text, format!("wrong side: it must be {side} the last price {last}")));
    }
    // without an ATR the price must be the one at its address
    let of_atr = |hundredths: i64| {
        facts.atr.and_then(|atr| atr.checked_mul(Decimal::new(hundredths, 2))).unwrap_or(Decimal::ZERO)
    };
    if distance(price, at) > of_atr(25) {
        return Err((
            text,
            format!("it is further than 0.25 ATR14 from its ref ({} is allowed)", of_atr(25)),
        ));
    }
    if distance(price, last) < of_atr(50) {
        return Err((text, format!("it is nearer than 0.5 ATR14 ({}) to the last price {last}", of_atr(50))));
    }
    Ok(text)
}
