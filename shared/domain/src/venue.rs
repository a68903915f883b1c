use crate::words;

words!(
    /// An exchange.
    Venue {
        /// Binance.
        Binance = "binance",
        /// Bybit.
        Bybit = "bybit",
    }
);

words!(
    /// A market of an exchange.
    Market {
        /// Coins for coins.
        Spot = "spot",
        /// Perpetual contracts.
        Perp = "perp",
    }
);

/// Where a symbol is traded unless it is told.
impl Default for Venue {
    fn default() -> Self {
        Self::Binance
    }
}

/// What a plan trades unless it is told.
impl Default for Market {
    fn default() -> Self {
        Self::Spot
    }
}

impl Venue {
    /// All exchanges.
    pub const ALL: [Self; 2] = [Self::Binance, Self::Bybit];
}
