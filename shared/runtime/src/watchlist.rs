use std::collections::BTreeMap;
use std::num::NonZeroU32;

use domain::{Symbol, Timeframe};
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
/// symbols = ["BTCUSDT", "ETHUSDT"]
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
    pub symbols: Vec<Symbol>,
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
        if list.symbols.is_empty() {
            return Err(WatchlistError::Empty);
        }
        for (index, symbol) in list.symbols.iter().enumerate() {
            if list.symbols.iter().take(index).any(|other| other == symbol) {
                return Err(WatchlistError::Twice(symbol.clone()));
            }
        }
        let hours = list.bars.get(&Timeframe::Hour).map(|hours| hours.get());
        match hours.filter(|hours| *hours < LEAST_HOURS) {
            Some(hours) => Err(WatchlistError::Shallow { hours }),
            None => Ok(list),
        }
    }
}

#[cfg(test)]
mod tests {
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
    fn a_watchlist_may_limit_some_timeframes() {
        let list = Watchlist::parse("symbols = [\"币安人生USDT\"]\n[bars]\n1h = 20000\n4h = 5000").unwrap();
        assert_eq!(list.symbols[0].as_str(), "币安人生USDT");
        assert_eq!(list.bars[&Timeframe::Hour4].get(), 5000);
    }

    #[test]
    fn any_text_is_answered() {
        const GOOD: &str = "symbols = [\"BTCUSDT\"]\n[bars]\n1h = 20000\n4h = 5000\n";
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % GOOD.len();
            let end = GOOD.len().min(at + usize::from(*length));
            let spliced = [&GOOD.as_bytes()[..at], with, &GOOD.as_bytes()[end..]].concat();
            for text in [with, &spliced] {
                let list = Watchlist::parse(&String::from_utf8_lossy(text));
                assert!(list.is_err() || list.is_ok_and(|list| !list.symbols.is_empty()));
            }
        });
    }
}
