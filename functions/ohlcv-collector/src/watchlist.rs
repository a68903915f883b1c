use domain::Symbol;
use serde::Deserialize;

/// The symbols to keep and read, from `watchlist.toml`:
///
/// ```toml
/// symbols = ["BTCUSDT", "ETHUSDT"]
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watchlist {
    /// In the order to read them.
    pub symbols: Vec<Symbol>,
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
}

impl Watchlist {
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
        Ok(list)
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
    }
}
