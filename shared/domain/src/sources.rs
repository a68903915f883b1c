use std::fmt;

use crate::{Source, Venue};

/// What candles of each exchange are kept under in one world, the real one or a simulated one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    binance: Source,
    bybit: Source,
}

impl Sources {
    /// These two.
    pub fn new(binance: Source, bybit: Source) -> Self {
        Self { binance, bybit }
    }

    /// What candles of the exchange are kept under.
    pub fn of(&self, venue: Venue) -> &Source {
        match venue {
            Venue::Binance => &self.binance,
            Venue::Bybit => &self.bybit,
        }
    }

    /// Whether the source is of this world.
    pub fn hold(&self, source: &Source) -> bool {
        [&self.binance, &self.bybit].contains(&source)
    }
}

/// The world that a source is of.
impl From<Source> for Sources {
    fn from(source: Source) -> Self {
        match source {
            Source::Binance | Source::Bybit => Self::new(Source::Binance, Source::Bybit),
            Source::Host(host) | Source::BybitHost(host) => {
                Self::new(Source::Host(host.clone()), Source::BybitHost(host))
            }
            Source::Sim(seed) | Source::BybitSim(seed) => {
                Self::new(Source::Sim(seed), Source::BybitSim(seed))
            }
            Source::File(hash) | Source::BybitFile(hash) => {
                Self::new(Source::File(hash.clone()), Source::BybitFile(hash))
            }
        }
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.binance, self.bybit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_exchange_of_a_world_has_a_source_of_its_own() {
        for text in ["binance", "host:127.0.0.1:4711", "sim:7", "file:a9395a87"] {
            let first: Source = text.parse().unwrap();
            let sources = Sources::from(first.clone());
            let second = sources.of(Venue::Bybit).clone();
            assert_eq!(sources.of(Venue::Binance), &first);
            assert!(second.to_string().starts_with("bybit") && second != first);
            assert_eq!(Sources::from(second.clone()), sources, "either of them names it");
            assert!(sources.hold(&first) && sources.hold(&second) && !sources.hold(&Source::Sim(8)));
        }
    }
}
