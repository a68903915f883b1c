use std::fmt;

use serde_json::{Map, Value, json};

/// An account at the exchange, by the elements of its answers.
#[derive(Clone)]
pub struct SimBybitAccount {
    /// The key.
    pub key: String,
    /// What signs for it.
    pub secret: String,
    /// `/v5/user/query-api`, whole.
    pub info: Map<String, Value>,
    /// Whether the key is let to positions and to orders of contracts.
    pub reads_perp: bool,
    /// How far the exchange's clock is ahead of what it says, milliseconds, when it judges a request.
    pub skew_ms: i64,
    /// The one element of `/v5/account/wallet-balance`.
    pub wallet: Value,
    /// `/v5/position/list` of contracts settled in USDT.
    pub positions: Vec<Value>,
    /// `/v5/order/realtime` of the spot market.
    pub spot_orders: Vec<Value>,
    /// `/v5/order/realtime` of contracts settled in USDT, conditional ones among them.
    pub perp_orders: Vec<Value>,
}

/// Keys are told to nobody.
impl fmt::Debug for SimBybitAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimBybitAccount").field("positions", &self.positions.len()).finish_non_exhaustive()
    }
}

/// A key that may read, from one address, and an account with money and a guarded long.
impl Default for SimBybitAccount {
    fn default() -> Self {
        Self {
            key: "sim-bybit-key".to_owned(),
            secret: "sim-bybit-secret".to_owned(),
            info: Self::reading(),
            reads_perp: true,
            skew_ms: 0,
            wallet: json!({
                "accountType": "UNIFIED", "totalEquity": "13750", "totalWalletBalance": "13750",
                "totalMarginBalance": "13750", "totalAvailableBalance": "12450", "totalPerpUPL": "0",
                "totalInitialMargin": "300", "totalMaintenanceMargin": "6", "accountIMRate": "", "accountMMRate": "",
                "accountLTV": "", "coin": [
                    {"coin": "BTC", "equity": "0.05", "usdValue": "3750", "walletBalance": "0.05", "locked": "0",
                     "totalOrderIM": "0", "totalPositionIM": "0", "unrealisedPnl": "0", "borrowAmount": "0",
                     "availableToBorrow": "", "bonus": "0"},
                    {"coin": "USDT", "equity": "10000", "usdValue": "10000", "walletBalance": "10000", "locked": "500",
                     "totalOrderIM": "0", "totalPositionIM": "300", "unrealisedPnl": "0", "borrowAmount": "0",
                     "availableToBorrow": "", "bonus": "0"}
                ]
            }),
            positions: vec![json!({
                "positionIdx": 0, "riskId": 1, "riskLimitValue": "2000000", "symbol": "BTCUSDT", "side": "Buy",
                "size": "0.02", "avgPrice": "75000", "positionValue": "1500", "autoAddMargin": 0,
                "positionStatus": "Normal", "leverage": "5", "markPrice": "75000", "liqPrice": "",
                "bustPrice": "", "breakEvenPrice": "75037.5", "positionIM": "300", "positionMM": "6",
                "takeProfit": "", "stopLoss": "70000", "trailingStop": "0", "sessionAvgPrice": "",
                "unrealisedPnl": "0", "curRealisedPnl": "0", "cumRealisedPnl": "-1.2", "createdTime": "0",
                "updatedTime": "0", "seq": 1, "isReduceOnly": false
            })],
            spot_orders: Vec::new(),
            perp_orders: vec![json!({
                "orderId": "a1", "orderLinkId": "mine", "symbol": "BTCUSDT", "price": "0", "qty": "0", "side": "Sell",
                "positionIdx": 0, "orderStatus": "Untriggered", "leavesQty": "0", "cumExecQty": "0",
                "timeInForce": "IOC", "orderType": "Market", "stopOrderType": "StopLoss", "triggerPrice": "70000",
                "triggerDirection": 2, "lastPriceOnCreated": "", "reduceOnly": true, "closeOnTrigger": true,
                "takeProfit": "", "stopLoss": "", "createdTime": "0", "updatedTime": "0"
            })],
        }
    }
}

impl SimBybitAccount {
    /// An account that holds nothing, under the same key.
    pub fn empty() -> Self {
        let wallet =
            json!({"accountType": "UNIFIED", "totalEquity": "", "totalAvailableBalance": "", "coin": []});
        Self { wallet, positions: Vec::new(), perp_orders: Vec::new(), ..Self::default() }
    }

    /// What the exchange says of a key that may read and nothing else.
    pub fn reading() -> Map<String, Value> {
        let value = json!({
            "id": "2208369", "note": "mine", "apiKey": "sim-bybit-key", "readOnly": 1, "secret": "",
            "permissions": {
                "ContractTrade": ["Order", "Position"], "Spot": ["SpotTrade"], "Wallet": [], "Options": [],
                "Derivatives": ["DerivativesTrade"], "CopyTrading": [], "BlockTrade": [], "Exchange": [], "NFT": [],
                "Affiliate": [], "Earn": [], "FiatP2P": [], "FiatConvertBroker": [], "FiatGlobalPay": [],
                "FiatBitPay": [], "BitCard": [], "ByXPost": []
            },
            "ips": ["18.181.170.164"], "type": 1, "deadlineDay": -2, "expiredAt": "1970-01-01T00:00:00Z",
            "createdAt": "2025-10-13T03:20:45Z", "uta": 1, "userID": 354_937_868, "isMaster": true, "parentUid": "0"
        });
        value.as_object().cloned().unwrap_or_default()
    }
}
