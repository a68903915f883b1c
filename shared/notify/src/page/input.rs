use domain::Timeframe;
use domain::ohlcv::Ohlcv;
use domain::report::ReportDocument;
use domain::series::SeriesDocument;
use rust_decimal::Decimal;

/// What a page is made from. The page's language is the report's, its ages count from the report's `as_of`.
#[derive(Debug, Clone, Copy)]
pub struct PageInput<'a> {
    /// The report.
    pub reading: Reading<'a>,
    /// The report above it.
    pub parent: Parent<'a>,
    /// Trusted style rules of the charts' classes; drawn with the page's custom properties.
    pub chart_css: &'a str,
    /// The pictures the analyst was given.
    pub pictures: &'a [Picture<'a>],
    /// Inputs beside those the report document names itself (candles, charts, prompt, analyst, parent).
    pub inputs: &'a [InputRow<'a>],
    /// Version number of the prompt, where the catalog counts them.
    pub prompt_version: Option<u32>,
    /// What the run took.
    pub run: RunFacts,
    /// Why the run that was to end in a recommendation has none.
    pub no_recommendation: Option<&'a str>,
}

/// A report with the candles it reads.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The report with its checks.
    pub document: &'a ReportDocument,
    /// The artifact the analyst was given.
    pub ohlcv: &'a Ohlcv,
    /// The same bars in full precision.
    pub series: &'a SeriesDocument,
    /// The same bars drawn.
    pub charts: &'a ChartSvgs,
}

/// A chart as inline SVG, drawn by this program: it is inserted as it is. Colours are classes, no `style`
/// attribute, no script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSvgs {
    /// For pages from 720 px wide on.
    pub wide: String,
    /// For a phone.
    pub narrow: String,
}

/// The report above.
#[derive(Debug, Clone, Copy)]
pub enum Parent<'a> {
    /// None is expected: the longest timeframe, or a report alone.
    None,
    /// One was expected and is not there.
    Missing {
        /// Its timeframe.
        timeframe: Timeframe,
        /// Why, a few words: `model refused`.
        reason: &'a str,
    },
    /// It is there.
    Report {
        /// The report; its charts smaller than the page's own.
        reading: Reading<'a>,
        /// File name of its own page in the same folder, if there is one: ASCII letters, digits, `-`, `_` and
        /// dots. Anything else is left out.
        page: Option<&'a str>,
    },
}

/// A picture the analyst was given.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    /// Its name: the template's.
    pub name: &'a str,
    /// The PNG's bytes.
    pub png: &'a [u8],
}

/// A row of what the report was made from.
#[derive(Debug, Clone, Copy)]
pub struct InputRow<'a> {
    /// What it is, a word, in the report's language.
    pub label: &'a str,
    /// In a few words.
    pub description: &'a str,
    /// Hash, id or address.
    pub id: &'a str,
}

/// What a run took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunFacts {
    /// From its start to the end of the report's step, milliseconds.
    pub wall_ms: u64,
    /// Calls to the analyst.
    pub calls: u32,
    /// What they cost, US dollars.
    pub cost_usd: Decimal,
}
