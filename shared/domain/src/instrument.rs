use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Symbol;

/// What the venue says of a symbol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// The symbol.
    pub symbol: Symbol,
    /// The venue's word: `TRADING`, `HALT`, `BREAK`, `CANCEL_ONLY` of Binance, `Trading` of Bybit.
    pub status: String,
    /// Base currency, the unit of volume.
    pub base_asset: String,
    /// Quote currency, the unit of price.
    pub quote_asset: String,
    /// Smallest price step, quote currency.
    pub tick: Decimal,
    /// Smallest quantity step, base currency.
    pub step: Decimal,
    /// Smallest order value, quote currency, where the venue names one.
    pub min_notional: Option<Decimal>,
}

impl Instrument {
    /// Whether orders are matched now.
    pub fn is_trading(&self) -> bool {
        self.status.eq_ignore_ascii_case("TRADING")
    }
}
