use std::fmt;

use serde_json::{Map, Value, json};

/// An account at the exchange, by the elements of its answers.
#[derive(Clone)]
pub struct SimAccount {
    /// The key.
    pub key: String,
    /// What signs for it.
    pub secret: String,
    /// `/sapi/v1/account/apiRestrictions`, whole.
    pub permissions: Map<String, Value>,
    /// Whether the key is let to the futures' endpoints.
    pub reads_perp: bool,
    /// How far the exchange's clock is ahead of what it says, milliseconds, when it judges a request.
    pub skew_ms: i64,
    /// Balances of `/api/v3/account`.
    pub balances: Vec<Value>,
    /// `/api/v3/openOrders`.
    pub spot_orders: Vec<Value>,
    /// `/fapi/v3/account`, less its positions.
    pub perp: Value,
    /// `/fapi/v3/positionRisk`.
    pub positions: Vec<Value>,
    /// `/fapi/v1/openOrders`.
    pub perp_orders: Vec<Value>,
    /// `/fapi/v1/openAlgoOrders`.
    pub algo_orders: Vec<Value>,
    /// `/fapi/v1/symbolConfig`; symbols that it lacks are set to 5 of leverage.
    pub symbol_config: Vec<Value>,
}

/// Keys are told to nobody.
impl fmt::Debug for SimAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimAccount").field("positions", &self.positions.len()).finish_non_exhaustive()
    }
}

/// A key that may read, from one address, and an account with money and a guarded long.
impl Default for SimAccount {
    fn default() -> Self {
        Self {
            key: "sim-key".to_owned(),
            secret: "sim-secret".to_owned(),
            permissions: Self::reading(),
            reads_perp: true,
            skew_ms: 0,
            balances: vec![
                json!({"asset": "BTC", "free": "0.05000000", "locked": "0.00000000"}),
                json!({"asset": "USDT", "free": "9500.00000000", "locked": "500.00000000"}),
            ],
            spot_orders: Vec::new(),
            perp: json!({
                "totalInitialMargin": "300.00000000", "totalMaintMargin": "6.00000000",
                "totalWalletBalance": "2000.00000000", "totalUnrealizedProfit": "0.00000000",
                "totalMarginBalance": "2000.00000000", "totalPositionInitialMargin": "300.00000000",
                "totalOpenOrderInitialMargin": "0.00000000", "totalCrossWalletBalance": "2000.00000000",
                "totalCrossUnPnl": "0.00000000", "availableBalance": "1700.00000000",
                "maxWithdrawAmount": "1700.00000000",
                "assets": [{
                    "asset": "USDT", "walletBalance": "2000.00000000", "unrealizedProfit": "0.00000000",
                    "marginBalance": "2000.00000000", "maintMargin": "6.00000000",
                    "availableBalance": "1700.00000000", "maxWithdrawAmount": "1700.00000000", "updateTime": 0
                }],
            }),
            positions: vec![json!({
                "symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "0.020", "entryPrice": "75000.0",
                "breakEvenPrice": "75037.5", "markPrice": "75000.00000000", "unRealizedProfit": "0.00000000",
                "liquidationPrice": "0", "isolatedMargin": "0", "notional": "1500.00000000",
                "marginAsset": "USDT", "isolatedWallet": "0", "initialMargin": "300.00000000",
                "maintMargin": "6.00000000", "positionInitialMargin": "300.00000000",
                "openOrderInitialMargin": "0", "adl": 2, "bidNotional": "0", "askNotional": "0", "updateTime": 0
            })],
            perp_orders: Vec::new(),
            algo_orders: vec![json!({
                "algoId": 1, "clientAlgoId": "mine", "algoType": "CONDITIONAL", "orderType": "STOP_MARKET",
                "symbol": "BTCUSDT", "side": "SELL", "positionSide": "BOTH", "timeInForce": "GTC",
                "quantity": "0", "algoStatus": "NEW", "triggerPrice": "70000.0", "price": "0",
                "closePosition": true, "reduceOnly": true, "workingType": "MARK_PRICE", "createTime": 0,
                "updateTime": 0, "triggerTime": 0
            })],
            symbol_config: vec![Self::configured("BTCUSDT", 5)],
        }
    }
}

impl SimAccount {
    /// How the account has set a symbol, as `/fapi/v1/symbolConfig` writes it: a flag and a value as texts.
    pub fn configured(symbol: &str, leverage: u32) -> Value {
        json!({
            "symbol": symbol, "marginType": "CROSSED", "isAutoAddMargin": "false", "leverage": leverage,
            "maxNotionalValue": "1000000"
        })
    }

    /// An account that holds nothing, under the same key.
    pub fn empty() -> Self {
        Self {
            balances: Vec::new(),
            perp: json!({"totalMarginBalance": "0.00000000", "availableBalance": "0.00000000", "assets": []}),
            positions: Vec::new(),
            algo_orders: Vec::new(),
            symbol_config: Vec::new(),
            ..Self::default()
        }
    }

    /// What the exchange says of a key that may read and nothing else.
    pub fn reading() -> Map<String, Value> {
        let fields = [
            ("ipRestrict", true),
            ("enableReading", true),
            ("enableWithdrawals", false),
            ("enableInternalTransfer", false),
            ("enableMargin", false),
            ("enableFutures", false),
            ("permitsUniversalTransfer", false),
            ("enableVanillaOptions", false),
            ("enableFixApiTrade", false),
            ("enableFixReadOnly", true),
            ("enableSpotAndMarginTrading", false),
            ("enablePortfolioMarginTrading", false),
        ];
        let mut all: Map<_, _> =
            fields.into_iter().map(|(name, set)| (name.to_owned(), Value::Bool(set))).collect();
        all.insert("createTime".to_owned(), json!(1_698_645_219_000_i64));
        all
    }
}
