use domain::Venue;

use crate::{Collector, Depth};

/// The collector of each exchange.
#[derive(Clone)]
pub struct Collectors {
    /// Binance's.
    pub binance: Collector,
    /// Bybit's.
    pub bybit: Collector,
}

impl Collectors {
    /// The collector of an exchange.
    pub fn of(&self, venue: Venue) -> &Collector {
        match venue {
            Venue::Binance => &self.binance,
            Venue::Bybit => &self.bybit,
        }
    }

    /// With a history of so many bars.
    #[must_use]
    pub fn with_depth(self, depth: &Depth) -> Self {
        Self { binance: self.binance.with_depth(depth.clone()), bybit: self.bybit.with_depth(depth.clone()) }
    }
}
