use std::collections::BTreeMap;

use domain::ohlcv::{Forming, Ohlcv, SCHEMA, Table};
use domain::series::{self, Bar, OrderFilters, SeriesDocument};
use domain::{Candle, CandleRevision, Timeframe, number};
use rust_decimal::Decimal;

use crate::candles::FormingBar;
use crate::indicators::{Computer, Indicator, STANDARD, UnknownIndicator};

use super::history::History;
use super::swings::Zigzag;
use super::{ArtifactError, Built, Input};
use super::{barriers, format, levels, quality, settings, stats};

const OLDEST_FIRST: &str = "oldest_first";

/// Both documents of a timeframe at an instant.
///
/// Closed bars that were not collected yet, and the bar in progress, come from the 1h bars. A symbol without a
/// closed bar still has an artifact while one is forming.
pub fn build(input: &Input) -> Result<Built, ArtifactError> {
    let settings = settings::of(input.timeframe).ok_or(ArtifactError::Timeframe(input.timeframe))?;
    let history = History::at(input);
    let last_price = history.last_price().ok_or_else(|| ArtifactError::NoHistory {
        symbol: input.instrument.symbol.clone(),
        timeframe: input.timeframe,
        as_of: input.as_of,
    })?;
    let (from, shown) = history.tail(settings.bars);
    let indicators = Values::of(&history, input.extra_indicators)?;
    let zigzag = Zigzag::of(&history);
    let close = history.last_bar().map_or(last_price, |bar| bar.close);
    let step = format::step(close, input.instrument.tick);
    let ohlcv = Ohlcv {
        schema: SCHEMA.to_owned(),
        symbol: input.instrument.symbol.clone(),
        venue: input.venue.to_owned(),
        market: "spot".to_owned(),
        timeframe: input.timeframe,
        as_of: input.as_of,
        tick: number::trimmed(input.instrument.tick),
        price_unit: input.instrument.quote_asset.clone(),
        source: input.source.clone(),
        revision: shown.iter().map(|bar| bar.revision).max().unwrap_or(1).max(1),
        data_quality: quality::quality(&history, settings.bars),
        bars: bars_table(input.timeframe, shown),
        forming: history.forming.as_ref().map(|bar| printed(input.timeframe, bar)),
        indicators: indicators.table(&history, settings.indicator_rows, step),
        stats: stats::stats(&history, &zigzag, settings.returns, last_price, input.as_of),
        swings: zigzag.printed(&history),
        levels: levels::levels(&history, &zigzag, settings.bars, last_price),
        barriers: barriers::barriers(&history, last_price, step, settings.barrier_bars),
    };
    let series = SeriesDocument {
        schema: series::SCHEMA.to_owned(),
        symbol: input.instrument.symbol.clone(),
        venue: venue_name(input.venue),
        timeframe: input.timeframe,
        as_of: input.as_of,
        tick: input.instrument.tick.normalize(),
        price_unit: input.instrument.quote_asset.clone(),
        volume_unit: input.instrument.base_asset.clone(),
        source: input.source.clone(),
        bars: shown.iter().map(|bar| drawn(&bar.candle)).collect(),
        forming: history.forming.as_ref().map(|bar| drawn(&bar.candle)),
        indicators: indicators.from(from),
        orders: Some(OrderFilters {
            min_quantity: None,
            step: input.instrument.step.normalize(),
            min_notional: input.instrument.min_notional.map(|least| least.normalize()),
        }),
    };
    Ok(Built { ohlcv, series })
}

/// Indicators of all closed bars, by name.
struct Values(BTreeMap<String, Vec<Option<f64>>>);

impl Values {
    fn of(history: &History, extra: &[String]) -> Result<Self, UnknownIndicator> {
        let names = STANDARD.into_iter().chain(extra.iter().map(String::as_str));
        let mut computer = Computer::new(&history.columns);
        let value = |name: &str| name.parse().map(|indicator| (name.to_owned(), computer.values(indicator)));
        names.map(value).collect::<Result<_, _>>().map(Self)
    }

    fn table(&self, history: &History, rows: usize, step: Decimal) -> Table {
        let (from, tail) = history.tail(rows);
        let cell = |name: &str, bar: usize| {
            let value = self.0.get(name).and_then(|values| values.get(bar)).copied().flatten();
            let scale = name.parse::<Indicator>().ok().map(Indicator::scale);
            scale.map(|scale| format::cell(value, scale, step)).unwrap_or_default()
        };
        let row = |bar: usize| {
            let cells = STANDARD.into_iter().map(|name| cell(name, bar));
            std::iter::once(history.label(bar)).chain(cells).collect::<Vec<_>>().join(",")
        };
        Table {
            columns: format!("t,{}", STANDARD.join(",")),
            order: OLDEST_FIRST.to_owned(),
            rows: (from..from + tail.len()).map(row).collect(),
        }
    }

    fn from(self, bar: usize) -> BTreeMap<String, Vec<Option<f64>>> {
        let tail = |values: Vec<Option<f64>>| values.into_iter().skip(bar).collect();
        self.0.into_iter().map(|(name, values)| (name, tail(values))).collect()
    }
}

fn bars_table(timeframe: Timeframe, bars: &[CandleRevision]) -> Table {
    let row = |bar: &CandleRevision| {
        let candle = &bar.candle;
        let prices = [candle.open, candle.high, candle.low, candle.close].map(format::price);
        let [o, h, l, c] = prices;
        format!("{},{o},{h},{l},{c},{}", timeframe.label(candle.open_time), format::volume(candle.volume))
    };
    Table {
        columns: "t,o,h,l,c,v".to_owned(),
        order: OLDEST_FIRST.to_owned(),
        rows: bars.iter().map(row).collect(),
    }
}

fn printed(timeframe: Timeframe, bar: &FormingBar) -> Forming {
    Forming {
        t: timeframe.label(bar.candle.open_time),
        o: format::price(bar.candle.open),
        h: format::price(bar.candle.high),
        l: format::price(bar.candle.low),
        c: format::price(bar.candle.close),
        v: format::volume(bar.candle.volume),
        elapsed_pct: format::percent(bar.elapsed_pct),
        data_age_s: bar.data_age_s,
    }
}

fn drawn(candle: &Candle) -> Bar {
    Bar {
        t: candle.open_time,
        o: candle.open,
        h: candle.high,
        l: candle.low,
        c: candle.close,
        v: candle.volume,
    }
}

/// The venue and market as people write them, `Binance spot`.
fn venue_name(venue: &str) -> String {
    let mut letters = venue.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{} spot", letters.as_str())
}
