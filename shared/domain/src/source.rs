use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where candles come from. It is part of a series' key and of a report's, so that a demo never meets real
/// candles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// The exchange itself.
    Binance,
    /// Another host that speaks the exchange's protocol, `127.0.0.1:4711`: nobody vouches that it is the exchange.
    Host(String),
    /// The simulated exchange, with its seed.
    Sim(u64),
    /// The simulated exchange serving recorded candles; eight hex digits of their hash.
    File(String),
}

/// Why a name is no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no source of candles: binance, host:NAME, sim:SEED or file:HASH")]
pub struct SourceError(String);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binance => f.write_str("binance"),
            Self::Host(host) => write!(f, "host:{host}"),
            Self::Sim(seed) => write!(f, "sim:{seed}"),
            Self::File(hash) => write!(f, "file:{hash}"),
        }
    }
}

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let unknown = || SourceError(text.chars().take(80).collect());
        match text.split_once(':') {
            None if text == "binance" => Ok(Self::Binance),
            Some(("host", host)) if is_host(host) => Ok(Self::Host(host.to_owned())),
            Some(("sim", seed)) => seed.parse().map(Self::Sim).map_err(|_| unknown()),
            Some(("file", hash)) if hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Ok(Self::File(hash.to_owned()))
            }
            _ => Err(unknown()),
        }
    }
}

impl Source {
    /// What candles of an exchange at a URL are kept under: only the exchange's own hosts are the exchange.
    ///
    /// # Errors
    /// [`SourceError`] if the URL names no host.
    pub fn of_url(url: &str) -> Result<Self, SourceError> {
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let own = ["binance.com", "binance.vision"];
        if own.iter().any(|own| host == *own || host.ends_with(&format!(".{own}"))) {
            return Ok(Self::Binance);
        }
        format!("host:{host}").parse()
    }
}

/// A name or address, and a port where there is one.
fn is_host(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    !text.is_empty() && text.len() <= 255 && text.bytes().all(plain)
}

impl TryFrom<String> for Source {
    type Error = SourceError;

    fn try_from(text: String) -> Result<Self, SourceError> {
        text.parse()
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exchanges_own_hosts_are_the_exchange() {
        let source = |url: &str| Source::of_url(url).unwrap();
        assert_eq!(source("https://data-api.binance.vision"), Source::Binance);
        assert_eq!(source("https://api.binance.com/api/v3"), Source::Binance);
        assert_eq!(source("http://127.0.0.1:4711/"), Source::Host("127.0.0.1:4711".to_owned()));
        assert_eq!(source("https://notbinance.com"), Source::Host("notbinance.com".to_owned()));
        for bad in ["", "binance.com", "https://", "https://key@binance.com", "https://a b/"] {
            assert!(Source::of_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_source_is_read_as_it_is_written() {
        for text in ["binance", "sim:1", "file:a9395a87", "host:127.0.0.1:4711", "host:api.example.org"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        for bad in ["", "Binance", "sim:x", "file:../..", "host:", "host:a/b", "host:a b", "other:1"] {
            assert!(bad.parse::<Source>().is_err(), "{bad}");
        }
    }
}
