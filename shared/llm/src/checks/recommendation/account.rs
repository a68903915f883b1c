//! Addresses of the account, by the path in its document: `account:positions[0].entry_price`.

use domain::account::AccountDocument;
use rust_decimal::Decimal;
use serde_json::Value;

use super::super::known::{Kind, Known};
use super::super::path::{Step, index, steps};
use super::super::refs::Found;
use crate::Terms;

/// What stands before an address of the account.
pub(super) const PREFIX: &str = "account";

/// Resolves a path in the account's document; the error says what does not exist.
pub(super) fn resolve(account: &AccountDocument, path: &str) -> Result<Found, String> {
    let steps = steps(path).ok_or("bad_ref: this is no path in the account")?;
    let document = serde_json::to_value(account).map_err(|error| error.to_string())?;
    let mut node = Some(&document);
    for step in &steps {
        node = node.and_then(|value| match step {
            Step::Key(key) => value.get(key),
            Step::At(at) => value.get(index(at)?),
        });
    }
    let text = match node {
        Some(Value::String(text)) if Decimal::from_str_exact(text).is_ok() => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err("bad_ref: the account has no number at this path".to_owned()),
    };
    Ok(Found { text, kind: kind(account, &steps) })
}

/// What a field measures: an amount of money is a difference of prices.
fn kind(account: &AccountDocument, steps: &[Step<'_>]) -> Kind {
    let is_base = |i: &str| {
        let deposit = index(i).and_then(|i| account.deposits.get(i));
        deposit.is_some_and(|deposit| account.symbol.as_str().starts_with(&deposit.asset))
    };
    match steps {
        [Step::Key("deposits"), Step::At(i), ..] if is_base(i) => Kind::Volume,
        [Step::Key("deposits" | "equity"), ..] | [.., Step::Key("unrealised_pnl")] => Kind::Spread,
        [.., Step::Key("quantity" | "step" | "min_quantity")] => Kind::Volume,
        [.., Step::Key("leverage" | "taker_fee" | "maintenance_margin" | "mean_funding")] => Kind::Ratio,
        [.., Step::Key("funding_interval_hours")] => Kind::Count,
        [.., Step::Key("min_notional" | "tick")] => Kind::Spread,
        _ => Kind::Price,
    }
}

/// What may be told of the account where it is told what it changes: the money that a plan would be traded by, and the
/// positions and orders in its symbol. Numbers of other symbols are material that nothing here is about.
pub(super) fn told(account: &AccountDocument, terms: &Terms) -> Vec<Known> {
    let quote = terms.price_unit.as_str();
    let base = account.symbol.as_str().strip_suffix(quote).unwrap_or_default();
    let own = |of_symbol: &domain::Symbol| *of_symbol == account.symbol;
    let fields = |list: &str, i: usize, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("{list}[{i}].{name}")).collect()
    };
    let mut paths = vec!["equity.total".to_owned(), "equity.free".to_owned()];
    for (i, deposit) in account.deposits.iter().enumerate() {
        if deposit.asset == quote || deposit.asset == base {
            paths.extend(fields("deposits", i, &["free", "locked", "total"]));
        }
    }
    for (i, position) in account.positions.iter().enumerate() {
        if own(&position.symbol) {
            let names =
                ["quantity", "entry_price", "mark_price", "liquidation_price", "leverage", "unrealised_pnl"];
            paths.extend(fields("positions", i, &names));
        }
    }
    for (i, order) in account.orders.iter().enumerate() {
        if own(&order.symbol) {
            paths.extend(fields("orders", i, &["price", "stop_price", "quantity"]));
        }
    }
    let known = |path: String| {
        let found = resolve(account, &path).ok()?;
        let value = found.value()?;
        Some(Known { text: found.text, value, kind: found.kind, reference: format!("{PREFIX}:{path}") })
    };
    paths.into_iter().filter_map(known).collect()
}
