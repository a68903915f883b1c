//! A week of BTCUSDT as an artifact prints it: real figures where they are known, plausible ones elsewhere.

use domain::ohlcv::Ohlcv;
use serde_json::{Value, json};

/// The artifact as a value, for tests that change it.
pub(crate) fn artifact() -> Value {
    let extreme = |p: &str, t: &str, dist: f64| json!({ "p": p, "t": t, "dist_pct": dist });
    let swing = |id: &str, t: &str, p: &str| json!({ "id": id, "t": t, "p": p, "confirmed": t });
    let level = |id: &str, low: &str, high: &str| json!({ "id": id, "low": low, "high": high, "touches": 2, "last": "2025-11-17" });
    json!({
        "schema": "topdown.ohlcv/1", "symbol": "BTCUSDT", "venue": "binance", "market": "spot", "timeframe": "1w",
        "as_of": "2026-04-30T04:00:00Z", "tick": "0.01", "price_unit": "USDT", "source": "binance", "revision": 1,
        "data_quality": {
            "history_bars": 454, "first_bar": "2017-08-14", "gaps": [], "flags": [],
            "warming_pct": { "ema200": 1.1 }, "absent": [],
        },
        "bars": { "columns": "t,o,h,l,c,v", "order": "oldest_first", "rows": [
            "2026-03-30,66010.93,69310,65712.12,69034.18,110200",
            "2026-04-06,69034.18,73790,67732.01,70740.98,121900",
            "2026-04-13,70741.56,78333,70566.99,73801.79,128700",
            "2026-04-20,73801.8,79472.82,73724.31,78657.55,94940",
        ] },
        "forming": {
            "t": "2026-04-27", "o": "78657.55", "h": "79485.66", "l": "74937.52", "c": "75928.1", "v": "49150",
            "elapsed_pct": 45.2, "data_age_s": 0,
        },
        "indicators": {
            "columns": "t,ema20,ema50,ema200,rsi14,macd,macd_signal,macd_hist,atr14,adx14,pdi14,mdi14,rvol20",
            "order": "oldest_first", "rows": [
                "2026-04-06,78410,88210,68010,38.0,-8603,-8433,-170,8321,30.1,14.2,26.0,0.75",
                "2026-04-13,77850,87560,68120,41.8,-7990,-8431,441,8290,28.9,17.0,24.1,0.79",
                "2026-04-20,77929,86300,68243,47.3,-6945,-8134,1189,8033,27.3,19.6,22.4,0.62",
            ],
        },
        "stats": {
            "last_price": "75928.1", "close": "78657.55", "ret_pct": { "1": 6.6, "4": 19.2 }, "atr14_pct": 10.2,
            "vol_pctile": 41.0, "structure": "lh_ll", "regime": "transition",
            "regime_points": { "structure": -1, "averages": 0, "adx": 0 },
            "extremes": {
                "hi_52w": extreme("126199.63", "2025-10-06", 66.2), "lo_52w": extreme("60000", "2026-02-06", -21.0),
                "hi_all": extreme("126199.63", "2025-10-06", 66.2), "lo_all": extreme("2817", "2017-09-15", -96.3),
            },
        },
        "swings": {
            "list": [
                swing("L1", "2026-02-02", "60000"), swing("H2", "2026-01-12", "97924.49"),
                swing("L3", "2025-10-06", "107255"), swing("H4", "2025-10-06", "126199.63"),
            ],
            "pending": { "kind": "H", "t": "2026-04-20", "p": "79472.82" },
        },
        "levels": [
            level("R2", "107255", "109588"), level("R1", "88765", "89256.69"), level("S1", "70079.99", "74508"),
            level("S2", "53485.93", "60000"),
        ],
        "barriers": {
            "origin": "75928.1", "up": "87977", "down": "63879", "bars": 8,
            "base_rate_pct": { "up": 41.6, "down": 32.4, "neither": 26.0 }, "base_n": 416,
        },
    })
}

pub(crate) fn read(artifact: &Value) -> Ohlcv {
    serde_json::from_value(artifact.clone()).unwrap()
}

/// A fenced block.
pub(crate) fn block(kind: &str, value: &Value) -> String {
    format!("<data-k7q2 kind=\"{kind}\">\n{value}\n</data-k7q2>\n")
}

/// A parent of the artifact, in the shape the schema sends it.
pub(crate) fn parent(bias: &str, trust: &str) -> Value {
    let text = super::report::by_rule(&super::brief::Brief::default(), super::Mode::Honest);
    let mut report = serde_json::to_value(text).unwrap();
    report["bias"] = json!(bias);
    report["outcome"] = json!("report");
    json!({
        "schema": "topdown.parent/1", "report_id": "rep-1M-x", "timeframe": "1M", "trust": trust, "report": report,
        "unverified": [],
    })
}
