//! Addresses of what tools answered: `tool[1]:rows[2026-04-20].fastk`, `tool[2]:stats.mean_pct`.

use domain::tool::{ToolDocument, ToolStatus, Unit};

use super::known::Kind;
use super::refs::Found;

/// What every such address begins with.
pub(super) const PREFIX: &str = "tool[";

/// Resolves an address whose [`PREFIX`] is taken off; the error says what does not exist.
pub(super) fn resolve(tools: &[ToolDocument], rest: &str) -> Result<Found, String> {
    let (number, path) = rest.split_once("]:").ok_or("bad_ref: this is no address of a tool's answer")?;
    // the same number has one spelling
    let of = |tool: &&ToolDocument| tool.tool.to_string() == number;
    let tool = tools.iter().find(of).ok_or("bad_ref: no such tool was called")?;
    if tool.status != ToolStatus::Ok {
        return Err("bad_ref: this call was not answered with data".to_owned());
    }
    let (text, unit) =
        tool.printed(path).ok_or("bad_ref: the tool's answer has no number at this address")?;
    Ok(Found { text: text.to_owned(), kind: kind(unit) })
}

fn kind(unit: Unit) -> Kind {
    match unit {
        Unit::Price => Kind::Price,
        Unit::Spread => Kind::Spread,
        Unit::Oscillator => Kind::Oscillator,
        Unit::Percent => Kind::Percent,
        Unit::Ratio => Kind::Ratio,
        Unit::Volume => Kind::Volume,
        Unit::Count => Kind::Count,
    }
}
