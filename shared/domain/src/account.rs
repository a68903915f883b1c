//! `topdown.account/1`: what an exchange says of an account at an instant. It holds nothing that names the account or
//! its owner, and no text that its owner wrote: no account id, no key note, no client order id.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::recommendation::AccountState;
use crate::series::OrderFilters;
use crate::words;
use crate::{Market, Symbol};

/// Name and version of the document.
pub const SCHEMA: &str = "topdown.account/1";

/// An account as it was read. Amounts are exact decimals as the exchange wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDocument {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`AccountState::Provided`] or [`AccountState::KnownEmpty`]; what could not be read has no document.
    pub state: AccountState,
    /// The exchange, `binance` or `bybit`.
    pub venue: String,
    /// The symbol whose rates were asked for.
    pub symbol: Symbol,
    /// The instant the run reads the market at.
    pub as_of: Timestamp,
    /// When the account was read, by the exchange's clock.
    pub read_at: Timestamp,
    /// What is held, by wallet and asset; assets of which there is nothing are left out.
    pub deposits: Vec<Deposit>,
    /// Open positions in derivatives.
    pub positions: Vec<Position>,
    /// Active orders, conditional ones among them.
    pub orders: Vec<Order>,
    /// What the account is worth in derivatives, as far as the exchange says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equity: Option<Equity>,
    /// Rates of the symbol on each market.
    pub rates: Vec<Rates>,
    /// What a reader of the account should know.
    pub warnings: Vec<AccountWarning>,
}

words!(
    /// Where an asset lies.
    Wallet {
        /// For spot trading.
        Spot = "spot",
        /// Margin of perpetual contracts.
        Perp = "perp",
        /// One wallet for both.
        Unified = "unified",
        /// Kept aside: trading needs a transfer first.
        Funding = "funding",
    }
);

/// What is held of an asset in a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// The wallet.
    pub wallet: Wallet,
    /// The asset, `USDT`.
    pub asset: String,
    /// Free for a new order.
    pub free: Decimal,
    /// Bound in orders or as margin.
    pub locked: Decimal,
    /// All of it, debts and unrealised profit aside.
    pub total: Decimal,
}

/// What an account is worth, unrealised profit included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equity {
    /// The wallet it is said of.
    pub wallet: Wallet,
    /// The currency, `USD` where the exchange values several assets.
    pub currency: String,
    /// The value.
    pub total: Decimal,
    /// The part that is free for new positions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<Decimal>,
}

words!(
    /// Side of a position.
    PositionSide {
        /// Bought.
        Long = "long",
        /// Sold.
        Short = "short",
    }
);

/// An open position. In hedge mode a symbol has one of each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The contract.
    pub symbol: Symbol,
    /// Its side.
    pub side: PositionSide,
    /// Base currency, above zero.
    pub quantity: Decimal,
    /// Mean price it was entered at.
    pub entry_price: Decimal,
    /// The exchange's mark price, if it told one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_price: Option<Decimal>,
    /// Where the exchange would close it, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liquidation_price: Option<Decimal>,
    /// Leverage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// Whether its margin stands alone, if the exchange told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_isolated: Option<bool>,
    /// Profit at the mark price, quote currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrealised_pnl: Option<Decimal>,
}

words!(
    /// Side of an order.
    OrderSide {
        /// Buys.
        Buy = "buy",
        /// Sells.
        Sell = "sell",
    }
);

/// An active order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its market.
    pub market: Market,
    /// What it trades.
    pub symbol: Symbol,
    /// Its side.
    pub side: OrderSide,
    /// The side of the position it belongs to, in hedge mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_side: Option<PositionSide>,
    /// The exchange's name of its type, `LIMIT` or `STOP_MARKET`.
    pub kind: String,
    /// Limit price; none of a market order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Decimal>,
    /// Price that triggers it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_price: Option<Decimal>,
    /// Base currency, not yet executed; none of an order that closes all of a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
    /// Whether it can only make a position smaller.
    pub is_reduce_only: bool,
    /// Whether it gives a position up at a loss: a stop, or a trailing stop; a take-profit is none.
    pub is_stop: bool,
}

/// What trading the symbol on a market comes to, and what the exchange takes there; none where it did not tell. Rates
/// are fractions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// The market.
    pub market: Market,
    /// Fee of an order that takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taker_fee: Option<Decimal>,
    /// Maintenance margin of the lowest bracket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_margin: Option<Decimal>,
    /// Mean of the newest funding rates, 21 at most; paid by longs if above zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_funding: Option<Decimal>,
    /// Hours from one funding to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding_interval_hours: Option<u32>,
    /// Leverage that is set for the symbol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leverage: Option<Decimal>,
    /// Smallest price step of a contract, quote currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<Decimal>,
    /// What the exchange takes as an order of a contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<OrderFilters>,
}

impl Rates {
    /// A market of which nothing is known.
    pub fn unknown(market: Market) -> Self {
        Self {
            market,
            taker_fee: None,
            maintenance_margin: None,
            mean_funding: None,
            funding_interval_hours: None,
            leverage: None,
            tick: None,
            orders: None,
        }
    }
}

words!(
    /// What a reader of an account should know.
    AccountWarning {
        /// The key works from any address.
        KeyNotBound = "key_not_bound",
        /// The key expires within 14 days.
        KeyExpiresSoon = "key_expires_soon",
        /// The key may do more than read, and the configuration tolerates it by name.
        PermissionTolerated = "permission_tolerated",
        /// The key may not read derivatives: positions and their orders are not known.
        PerpNotRead = "perp_not_read",
        /// A symbol can hold a long and a short at once.
        HedgeMode = "hedge_mode",
        /// The run reads an earlier instant than the account shows.
        ReadAfterAsOf = "read_after_as_of",
    }
);

impl AccountDocument {
    /// The state of what was read.
    pub fn state_of(deposits: &[Deposit], positions: &[Position], orders: &[Order]) -> AccountState {
        if deposits.is_empty() && positions.is_empty() && orders.is_empty() {
            AccountState::KnownEmpty
        } else {
            AccountState::Provided
        }
    }

    /// The rates of a market, if they were read.
    pub fn rates_of(&self, market: Market) -> Option<&Rates> {
        self.rates.iter().find(|rates| rates.market == market)
    }

    /// Coins of the symbol that are held for spot trading, base currency; `quote` is its quote currency.
    pub fn coins(&self, quote: &str) -> Decimal {
        let base = self.symbol.as_str().strip_suffix(quote).unwrap_or_default();
        self.deposits_of(Market::Spot, base).map(|deposit| deposit.total).sum()
    }

    /// Open positions in the symbol.
    pub fn own_positions(&self) -> impl Iterator<Item = &Position> {
        self.positions.iter().filter(|position| position.symbol == self.symbol)
    }

    /// What is held of an asset in the wallets that a market trades from.
    pub fn deposits_of<'a>(&'a self, market: Market, asset: &'a str) -> impl Iterator<Item = &'a Deposit> {
        self.deposits.iter().filter(move |deposit| deposit.asset == asset && deposit.wallet.serves(market))
    }
}

impl Wallet {
    /// Whether the market trades from it.
    pub fn serves(self, market: Market) -> bool {
        match self {
            Self::Spot => market == Market::Spot,
            Self::Perp => market == Market::Perp,
            Self::Unified => true,
            Self::Funding => false,
        }
    }
}

impl AccountWarning {
    /// The warning, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::KeyNotBound => "the key works from any address; bind it to this machine's",
            Self::KeyExpiresSoon => "the key expires within 14 days; make a new one",
            Self::PermissionTolerated => "the key may do more than read, which the configuration tolerates",
            Self::PerpNotRead => "the key may not read derivatives: positions there are not known",
            Self::HedgeMode => "hedge mode: a symbol can be held long and short at once",
            Self::ReadAfterAsOf => "the account is of a later instant than the market that the run reads",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deposit(wallet: Wallet, total: &str) -> Deposit {
        let total: Decimal = total.parse().unwrap();
        Deposit { wallet, asset: "USDT".to_owned(), free: total, locked: Decimal::ZERO, total }
    }

    #[test]
    fn an_account_that_holds_nothing_is_known_to_be_empty() {
        assert_eq!(AccountDocument::state_of(&[], &[], &[]), AccountState::KnownEmpty);
        let held = [deposit(Wallet::Spot, "1")];
        assert_eq!(AccountDocument::state_of(&held, &[], &[]), AccountState::Provided);
    }

    #[test]
    fn a_document_is_read_back_with_every_digit() {
        let document = AccountDocument {
            schema: SCHEMA.to_owned(),
            state: AccountState::Provided,
            venue: "binance".to_owned(),
            symbol: "BTCUSDT".parse().unwrap(),
            as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
            read_at: "2026-04-30T04:00:07Z".parse().unwrap(),
            deposits: vec![deposit(Wallet::Spot, "0.0000000100"), deposit(Wallet::Perp, "7")],
            positions: Vec::new(),
            orders: Vec::new(),
            equity: None,
            rates: Vec::new(),
            warnings: vec![AccountWarning::KeyNotBound],
        };
        let json = serde_json::to_string(&document).unwrap();
        assert!(json.contains(r#""total":"0.0000000100""#) && json.contains(r#""key_not_bound""#), "{json}");
        assert_eq!(serde_json::from_str::<AccountDocument>(&json).unwrap(), document);
        let spot: Vec<_> = document.deposits_of(Market::Spot, "USDT").map(|held| held.wallet).collect();
        assert_eq!(spot, [Wallet::Spot]);
    }
}
