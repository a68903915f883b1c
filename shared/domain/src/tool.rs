//! The artifact `topdown.tool/1`: a call that a model made of a tool, and what it was answered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ohlcv::Table;
use crate::report::ArtifactRef;
use crate::{Market, Source, Symbol, Timeframe, words};

/// Name and version of the document.
pub const SCHEMA: &str = "topdown.tool/1";

words!(
    /// What became of a call.
    ToolStatus {
        /// It was answered.
        Ok = "ok",
        /// There is no such data; the reason says why.
        Unavailable = "unavailable",
        /// The call was not carried out; the reason says why.
        Refused = "refused",
    }
);

words!(
    /// What the numbers of a column or figure measure.
    Unit {
        /// A price, or an average of prices, quote currency.
        Price = "price",
        /// A difference of prices, quote currency.
        Spread = "spread",
        /// 0 to 100 by construction, or -100 to 100.
        Oscillator = "oscillator",
        /// A change or share in percent.
        Percent = "percent",
        /// A ratio, or a number of no other unit.
        Ratio = "ratio",
        /// An amount of the base currency, or of the quote currency where its name says so.
        Volume = "volume",
        /// A count.
        Count = "count",
    }
);

/// The document. Its numbers have addresses: `tool[1]:rows[2026-04-20].rsi`, `tool[2]:stats.mean`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolDocument {
    /// [`SCHEMA`].
    pub schema: String,
    /// Its number within the step, from 1.
    pub tool: u32,
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// The arguments as they were understood; of a refused call none.
    pub arguments: serde_json::Value,
    /// What became of the call.
    pub status: ToolStatus,
    /// Why there is no answer; empty where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<ToolData>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolData {
    /// The symbol.
    pub symbol: Symbol,
    /// Its market: that of the perpetual contract where the data is a contract's, whatever the run's own market is.
    pub market: Market,
    /// Length of the bars, where the data is of bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeframe: Option<Timeframe>,
    /// Nothing in the answer happened after this instant.
    pub as_of: Timestamp,
    /// Where the data came from.
    pub source: Source,
    /// What a reader should know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What each column and figure measures.
    pub units: BTreeMap<String, Unit>,
    /// Rows, an absent value an empty cell; times as the artifact of candles prints them.
    #[serde(flatten)]
    pub table: Option<Table>,
    /// Figures by name, as decimals.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stats: BTreeMap<String, String>,
}

/// A call as a report or recommendation lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolUse {
    /// Its number within the step, from 1.
    pub tool: u32,
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// The arguments as they were understood.
    pub arguments: serde_json::Value,
    /// What became of the call.
    pub status: ToolStatus,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How often the model asked for it again and was given the same answer.
    #[serde(default, skip_serializing_if = "is_none")]
    pub repeated: u32,
    /// The artifact.
    #[serde(flatten)]
    pub artifact: ArtifactRef,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

impl ToolDocument {
    /// What an answer prints at a path within it, `rows[2026-04-20].rsi` or `stats.mean`, and its unit.
    pub fn printed(&self, path: &str) -> Option<(&str, Unit)> {
        let data = self.data.as_ref()?;
        if let Some(name) = path.strip_prefix("stats.") {
            return Some((data.stats.get(name)?, *data.units.get(name)?));
        }
        let (t, column) = path.strip_prefix("rows[")?.split_once("].")?;
        // the time is no number to cite
        let unit = data.units.get(column)?;
        Some((data.table.as_ref()?.cell(t, column)?, *unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> ToolDocument {
        serde_json::from_value(serde_json::json!({
            "schema": SCHEMA, "tool": 1, "name": "indicator", "arguments": {"name": "RSI"}, "status": "ok",
            "data": {
                "symbol": "BTCUSDT", "market": "spot", "timeframe": "1w", "as_of": "2026-04-30T04:00:00Z",
                "source": "binance", "units": {"rsi": "oscillator", "mean": "oscillator"}, "columns": "t,rsi",
                "order": "oldest_first", "rows": ["2026-04-13,45.1", "2026-04-20,"], "stats": {"mean": "45.1"},
            },
        }))
        .unwrap()
    }

    #[test]
    fn numbers_have_addresses() {
        let document = document();
        assert_eq!(document.printed("rows[2026-04-13].rsi"), Some(("45.1", Unit::Oscillator)));
        assert_eq!(document.printed("stats.mean"), Some(("45.1", Unit::Oscillator)));
        for nothing in
            ["rows[2026-04-20].rsi", "rows[2026-04-13].t", "rows[2026-04-13].x", "stats.x", "", "rows["]
        {
            assert_eq!(document.printed(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_document_survives_its_json() {
        let document = document();
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<ToolDocument>(&json).unwrap(), document);
        let refused = ToolDocument {
            status: ToolStatus::Refused,
            reason: "there is no tool `shell`".to_owned(),
            data: None,
            ..document
        };
        let json = serde_json::to_string(&refused).unwrap();
        assert_eq!(serde_json::from_str::<ToolDocument>(&json).unwrap(), refused);
    }
}
