use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::{Market, Symbol, Venue};

/// A symbol to read, the exchange whose spot candles are read, and the market that a plan for it is made for.
///
/// Written as a text, `"BTCUSDT"`, it is Binance's spot; as a table it names what differs:
/// `{ symbol = "SOLUSDT", venue = "binance", market = "perp" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The symbol.
    pub symbol: Symbol,
    /// The exchange.
    pub venue: Venue,
    /// The market that a plan trades.
    pub market: Market,
}

impl From<Symbol> for Watched {
    fn from(symbol: Symbol) -> Self {
        Self { symbol, venue: Venue::default(), market: Market::default() }
    }
}

/// The symbol, with what differs from the usual: `SOLUSDT perp`.
impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.symbol)?;
        if self.venue != Venue::default() {
            write!(f, " {}", self.venue.as_str())?;
        }
        if self.market != Market::default() {
            write!(f, " {}", self.market.as_str())?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    symbol: Symbol,
    #[serde(default)]
    venue: Venue,
    #[serde(default)]
    market: Market,
}

// by hand: of an untagged enumeration nobody is told which field is wrong
impl<'de> Deserialize<'de> for Watched {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WatchedVisitor)
    }
}

struct WatchedVisitor;

impl<'de> Visitor<'de> for WatchedVisitor {
    type Value = Watched;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a symbol such as \"BTCUSDT\", or a table with symbol, venue and market")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Watched, E> {
        text.parse::<Symbol>().map(Watched::from).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Watched, A::Error> {
        let Entry { symbol, venue, market } = Entry::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Watched { symbol, venue, market })
    }
}
