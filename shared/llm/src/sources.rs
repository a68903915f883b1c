//! What a recommendation is made from: reports with their figures, the account, and the terms of trading.

use domain::Market;
use domain::ohlcv::Ohlcv;
use domain::report::ReportDocument;
use rust_decimal::Decimal;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::ParentReport;

/// Closed bars and rows of indicators that are given of a source; its report cites the ones before.
const ROWS: usize = 3;

/// A report of one timeframe with the figures it was made from, as it is given. Its candles are left out but the newest.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceGiven {
    /// The report with the marks of its checks.
    pub report: ParentReport,
    /// Figures, swings, levels, barriers, and the newest bars.
    pub ohlcv: Ohlcv,
}

impl SourceGiven {
    /// The source of a report's document and the candles it was made from.
    pub fn new(document: &ReportDocument, ohlcv: &Ohlcv) -> Self {
        let mut ohlcv = ohlcv.clone();
        for table in [&mut ohlcv.bars, &mut ohlcv.indicators] {
            let older = table.rows.len().saturating_sub(ROWS);
            table.rows.drain(..older);
        }
        Self { report: ParentReport::from(document), ohlcv }
    }

    /// The prefix of its addresses, `1d`.
    pub fn prefix(&self) -> &'static str {
        self.report.timeframe.as_str()
    }
}

impl Serialize for SourceGiven {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ParentReport { report_id, timeframe, trust, report, unverified, .. } = &self.report;
        let mut block = serializer.serialize_struct("SourceGiven", 7)?;
        block.serialize_field("schema", "topdown.source/1")?;
        block.serialize_field("report_id", report_id)?;
        block.serialize_field("timeframe", timeframe)?;
        block.serialize_field("trust", trust)?;
        block.serialize_field("report", report)?;
        block.serialize_field("unverified", unverified)?;
        block.serialize_field("ohlcv", &self.ohlcv)?;
        block.end()
    }
}

/// What a plan has to reckon with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// The market of a plan.
    pub market: Market,
    /// Whether the market can be sold short.
    pub can_be_sold_short: bool,
    /// Smallest price step.
    pub tick: Decimal,
    /// Quote currency.
    pub price_unit: String,
    /// Last price.
    pub last_price: Decimal,
    /// ATR14 of the last closed day, quote currency.
    pub atr14_1d: Decimal,
    /// Fee and slippage of one side, a fraction of its price.
    pub cost_per_side: Decimal,
    /// Mean of a contract's newest funding rates, a fraction of a position's value each time; paid by longs if above zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_funding: Option<Decimal>,
    /// Hours from one funding to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funding_interval_hours: Option<u32>,
    /// Leverage that is set for a contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// Maintenance margin rate of a contract, a fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance_margin: Option<Decimal>,
    /// What is known of the account: provided, known_empty or not_provided.
    pub account: &'static str,
}

/// Terms as they are given: under the name of their schema.
#[derive(Serialize)]
pub(crate) struct TermsGiven<'a> {
    schema: &'static str,
    #[serde(flatten)]
    terms: &'a Terms,
}

impl<'a> From<&'a Terms> for TermsGiven<'a> {
    fn from(terms: &'a Terms) -> Self {
        Self { schema: "topdown.terms/1", terms }
    }
}
