//! An answer on BTCUSDT 1w as of 2026-04-30T04:00Z and the rows of the data that it cites. The numbers are those
//! of the exchange's candles and of TA-Lib's indicators on them.

use domain::ohlcv::{
    Barriers, BaseRate, DataQuality, Extreme, Extremes, Forming, Level, Ohlcv, PendingSwing, RegimePoints,
    Stats, Swing, Swings, Table,
};
use domain::report::Report;
use domain::{Source, Timeframe};

pub(crate) const ANSWER: &str = include_str!("sample.json");

pub(crate) fn report() -> Report {
    serde_json::from_str(ANSWER).unwrap()
}

pub(crate) fn ohlcv() -> Ohlcv {
    let table = |columns: &str, rows: &[&str]| Table {
        columns: columns.into(),
        order: "oldest_first".into(),
        rows: rows.iter().map(|row| (*row).to_owned()).collect(),
    };
    let extreme = |p: &str, t: &str, dist_pct| Extreme { p: p.into(), t: t.into(), dist_pct };
    let level = |id: &str, low: &str, high: &str, touches, last: &str| Level {
        id: id.into(),
        low: low.into(),
        high: high.into(),
        touches,
        last: last.into(),
    };
    let swing = |id: &str, t: &str, p: &str, confirmed: &str| Swing {
        id: id.into(),
        t: t.into(),
        p: p.into(),
        confirmed: confirmed.into(),
    };
    Ohlcv {
        schema: domain::ohlcv::SCHEMA.into(),
        symbol: "BTCUSDT".parse().unwrap(),
        venue: "binance".into(),
        market: "spot".into(),
        timeframe: Timeframe::Week,
        as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
        tick: "0.01".into(),
        price_unit: "USDT".into(),
        source: Source::Binance,
        revision: 1,
        data_quality: DataQuality {
            history_bars: 454,
            first_bar: "2017-08-14".into(),
            gaps: vec![],
            flags: vec![],
            warming_pct: [("ema200".to_owned(), 7.9)].into(),
            absent: vec![],
        },
        bars: table("t,o,h,l,c,v", &["2026-04-20,73801.8,79472.82,73724.31,78657.55,94940"]),
        forming: Some(Forming {
            t: "2026-04-27".into(),
            o: "78657.55".into(),
            h: "79485.66".into(),
            l: "74937.52".into(),
            c: "75928.1".into(),
            v: "49150".into(),
            elapsed_pct: 45.2,
            data_age_s: 0,
        }),
        indicators: table(
            "t,ema20,ema50,ema200,rsi14,macd,atr14,rvol20",
            &[
                "2026-04-06,78279,87134,68082,38.0,-8711,8242,0.86",
                "2026-04-20,77929,86300,68243,47.3,-6945,8033,0.68",
            ],
        ),
        stats: Stats {
            last_price: "75928.1".into(),
            close: Some("78657.55".into()),
            ret_pct: [(1, 6.6), (4, 19.2), (13, -9.2), (26, -31.3)].into(),
            atr14_pct: Some(10.2),
            vol_pctile: Some(74.8),
            structure: "mixed".into(),
            regime: "transition".into(),
            regime_points: RegimePoints { structure: 0, averages: 0, adx: -1 },
            extremes: Some(Extremes {
                hi_52w: extreme("126199.63", "2025-10-06", 66.2),
                lo_52w: extreme("60000", "2026-02-06", -21.0),
                hi_all: extreme("126199.63", "2025-10-06", 66.2),
                lo_all: extreme("2817", "2017-09-15", -96.3),
            }),
        },
        swings: Swings {
            list: vec![
                swing("L1", "2026-02-02", "60000", "2026-04-13"),
                swing("H2", "2025-10-06", "126199.63", "2025-10-13"),
                swing("L3", "2025-09-01", "107255", "2025-09-29"),
            ],
            pending: Some(PendingSwing { kind: "H".into(), t: "2026-04-20".into(), p: "79472.82".into() }),
        },
        levels: vec![
            level("R2", "107255", "109588", 3, "2025-09-01"),
            level("R1", "89256.69", "89256.69", 1, "2025-01-13"),
            level("S1", "70079.99", "74508", 5, "2025-04-07"),
            level("S2", "53485.93", "60775", 4, "2026-02-02"),
        ],
        barriers: Some(Barriers {
            origin: "75928.1".into(),
            up: "87977".into(),
            down: "63879".into(),
            bars: 8,
            base_rate_pct: Some(BaseRate { up: 41.8, down: 32.2, neither: 26.0 }),
            base_n: 416,
        }),
    }
}
