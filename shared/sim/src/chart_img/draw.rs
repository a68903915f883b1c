use std::collections::BTreeMap;

use charts::{Template, render_png};
use domain::number::to_f64;
use domain::series::{Bar as Drawn, SCHEMA, SeriesDocument};
use domain::{Source, Symbol, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::Refusal;
use super::request::Request;
use crate::market::bar::Bar;
use crate::market::interval::Interval;
use crate::market::{Market, Page};

/// Closed bars that averages are made of.
const HISTORY: usize = 500;

fn unavailable(why: impl ToString) -> Refusal {
    tracing::warn!(why = why.to_string(), "a simulated chart could not be drawn");
    Refusal(500, "Internal Server Error".to_owned())
}

/// The chart of what had happened by `now`.
pub(super) fn png(request: &Request, market: &Market, now: Timestamp) -> Result<Vec<u8>, Refusal> {
    let document = document(request, market, now)?;
    let template = Template::parse("chart", &template(request)).map_err(unavailable)?;
    render_png(&document, &template, Some(request.width), Some(request.height)).map_err(unavailable)
}

fn template(request: &Request) -> String {
    let mut overlays: Vec<String> = request.studies.iter().filter_map(|study| study.overlay()).collect();
    overlays.sort();
    overlays.dedup();
    overlays.truncate(4);
    let mut panes: Vec<&str> = request.studies.iter().filter_map(|study| study.pane()).collect();
    panes.sort_unstable();
    panes.dedup();
    let theme = if request.dark { "dark" } else { "light" };
    let scale = if request.logarithmic { "log" } else { "linear" };
    format!(
        "title = \"Chart\"\ntheme = \"{theme}\"\nscale = \"{scale}\"\noverlays = {overlays:?}\npanes = {panes:?}\n"
    )
}

fn document(request: &Request, market: &Market, now: Timestamp) -> Result<SeriesDocument, Refusal> {
    let listing = market.listing(&request.symbol).ok_or_else(|| Refusal(422, "Invalid Symbol".to_owned()))?;
    let timeframe: Timeframe = request.interval.name().parse().map_err(unavailable)?;
    let symbol: Symbol = request.symbol.parse().map_err(unavailable)?;
    let page = Page { start: None, end: None, limit: HISTORY };
    let now_ms = now.as_millisecond();
    let bars = market.page(&request.symbol, request.interval, now_ms, page).map_err(unavailable)?;
    let (closed, open): (Vec<Bar>, Vec<Bar>) = bars.into_iter().partition(|bar| bar.close_ms < now_ms);
    let drawn: Vec<Drawn> = closed.iter().filter_map(bar).collect();
    let closes: Vec<f64> = drawn.iter().map(|bar| to_f64(bar.c)).collect();
    let mut indicators = BTreeMap::new();
    for study in &request.studies {
        study.compute(&closes, &mut indicators);
    }
    Ok(SeriesDocument {
        schema: SCHEMA.to_owned(),
        symbol,
        venue: request.venue.to_owned(),
        timeframe,
        as_of: now,
        tick: decimal(listing.tick.into()).unwrap_or(Decimal::ONE),
        price_unit: listing.quote.clone(),
        volume_unit: listing.base.clone(),
        source: Source::Binance,
        bars: drawn,
        forming: open.first().filter(|_| request.interval != Interval::Hour).and_then(bar),
        indicators,
        orders: None,
    })
}

fn bar(bar: &Bar) -> Option<Drawn> {
    Some(Drawn {
        t: Timestamp::from_millisecond(bar.open_ms).ok()?,
        o: decimal(bar.open.into())?,
        h: decimal(bar.high.into())?,
        l: decimal(bar.low.into())?,
        c: decimal(bar.close.into())?,
        v: decimal(bar.volume)?,
    })
}

fn decimal(value: i128) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(value, 8).ok()
}
