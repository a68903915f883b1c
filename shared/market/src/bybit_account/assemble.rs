use domain::account::{AccountDocument, AccountWarning, Rates, SCHEMA};
use domain::recommendation::AccountState;
use domain::{Market, Symbol};
use jiff::Timestamp;

use super::client::AccountClient;
use super::parse;
use super::wire::{ContractInfo, FeeRate, FundingRate, List, OrderInfo, PositionInfo, RiskLimit, Wallet};
use crate::MarketError;
use crate::binance_account::AccountError;

const WALLET: &str = "/v5/account/wallet-balance";
const POSITIONS: &str = "/v5/position/list";
const ORDERS: &str = "/v5/order/realtime";
const FEES: &str = "/v5/account/fee-rate";
const RISK_LIMIT: &str = "/v5/market/risk-limit";
const FUNDING: &str = "/v5/market/funding/history";
const CONTRACTS: &str = "/v5/market/instruments-info";

/// What linear contracts are settled in; the exchange lists them by it.
const SETTLED_IN: [&str; 2] = ["USDT", "USDC"];
/// The code of a key that may not read what it asks for.
const NOT_PERMITTED: i64 = 10_005;

/// How far an account may be newer than the instant of its run, seconds: the run's own calls lie between.
const NEWER_S: i64 = 6 * 3600;

impl AccountClient {
    /// The account, once the exchange has said that the key may read and nothing else. `symbol` is whose rates are
    /// asked for, `as_of` the instant of the run.
    ///
    /// # Errors
    /// [`AccountError`]; what could be read by then is dropped, for half an account misleads.
    pub async fn read(&self, symbol: &Symbol, as_of: Timestamp) -> Result<AccountDocument, AccountError> {
        let mut warnings = self.permissions().await?;
        let read_at = self.now().await?;
        let mut document = AccountDocument {
            schema: SCHEMA.to_owned(),
            state: AccountState::Provided,
            venue: "bybit".to_owned(),
            symbol: symbol.clone(),
            as_of,
            read_at,
            deposits: Vec::new(),
            positions: Vec::new(),
            orders: Vec::new(),
            equity: None,
            rates: Vec::new(),
            warnings: Vec::new(),
        };
        self.spot(&mut document).await?;
        match self.perp(&mut document).await {
            Err(MarketError::Denied { code: NOT_PERMITTED }) => {
                warnings.insert(AccountWarning::PerpNotRead);
            }
            Err(error) => return Err(error.into()),
            Ok(is_hedged) => {
                if is_hedged {
                    warnings.insert(AccountWarning::HedgeMode);
                }
                let AccountDocument { deposits, positions, orders, .. } = &document;
                document.state = AccountDocument::state_of(deposits, positions, orders);
            }
        }
        if read_at.as_second() - as_of.as_second() > NEWER_S {
            warnings.insert(AccountWarning::ReadAfterAsOf);
        }
        document.warnings = warnings.into_iter().collect();
        Ok(document)
    }

    async fn spot(&self, document: &mut AccountDocument) -> Result<(), MarketError> {
        let symbol = document.symbol.clone();
        let (wallets, orders, fees): (List<Wallet>, Vec<OrderInfo>, _) = tokio::try_join!(
            self.signed(WALLET, &[("accountType", "UNIFIED")], None),
            self.all(ORDERS, &[("category", "spot"), ("limit", "50")]),
            async { optional(self.fee("spot", &symbol).await) },
        )?;
        for wallet in &wallets.list {
            document.deposits.extend(parse::deposits(wallet)?);
            document.equity = parse::equity(wallet)?;
        }
        document.orders.extend(parse::orders(&orders, Market::Spot)?);
        document.rates.push(Rates { taker_fee: fees.flatten(), ..Rates::unknown(Market::Spot) });
        Ok(())
    }

    /// Whether one of the positions is of hedge mode. Nothing is added unless all is there.
    async fn perp(&self, document: &mut AccountDocument) -> Result<bool, MarketError> {
        let (mut rows, mut orders): (Vec<PositionInfo>, Vec<OrderInfo>) = (Vec::new(), Vec::new());
        for coin in SETTLED_IN {
            let linear = |limit| [("category", "linear"), ("settleCoin", coin), ("limit", limit)];
            let (own, open) = (linear("200"), linear("50"));
            let (own, open) = tokio::try_join!(self.all(POSITIONS, &own), self.all(ORDERS, &open))?;
            rows.extend(own);
            orders.extend::<Vec<_>>(open);
        }
        let rates = self.perp_rates(&document.symbol.clone()).await?;
        let (positions, is_hedged, stops) = parse::positions(&rows)?;
        let orders = parse::with_tied(parse::orders(&orders, Market::Perp)?, stops);
        document.positions = positions;
        document.orders.extend(orders);
        document.rates.extend(rates);
        Ok(is_hedged)
    }

    /// What the symbol's contract comes to; none if the market does not list it.
    async fn perp_rates(&self, symbol: &Symbol) -> Result<Option<Rates>, MarketError> {
        let limit = parse::RATES.to_string();
        let of_symbol = [("category", "linear"), ("symbol", symbol.as_str())];
        let newest = [("category", "linear"), ("symbol", symbol.as_str()), ("limit", limit.as_str())];
        let (tiers, fee, funding, contracts, own) = tokio::try_join!(
            async { optional(self.public::<List<RiskLimit>>(RISK_LIMIT, &of_symbol, Some(symbol)).await) },
            async { optional(self.fee("linear", symbol).await) },
            async { optional(self.public::<List<FundingRate>>(FUNDING, &newest, Some(symbol)).await) },
            async { optional(self.public::<List<ContractInfo>>(CONTRACTS, &of_symbol, Some(symbol)).await) },
            async { optional(self.signed::<List<PositionInfo>>(POSITIONS, &of_symbol, Some(symbol)).await) },
        )?;
        let contracts = contracts.map(|contracts| contracts.list).unwrap_or_default();
        let contract = parse::contract(&contracts, symbol)?;
        if tiers.is_none() && fee.is_none() && funding.is_none() && contract.is_none() {
            return Ok(None);
        }
        let funding = funding.map(|funding| funding.list).unwrap_or_default();
        let (mean_funding, funding_interval_hours) = parse::funding(&funding)?;
        let maintenance_margin = tiers.map(|tiers| parse::maintenance(&tiers.list)).transpose()?;
        Ok(Some(Rates {
            market: Market::Perp,
            taker_fee: fee.flatten(),
            maintenance_margin: maintenance_margin.flatten(),
            mean_funding,
            funding_interval_hours,
            leverage: parse::leverage(&own.map(|own| own.list).unwrap_or_default())?,
            tick: contract.map(|(tick, _)| tick),
            orders: contract.map(|(_, orders)| orders),
        }))
    }

    async fn fee(
        &self,
        category: &str,
        symbol: &Symbol,
    ) -> Result<Option<rust_decimal::Decimal>, MarketError> {
        let asked = [("category", category), ("symbol", symbol.as_str())];
        let fees: List<FeeRate> = self.signed(FEES, &asked, Some(symbol)).await?;
        let own = fees.list.iter().find(|fee| fee.symbol == symbol.as_str());
        own.map(|fee| parse::number(&fee.taker_fee_rate, "a taker fee")).transpose()
    }
}

/// What sizing does without, where the exchange has no such thing for the symbol.
fn optional<T>(asked: Result<T, MarketError>) -> Result<Option<T>, MarketError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(MarketError::UnknownSymbol { .. } | MarketError::Unexpected { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
