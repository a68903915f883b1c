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
    /// The simulated exchange, with its seed.
    Sim(u64),
    /// The simulated exchange serving recorded candles; eight hex digits of their hash.
    File(String),
}

/// Why a name is no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no source of candles: binance, sim:SEED or file:HASH")]
pub struct SourceError(String);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binance => f.write_str("binance"),
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
            Some(("sim", seed)) => seed.parse().map(Self::Sim).map_err(|_| unknown()),
            Some(("file", hash)) if hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Ok(Self::File(hash.to_owned()))
            }
            _ => Err(unknown()),
        }
    }
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
