use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where candles come from. It is part of a series' key and of a report's, so that a demo never meets real
/// candles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// Binance itself.
    Binance,
    /// Another host that speaks Binance's protocol, `127.0.0.1:4711`: nobody vouches that it is the exchange.
    Host(String),
    /// The simulated Binance, with its seed.
    Sim(u64),
    /// The simulated Binance serving recorded candles; eight hex digits of their hash.
    File(String),
    /// Bybit itself.
    Bybit,
    /// Another host that speaks Bybit's protocol.
    BybitHost(String),
    /// The simulated Bybit, with its seed.
    BybitSim(u64),
    /// The simulated Bybit serving recorded candles.
    BybitFile(String),
}

/// Why a name is no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no source of candles: binance, host:NAME, sim:SEED or file:HASH, or of Bybit bybit, bybit-host:NAME, bybit-sim:SEED or bybit-file:HASH"
)]
pub struct SourceError(String);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binance => f.write_str("binance"),
            Self::Host(host) => write!(f, "host:{host}"),
            Self::Sim(seed) => write!(f, "sim:{seed}"),
            Self::File(hash) => write!(f, "file:{hash}"),
            Self::Bybit => f.write_str("bybit"),
            Self::BybitHost(host) => write!(f, "bybit-host:{host}"),
            Self::BybitSim(seed) => write!(f, "bybit-sim:{seed}"),
            Self::BybitFile(hash) => write!(f, "bybit-file:{hash}"),
        }
    }
}

impl FromStr for Source {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let unknown = || SourceError(text.chars().take(80).collect());
        match text.split_once(':') {
            None if text == "binance" => Ok(Self::Binance),
            None if text == "bybit" => Ok(Self::Bybit),
            Some(("host", host)) if is_host(host) => Ok(Self::Host(host.to_owned())),
            Some(("bybit-host", host)) if is_host(host) => Ok(Self::BybitHost(host.to_owned())),
            Some(("sim", seed)) => seed.parse().map(Self::Sim).map_err(|_| unknown()),
            Some(("bybit-sim", seed)) => seed.parse().map(Self::BybitSim).map_err(|_| unknown()),
            Some(("file", hash)) if is_hash(hash) => Ok(Self::File(hash.to_owned())),
            Some(("bybit-file", hash)) if is_hash(hash) => Ok(Self::BybitFile(hash.to_owned())),
            _ => Err(unknown()),
        }
    }
}

impl Source {
    /// What candles of a Binance at a URL are kept under: only the exchange's own hosts are the exchange.
    ///
    /// # Errors
    /// [`SourceError`] if the URL names no host.
    pub fn of_url(url: &str) -> Result<Self, SourceError> {
        match host_of(url) {
            host if is_one_of(host, &["binance.com", "binance.vision"]) => Ok(Self::Binance),
            host => format!("host:{host}").parse(),
        }
    }

    /// What candles of a Bybit at a URL are kept under: its own hosts are the exchange, the testnet is none of them.
    ///
    /// # Errors
    /// [`SourceError`] if the URL names no host.
    pub fn of_bybit_url(url: &str) -> Result<Self, SourceError> {
        match host_of(url) {
            host if is_one_of(host, &BYBIT_HOSTS) && !host.contains("testnet") && !host.contains("demo") => {
                Ok(Self::Bybit)
            }
            host => format!("bybit-host:{host}").parse(),
        }
    }

    /// Whether it is a simulated market, of which nobody in the real world is told.
    pub fn is_simulated(&self) -> bool {
        matches!(self, Self::Sim(_) | Self::File(_) | Self::BybitSim(_) | Self::BybitFile(_))
    }
}

/// Bybit's domains: the main one and its twin, and those of its regional sites.
/// Source: the exchange's integration guide, <https://bybit-exchange.github.io/docs/v5/guide>.
const BYBIT_HOSTS: [&str; 9] = [
    "bybit.com",
    "bytick.com",
    "bybit.nl",
    "bybit.eu",
    "bybit.tr",
    "bybit.kz",
    "bybitgeorgia.ge",
    "bybit.ae",
    "bybit.id",
];

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn is_one_of(host: &str, domains: &[&str]) -> bool {
    domains.iter().any(|own| host == *own || host.ends_with(&format!(".{own}")))
}

fn is_hash(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit())
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
        let source = |url: &str| Source::of_bybit_url(url).unwrap();
        for own in ["https://api.bybit.com", "https://api.bytick.com/v5", "https://api.bybit.kz"] {
            assert_eq!(source(own), Source::Bybit);
        }
        for other in ["api-testnet.bybit.com", "api-demo.bybit.com", "127.0.0.1:4711", "notbybit.com"] {
            assert_eq!(source(&format!("https://{other}")), Source::BybitHost(other.to_owned()));
        }
        for bad in ["", "binance.com", "https://", "https://key@binance.com", "https://a b/"] {
            assert!(Source::of_url(bad).is_err(), "{bad}");
            assert!(Source::of_bybit_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_source_is_read_as_it_is_written() {
        for text in ["binance", "sim:1", "file:a9395a87", "host:127.0.0.1:4711", "host:api.example.org"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        for text in ["bybit", "bybit-sim:1", "bybit-file:a9395a87", "bybit-host:127.0.0.1:4711"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "bybit-sim:x",
            "bybit-file:1",
            "bybit-host:",
            "bybit:1",
            "Binance",
            "sim:x",
            "file:../..",
            "host:",
            "host:a/b",
            "host:a b",
            "other:1",
        ] {
            assert!(bad.parse::<Source>().is_err(), "{bad}");
        }
    }
}
