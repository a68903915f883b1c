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
    let level = |id: &str, low: &str, high: &str| Level {
        id: id.into(),
        low: low.into(),
        high: high.into(),
        touches: 2,
        last: "2026-02-02".into(),
    };
    let swing = |id: &str, t: &str, p: &str| Swing {
        id: id.into(),
        t: t.into(),
        p: p.into(),
        confirmed: "2026-03-16".into(),
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
        bars: table("t,o,h,l,c,v", &["2026-04-20,73000,79444,72800.5,78657.55,91230"]),
        forming: Some(Forming {
            t: "2026-04-27".into(),
            o: "78657.55".into(),
            h: "79485.66".into(),
            l: "75100".into(),
            c: "75928.1".into(),
            v: "48210".into(),
            elapsed_pct: 45.2,
            data_age_s: 0,
        }),
        indicators: table(
            "t,ema20,ema50,ema200,rsi14,macd,atr14,rvol20",
            &[
                "2026-04-06,77100,86900,68000,38.0,-6200,8410,0.91",
                "2026-04-20,77929,86300,68300,47.3,-4800,8033,1.35",
            ],
        ),
        stats: Stats {
            last_price: "75928.1".into(),
            close: Some("78657.55".into()),
            ret_pct: [(1, 4.1), (4, 12.5)].into(),
            atr14_pct: Some(10.2),
            vol_pctile: Some(41.2),
            structure: "lh_ll".into(),
            regime: "transition".into(),
            regime_points: RegimePoints { structure: -1, averages: 0, adx: 0 },
            extremes: Some(Extremes {
                hi_52w: extreme("126199.63", "2025-10-06", 66.2),
                lo_52w: extreme("60000", "2026-02-06", -21.0),
                hi_all: extreme("126199.63", "2025-10-06", 66.2),
                lo_all: extreme("2817", "2017-09-15", -96.3),
            }),
        },
        swings: Swings {
            list: vec![
                swing("L1", "2026-02-02", "60000"),
                swing("H2", "2026-01-12", "97924.49"),
                swing("L3", "2025-10-06", "107255"),
            ],
            pending: Some(PendingSwing { kind: "H".into(), t: "2026-04-27".into(), p: "79485.66".into() }),
        },
        levels: vec![
            level("S1", "70079.99", "74508"),
            level("S2", "53485.93", "60000"),
            level("R1", "88000", "89256.69"),
        ],
        barriers: Some(Barriers {
            origin: "75928.1".into(),
            up: "87977".into(),
            down: "63879".into(),
            bars: 8,
            base_rate_pct: Some(BaseRate { up: 44.1, down: 31.0, neither: 24.9 }),
            base_n: 416,
        }),
    }
}
