use domain::account::{AccountDocument, AccountWarning, Rates, SCHEMA};
use domain::recommendation::AccountState;
use domain::{Market, Symbol};
use jiff::Timestamp;

use super::client::{AccountClient, AccountError};
use super::parse;
use super::wire::{
    AlgoOrder, CommissionRate, Contracts, FundingRate, LeverageBrackets, OneOrMany, OpenOrder, PerpAccount,
    PositionRisk, SpotAccount, SymbolConfig,
};
use crate::MarketError;

const SPOT_ACCOUNT: (&str, u32) = ("/api/v3/account", 20);
const SPOT_ORDERS: (&str, u32) = ("/api/v3/openOrders", 80);
const PERP_ACCOUNT: (&str, u32) = ("/fapi/v3/account", 5);
const POSITIONS: (&str, u32) = ("/fapi/v3/positionRisk", 5);
const PERP_ORDERS: (&str, u32) = ("/fapi/v1/openOrders", 40);
const ALGO_ORDERS: (&str, u32) = ("/fapi/v1/openAlgoOrders", 40);
const SYMBOL_CONFIG: (&str, u32) = ("/fapi/v1/symbolConfig", 5);
const BRACKETS: (&str, u32) = ("/fapi/v1/leverageBracket", 1);
const COMMISSION: (&str, u32) = ("/fapi/v1/commissionRate", 20);
const FUNDING: (&str, u32) = ("/fapi/v1/fundingRate", 1);
const CONTRACTS: (&str, u32) = ("/fapi/v1/exchangeInfo", 1);

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
        let read_at = self.spot.now().await?;
        let mut document = AccountDocument {
            schema: SCHEMA.to_owned(),
            state: AccountState::Provided,
            venue: "binance".to_owned(),
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
            // a key of an account without derivatives is told what a key without the right is told
            Err(MarketError::Denied { code: -2015 }) => _ = warnings.insert(AccountWarning::PerpNotRead),
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
        let host = &self.spot;
        let (account, orders): (SpotAccount, Vec<OpenOrder>) = tokio::try_join!(
            self.signed(host, SPOT_ACCOUNT, &[("omitZeroBalances", "true")], None),
            self.signed(host, SPOT_ORDERS, &[], None),
        )?;
        document.deposits.extend(parse::spot_deposits(&account)?);
        document.orders.extend(parse::orders(&orders, Market::Spot)?);
        let taker = account.commission_rates.map(|rates| parse::number(&rates.taker, "a taker fee"));
        document.rates.push(Rates { taker_fee: taker.transpose()?, ..Rates::unknown(Market::Spot) });
        Ok(())
    }

    /// Whether one of the positions is of hedge mode. Nothing is added unless all is there.
    async fn perp(&self, document: &mut AccountDocument) -> Result<bool, MarketError> {
        let host = &self.perp;
        let account: PerpAccount = self.signed(host, PERP_ACCOUNT, &[], None).await?;
        let (rows, orders, algo, configs): (Vec<PositionRisk>, Vec<OpenOrder>, Vec<AlgoOrder>, _) = tokio::try_join!(
            self.signed(host, POSITIONS, &[], None),
            self.signed(host, PERP_ORDERS, &[], None),
            self.signed(host, ALGO_ORDERS, &[], None),
            async { optional(self.signed::<Vec<SymbolConfig>>(host, SYMBOL_CONFIG, &[], None).await) },
        )?;
        let configs = configs.unwrap_or_default();
        let rates = self.perp_rates(&document.symbol.clone(), &configs).await?;
        let (positions, is_hedged) = parse::positions(&rows, &configs)?;
        let (deposits, equity) = (parse::perp_deposits(&account)?, parse::equity(&account)?);
        let (orders, algo) = (parse::orders(&orders, Market::Perp)?, parse::algo_orders(&algo)?);
        document.positions = positions;
        document.deposits.extend(deposits);
        document.orders.extend(orders.into_iter().chain(algo));
        document.equity = Some(equity);
        document.rates.extend(rates);
        Ok(is_hedged)
    }

    /// What the symbol's contract comes to; none if the market does not list it.
    async fn perp_rates(
        &self,
        symbol: &Symbol,
        configs: &[SymbolConfig],
    ) -> Result<Option<Rates>, MarketError> {
        let (host, known) = (&self.perp, Some(symbol));
        let of_symbol = [("symbol", symbol.as_str())];
        let limit = parse::RATES.to_string();
        let newest = [("symbol", symbol.as_str()), ("limit", limit.as_str())];
        let (brackets, fee, funding, contracts) = tokio::try_join!(
            async {
                let asked = self.signed::<OneOrMany<LeverageBrackets>>(host, BRACKETS, &of_symbol, known);
                optional(asked.await)
            },
            async { optional(self.signed::<CommissionRate>(host, COMMISSION, &of_symbol, known).await) },
            async { optional(host.public::<Vec<FundingRate>>(FUNDING, &newest, known).await) },
            // the whole list: the endpoint takes no symbol
            async { optional(host.public::<Contracts>(CONTRACTS, &[], None).await) },
        )?;
        let contract = contracts.map(|contracts| parse::contract(&contracts, symbol)).transpose()?.flatten();
        if brackets.is_none() && fee.is_none() && funding.is_none() && contract.is_none() {
            return Ok(None);
        }
        let (mean_funding, funding_interval_hours) = parse::funding(&funding.unwrap_or_default())?;
        let taker_fee = fee.map(|fee| parse::number(&fee.taker_commission_rate, "a taker fee"));
        let maintenance_margin = brackets.map(|brackets| parse::maintenance(&brackets)).transpose()?;
        Ok(Some(Rates {
            market: Market::Perp,
            taker_fee: taker_fee.transpose()?,
            maintenance_margin: maintenance_margin.flatten(),
            mean_funding,
            funding_interval_hours,
            leverage: parse::leverage(configs, symbol),
            tick: contract.map(|(tick, _)| tick),
            orders: contract.map(|(_, orders)| orders),
        }))
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
