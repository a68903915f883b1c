use std::collections::BTreeMap;
use std::num::NonZeroU32;

use domain::{Symbol, Timeframe, Venue, Watched};
use serde::Deserialize;
use storage::{CatalogFiles, StoreError};
use tracing::error;

/// How many bars of each timeframe are wanted.
pub type Bars = BTreeMap<Timeframe, NonZeroU32>;

/// The fewest hours that a backfill may be cut to: the month in progress, and one that closed but was not collected
/// yet, are made of hours, and a 1M series rests for a third of its bar. 31 days and 10 are 984 hours.
const LEAST_HOURS: u32 = 1000;

/// The symbols to keep and read, from `watchlist.toml`:
///
/// ```toml
/// # spot of Binance, or a table that names another market for plans
/// symbols = ["BTCUSDT", { symbol = "SOLUSDT", venue = "binance", market = "perp" }]
///
/// # optional: bars of history, by timeframe; all that the exchange has where none is named
/// [bars]
/// 1h = 20000
/// 4h = 5000
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watchlist {
    /// In the order to read them.
    #[serde(rename = "symbols")]
    pub entries: Vec<Watched>,
    /// How far back the history of each is read; raised later, the older bars follow.
    #[serde(default)]
    pub bars: Bars,
}

/// Why a watchlist cannot be used: tell the user.
#[derive(Debug, thiserror::Error)]
pub enum WatchlistError {
    /// Not of the form above.
    #[error("watchlist.toml: {0}")]
    Form(#[from] toml::de::Error),
    /// Nothing to watch.
    #[error("watchlist.toml names no symbol; add one, such as symbols = [\"BTCUSDT\"]")]
    Empty,
    /// The same twice.
    #[error("watchlist.toml names {0} twice; take one away")]
    Twice(Symbol),
    /// Hours too few for the month in progress.
    #[error(
        "watchlist.toml: 1h = {hours} is too shallow, a month in progress is made of hours; name at least {least}, \
         or none",
        least = LEAST_HOURS
    )]
    Shallow {
        /// As named.
        hours: u32,
    },
}

/// Its file, in a data folder or in the catalog.
const FILE: &str = "watchlist.toml";

impl Watchlist {
    /// The catalog's, as it is now; none if a person must mend it first, which is logged.
    ///
    /// # Errors
    /// [`StoreError`] if the catalog could not be read.
    pub async fn of_catalog(files: &dyn CatalogFiles) -> Result<Option<Self>, StoreError> {
        let Some(text) = files.read(FILE).await? else {
            error!("the catalog has no watchlist.toml; put symbols = [\"BTCUSDT\"] into it");
            return Ok(None);
        };
        let parsed = Self::parse(&text);
        Ok(parsed.map_err(|error| error!(%error, "nothing is collected and nothing begun")).ok())
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// [`WatchlistError`].
    pub fn parse(text: &str) -> Result<Self, WatchlistError> {
        let list: Self = toml::from_str(text)?;
        if list.entries.is_empty() {
            return Err(WatchlistError::Empty);
        }
        for (index, Watched { symbol, .. }) in list.entries.iter().enumerate() {
            if list.entries.iter().take(index).any(|other| other.symbol == *symbol) {
                return Err(WatchlistError::Twice(symbol.clone()));
            }
        }
        let hours = list.bars.get(&Timeframe::Hour).map(|hours| hours.get());
        match hours.filter(|hours| *hours < LEAST_HOURS) {
            Some(hours) => Err(WatchlistError::Shallow { hours }),
            None => Ok(list),
        }
    }

    /// The symbols of a venue, in their order.
    pub fn symbols_of(&self, venue: Venue) -> Vec<Symbol> {
        let own = self.entries.iter().filter(|entry| entry.venue == venue);
        own.map(|entry| entry.symbol.clone()).collect()
    }

    /// The entry of a symbol, if it is watched.
    pub fn entry(&self, symbol: &Symbol) -> Option<&Watched> {
        self.entries.iter().find(|entry| entry.symbol == *symbol)
    }
}

#[cfg(test)]
mod tests {
    use domain::Market;

    use super::*;

    #[test]
    fn a_watchlist_says_what_is_wrong_with_it() {
        let message = |text: &str| Watchlist::parse(text).unwrap_err().to_string();
        assert!(message("symbols = []").contains("names no symbol"));
        assert!(message("symbols = [\"BTCUSDT\", \"BTCUSDT\"]").contains("BTCUSDT twice"));
        assert!(message("symbols = [\"a/b\"]").contains("cannot hold '/'"));
        assert!(message("symbol = [\"BTCUSDT\"]").contains("unknown field"));
        let with = |bars: &str| format!("symbols = [\"BTCUSDT\"]\n[bars]\n{bars}");
        assert!(message(&with("1m = 5")).contains("unknown variant `1m`"));
        assert!(message(&with("1h = 999")).contains("name at least 1000"));
        assert!(message(&with("1d = 0")).contains("nonzero"));
        assert!(Watchlist::parse(&with("1h = 1000")).is_ok());
    }

    #[test]
    fn an_entry_names_its_venue_and_the_market_of_its_plans() {
        let list = Watchlist::parse(
            "symbols = [\"BTCUSDT\", { symbol = \"SOLUSDT\", market = \"perp\" },\n\
             { symbol = \"ETHUSDT\", venue = \"binance\", market = \"spot\" }, { symbol = \"XRPUSDT\" }]",
        );
        let list = list.unwrap();
        let told = list.entries.iter().map(|entry| (entry.symbol.as_str(), entry.venue, entry.market));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("BTCUSDT", Venue::Binance, Market::Spot),
                ("SOLUSDT", Venue::Binance, Market::Perp),
                ("ETHUSDT", Venue::Binance, Market::Spot),
                ("XRPUSDT", Venue::Binance, Market::Spot),
            ]
        );
        let symbols = list.symbols_of(Venue::Binance);
        assert_eq!(
            symbols.iter().map(Symbol::as_str).collect::<Vec<_>>(),
            ["BTCUSDT", "SOLUSDT", "ETHUSDT", "XRPUSDT"]
        );
        assert_eq!(list.entry(&symbols[1]).map(|entry| entry.market), Some(Market::Perp));
    }

    /// File, place, field and what may stand there.
    #[test]
    fn an_entry_that_cannot_be_used_is_told_by_its_field() {
        let message =
            |entry: &str| Watchlist::parse(&format!("symbols = [{entry}]")).unwrap_err().to_string();
        for (entry, parts) in [
            ("{ symbol = \"BTCUSDT\", venue = \"kraken\" }", ["`kraken`", "expected `binance`"]),
            ("{ symbol = \"BTCUSDT\", market = \"futures\" }", ["`futures`", "expected `spot` or `perp`"]),
            ("{ symbol = \"BTCUSDT\", side = \"long\" }", ["unknown field `side`", "`venue`"]),
            ("{ venue = \"binance\" }", ["missing field `symbol`", "line 1"]),
            ("{ symbol = \"a/b\" }", ["cannot hold '/'", "line 1"]),
            ("5", ["a symbol such as", "a table with symbol, venue and market"]),
            ("\"BTCUSDT\", { symbol = \"BTCUSDT\", market = \"perp\" }", ["BTCUSDT twice", "take one away"]),
        ] {
            let message = message(entry);
            let told = parts.iter().all(|part| message.contains(part));
            assert!(told && message.starts_with("watchlist.toml"), "{message}");
        }
    }

    #[test]
    fn a_watchlist_may_limit_some_timeframes() {
        let list = Watchlist::parse("symbols = [\"币安人生USDT\"]\n[bars]\n1h = 20000\n4h = 5000").unwrap();
        assert_eq!(list.entries[0].symbol.as_str(), "币安人生USDT");
        assert_eq!(list.bars[&Timeframe::Hour4].get(), 5000);
    }

    #[test]
    fn any_text_is_answered() {
        const GOOD: &str = "symbols = [\"BTCUSDT\", { symbol = \"SOLUSDT\", venue = \"binance\", market = \
                            \"perp\" }]\n[bars]\n1h = 20000\n4h = 5000\n";
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % GOOD.len();
            let end = GOOD.len().min(at + usize::from(*length));
            let spliced = [&GOOD.as_bytes()[..at], with, &GOOD.as_bytes()[end..]].concat();
            for text in [with, &spliced] {
                let list = Watchlist::parse(&String::from_utf8_lossy(text));
                assert!(list.is_err() || list.is_ok_and(|list| !list.entries.is_empty()));
            }
        });
    }
}
