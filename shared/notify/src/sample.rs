//! A weekly report of BTCUSDT and the monthly one above it, written by hand: texts and levels of a real week,
//! the last eight candles as Binance served them, older ones by a rule.

use std::collections::BTreeMap;

use domain::ohlcv::{
    self, Barriers, BaseRate, DataQuality, Forming, Level, Ohlcv, RegimePoints, Stats, Swing, Swings, Table,
};
use domain::report::{
    self, Analyst, ArtifactRef, Aspect, ChartRef, CheckItem, CheckStatus, Checks, Cite, Leans, Observation,
    Report, ReportDocument, Trust,
};
use domain::series::{self, Bar, SeriesDocument};
use domain::{ContentId, Sha256Hex, Source, Timeframe};
use rust_decimal::Decimal;

use crate::page::{ChartSvgs, Reading};

const WEEKLY: &str = r#"{"issues":["ema200 warming"],"usable":"partial","observations":[{"aspect":"structure","cites":[{"ref":"swings[L1].p","value":60000},{"ref":"swings[L3].p","value":107255}],"says":"Swing lows fell from 107,255 to 60,000.","leans":"bearish"},{"aspect":"trend","cites":[{"ref":"bars[2026-04-20].c","value":78657.55},{"ref":"indicators[2026-04-20].ema20","value":77929},{"ref":"indicators[2026-04-20].ema50","value":86300}],"says":"Close 78,657.55 over EMA20 77,929, under EMA50 86,300.","leans":"neutral"},{"aspect":"momentum","cites":[{"ref":"indicators[2026-04-20].rsi14","value":47.3},{"ref":"indicators[2026-04-06].rsi14","value":38.0}],"says":"RSI14 rose from 38.0 to 47.3.","leans":"bullish"},{"aspect":"context","cites":[{"ref":"forming.h","value":79485.66},{"ref":"forming.c","value":75928.1}],"says":"Week in progress: high 79,485.66, now 75,928.1.","leans":"neutral"}],"levels":["levels[S1]","levels[R1]"],"parent_reason":"Parent neutral; o1 and o3 offset.","parent_relation":"neutral","outcome":"report","scenarios":{"up":"To 87,977, below R1.","down":"Through S1, 74,508 to 70,079.99.","p_up":42,"p_down":32,"p_neither":26},"trend":"transition","bias":"neutral","invalidation":{"reason":"Close beyond either zone.","above":89256.69,"above_ref":"levels[R1].high","below":53485.93,"below_ref":"levels[S2].low","timeframe":"1w"},"confidence":77,"summary":"Rebound in a decline, under EMA50."}"#;

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// A verified item of a number in prose.
pub(crate) fn said(path: &str, text: &str, number: &str, reference: &str) -> CheckItem {
    let offset = text.find(number).unwrap();
    CheckItem {
        span: Some((u32::try_from(offset).unwrap(), u32::try_from(number.len()).unwrap())),
        ..cited(path, number, reference)
    }
}

fn cited(path: &str, number: &str, reference: &str) -> CheckItem {
    CheckItem {
        path: path.into(),
        status: CheckStatus::Verified,
        got: number.into(),
        expected: number.replace(',', ""),
        reference: reference.into(),
        span: None,
        was: None,
        why: None,
    }
}

fn weekly_items(report: &Report) -> Vec<CheckItem> {
    let mut items = Vec::new();
    let mut cites = Vec::new();
    for (index, observation) in report.observations.iter().enumerate() {
        for (at, cite) in observation.cites.iter().enumerate() {
            let value = cite.value.to_string();
            cites.push(cited(&format!("observations[{index}].cites[{at}]"), &value, &cite.reference));
        }
    }
    let says = |index: usize| report.observations[index].says.as_str();
    let mut add = |path: &str, text: &str, numbers: &[(&str, &str)]| {
        items.extend(numbers.iter().map(|(number, reference)| said(path, text, number, reference)));
    };
    add("observations[0].says", says(0), &[("107,255", "swings[L3].p"), ("60,000", "swings[L1].p")]);
    add(
        "observations[1].says",
        says(1),
        &[
            ("78,657.55", "bars[2026-04-20].c"),
            ("77,929", "indicators[2026-04-20].ema20"),
            ("86,300", "indicators[2026-04-20].ema50"),
        ],
    );
    let rsi = [("38.0", "indicators[2026-04-06].rsi14"), ("47.3", "indicators[2026-04-20].rsi14")];
    add("observations[2].says", says(2), &rsi);
    add("observations[3].says", says(3), &[("79,485.66", "forming.h"), ("75,928.1", "forming.c")]);
    add("scenarios.up", &report.scenarios.up, &[("87,977", "barriers.up")]);
    let down = [("74,508", "levels[S1].high"), ("70,079.99", "levels[S1].low")];
    add("scenarios.down", &report.scenarios.down, &down);
    items.extend(cites);
    items.push(cited("levels[0]", "levels[S1]", "levels[S1]"));
    items.push(cited("levels[1]", "levels[R1]", "levels[R1]"));
    items.push(cited("invalidation.above", "89256.69", "levels[R1].high"));
    items.push(cited("invalidation.below", "53485.93", "levels[S2].low"));
    items.push(cited("scenarios", "42, 26, 32", ""));
    items
}

fn checks(items: Vec<CheckItem>) -> Checks {
    let count = |status| u32::try_from(items.iter().filter(|item| item.status == status).count()).unwrap();
    let checked = u32::try_from(items.len()).unwrap();
    let (repaired, unverified) = (count(CheckStatus::Repaired), count(CheckStatus::Unverified));
    Checks { checked, verified: checked - unverified, repaired, unverified, key_order: true, items }
}

/// The weekly report, all of its 26 items verified.
pub(crate) fn weekly() -> ReportDocument {
    let report: Report = serde_json::from_str(WEEKLY).unwrap();
    let checks = checks(weekly_items(&report));
    ReportDocument {
        schema: report::SCHEMA.into(),
        report_id: "rep-1w-8e02k7qd".parse().unwrap(),
        run_id: "r-7f3k9q2c".parse().unwrap(),
        step_id: "1w-report".parse().unwrap(),
        symbol: "BTCUSDT".parse().unwrap(),
        timeframe: Timeframe::Week,
        as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
        decided_at: "2026-04-30T04:00:00Z".parse().unwrap(),
        source: Source::Binance,
        venue: "binance".into(),
        market: "spot".into(),
        tick: decimal("0.01"),
        price_unit: "USDT".into(),
        last_price: decimal("75928.1"),
        last_bar: "2026-04-20".into(),
        language: "en".into(),
        analyst: Analyst::Rules,
        llm_prompt_id: serde_json::from_str("\"weekly-report@3f9a12cc\"").unwrap(),
        llm_model_id: serde_json::from_str("\"analyst@3f9a12cc\"").unwrap(),
        llm_model: "rule-analyst".into(),
        ohlcv_ref: ArtifactRef {
            gcs_uri: "gs://topdown/1w.json".into(),
            sha256: Sha256Hex::of(b"ohlcv"),
            generation: None,
        },
        chart_refs: vec![ChartRef {
            artifact: ArtifactRef {
                gcs_uri: "gs://topdown/1w.png".into(),
                sha256: Sha256Hex::of(b"chart"),
                generation: Some(1_776_000_000_000_000),
            },
            chart_template_id: ContentId::of("trend-momentum", b"template"),
            chart_provider: "built-in".into(),
        }],
        parent_report_id: Some("rep-1M-c41d09ab".parse().unwrap()),
        barriers: Some(barriers("87977", "63879", 8)),
        report,
        tools: Vec::new(),
        checks,
        trust: Trust::Ok,
    }
}

fn barriers(up: &str, down: &str, bars: u32) -> Barriers {
    Barriers {
        origin: "75928.1".into(),
        up: up.into(),
        down: down.into(),
        bars,
        base_rate_pct: Some(BaseRate { up: 39.6, down: 31.4, neither: 29.0 }),
        base_n: 414,
    }
}

/// A report by a model with a verified, a repaired and an unverified number in its summary.
pub(crate) fn doubted() -> ReportDocument {
    let mut document = weekly();
    let summary = "EMA200 stands at 2,649.7. RSI rose to 44.8, the close is 2,369.44.";
    document.report.summary = summary.into();
    let wrong = CheckItem {
        status: CheckStatus::Unverified,
        expected: "2549.7".into(),
        why: Some("wrong after the repair".into()),
        ..said("summary", summary, "2,649.7", "indicators[2026-04-20].ema200")
    };
    let repaired = CheckItem {
        status: CheckStatus::Repaired,
        was: Some("48.4".into()),
        ..said("summary", summary, "44.8", "indicators[2026-04-20].rsi14")
    };
    let right = said("summary", summary, "2,369.44", "bars[2026-04-20].c");
    document.checks = checks(vec![right, repaired, wrong]);
    document.analyst = Analyst::Model;
    document.llm_model = "gpt-5.2".into();
    document
}

/// The monthly report.
pub(crate) fn monthly() -> ReportDocument {
    let mut document = weekly();
    document.timeframe = Timeframe::Month;
    document.report_id = "rep-1M-c41d09ab".parse().unwrap();
    document.last_bar = "2026-03".into();
    document.parent_report_id = None;
    let summary = "Closed below a falling EMA 20; the low of 65,000.00 held. April, forming, is at +11.19 %.";
    let says = "March closed at 68,284.48, below EMA 20 at 83,648 and above EMA 50 at 65,096.";
    let cite = Cite { reference: "bars[2026-03].c".into(), value: decimal("68284.48") };
    document.report.summary = summary.into();
    document.report.trend = report::Trend::Down;
    document.report.observations = vec![
        Observation { aspect: Aspect::Trend, cites: vec![cite], says: says.into(), leans: Leans::Bearish },
        Observation {
            aspect: Aspect::Momentum,
            cites: Vec::new(),
            says: "The MACD histogram fell to -5,950.".into(),
            leans: Leans::Bearish,
        },
    ];
    (document.report.scenarios.p_up, document.report.scenarios.p_down) = (36, 38);
    document.barriers = Some(barriers("96123", "55733", 6));
    document.checks = checks(vec![
        said("summary", summary, "65,000.00", "bars[2026-03].l"),
        said("summary", summary, "+11.19 %", "forming.c"),
        said("observations[0].says", says, "68,284.48", "bars[2026-03].c"),
        said("observations[0].says", says, "83,648", "indicators[2026-03].ema20"),
        said("observations[0].says", says, "65,096", "indicators[2026-03].ema50"),
        said(
            "observations[1].says",
            "The MACD histogram fell to -5,950.",
            "-5,950",
            "indicators[2026-03].macd_hist",
        ),
    ]);
    document
}

/// The artifact of a report: levels, swings and indicators of that week.
pub(crate) fn ohlcv(document: &ReportDocument) -> Ohlcv {
    let rows = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect();
    let level = |id: &str, low: &str, high: &str| Level {
        id: id.into(),
        low: low.into(),
        high: high.into(),
        touches: 3,
        last: "2026-02-02".into(),
    };
    let swing = |id: &str, t: &str, p: &str| Swing {
        id: id.into(),
        t: t.into(),
        p: p.into(),
        confirmed: "2026-03-02".into(),
    };
    Ohlcv {
        schema: ohlcv::SCHEMA.into(),
        symbol: document.symbol.clone(),
        venue: document.venue.clone(),
        market: document.market.clone(),
        timeframe: document.timeframe,
        as_of: document.as_of,
        tick: "0.01".into(),
        price_unit: "USDT".into(),
        source: document.source.clone(),
        revision: 1,
        data_quality: DataQuality {
            history_bars: 454,
            first_bar: "2017-08-14".into(),
            gaps: Vec::new(),
            flags: Vec::new(),
            warming_pct: BTreeMap::from([("ema200".into(), 8.0)]),
            absent: Vec::new(),
        },
        bars: Table { columns: "t,o,h,l,c,v".into(), order: "oldest_first".into(), rows: Vec::new() },
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
        indicators: Table {
            columns: "t,ema20,ema50,ema200,rsi14,macd_hist".into(),
            order: "oldest_first".into(),
            rows: rows(&[
                "2026-03-02,83111,90421,67912,27.0,-2550",
                "2026-03-09,82130,89731,67961,36.2,-1761",
                "2026-03-16,80771,88873,67960,33.0,-1421",
                "2026-03-23,79365,87977,67941,31.8,-1179",
                "2026-03-30,78381,87234,67952,35.8,-696",
                "2026-04-06,77653,86587,67980,38.0,-170",
                "2026-04-13,77286,86086,68038,41.8,441",
                "2026-04-20,77929,86300,68243,47.3,1188",
            ]),
        },
        stats: Stats {
            last_price: "75928.1".into(),
            close: Some("78657.55".into()),
            ret_pct: BTreeMap::new(),
            atr14_pct: Some(10.2),
            vol_pctile: Some(40.0),
            structure: "lh_ll".into(),
            regime: "transition".into(),
            regime_points: RegimePoints { structure: -1, averages: 0, adx: 0 },
            extremes: None,
        },
        swings: Swings {
            list: vec![
                swing("L1", "2026-02-02", "60000"),
                swing("H2", "2025-10-06", "126199.63"),
                swing("L3", "2025-09-01", "107255"),
            ],
            pending: None,
        },
        levels: vec![
            level("R1", "89256.69", "89256.69"),
            level("S1", "70079.99", "74508"),
            level("S2", "53485.93", "56552.82"),
        ],
        barriers: document.barriers.clone(),
    }
}

/// Open, high, low, close, volume of the weeks from 2 March 2026 on (Binance spot).
const WEEKS: [[&str; 5]; 8] = [
    ["65776.48", "74050.00", "65259.21", "65971.20", "185435"],
    ["65971.20", "73913.74", "65821.97", "72815.24", "173797"],
    ["72815.25", "76000.00", "67360.66", "67859.00", "145051"],
    ["67859.00", "72026.09", "65000.00", "66010.93", "137696"],
    ["66010.93", "69310.00", "65712.12", "69034.18", "110219"],
    ["69034.18", "73790.00", "67732.01", "70740.98", "121909.25954"],
    ["70741.56", "78333.00", "70566.99", "73801.79", "128729.92407"],
    ["73801.80", "79472.82", "73724.31", "78657.55", "94938.10789"],
];

/// The series: 40 bars by a rule, the eight above, and the bar in progress.
pub(crate) fn series(document: &ReportDocument) -> SeriesDocument {
    let timeframe = document.timeframe;
    let forming_open = timeframe.open_of(document.as_of);
    let mut opens = vec![timeframe.previous_open(forming_open)];
    while opens.len() < 48 {
        opens.push(timeframe.previous_open(*opens.last().unwrap()));
    }
    opens.reverse();
    let bar = |t, row: [&str; 5]| {
        let [o, h, l, c, v] = row.map(decimal);
        Bar { t, o, h, l, c, v }
    };
    let ruled = |index: usize, t| {
        // a slow fall with a swing of four bars, ending near the first real open
        let base = Decimal::from(65_776 + (39 - i64::try_from(index).unwrap()) * 900);
        let swing = Decimal::from([0, 2200, 800, -1500][index % 4]);
        let close = base + swing;
        let (o, wick) = (base + Decimal::from(900), Decimal::from(1400));
        Bar {
            t,
            o,
            h: o.max(close) + wick,
            l: o.min(close) - wick,
            c: close,
            v: Decimal::from(150_000) + swing,
        }
    };
    let bars = opens
        .iter()
        .enumerate()
        .map(|(index, t)| match index.checked_sub(40) {
            Some(recent) => bar(*t, WEEKS[recent]),
            None => ruled(index, *t),
        })
        .collect();
    let forming = bar(forming_open, ["78657.55", "79485.66", "74937.52", "75928.10", "49150.6"]);
    SeriesDocument {
        schema: series::SCHEMA.into(),
        symbol: document.symbol.clone(),
        venue: "Binance spot".into(),
        timeframe,
        as_of: document.as_of,
        tick: decimal("0.01"),
        price_unit: "USDT".into(),
        volume_unit: "BTC".into(),
        source: document.source.clone(),
        bars,
        forming: Some(forming),
        indicators: BTreeMap::from([("rsi14".into(), vec![Some(50.04); 48])]),
        orders: None,
    }
}

/// A report with all a page needs.
pub(crate) struct Case {
    pub(crate) document: ReportDocument,
    pub(crate) ohlcv: Ohlcv,
    pub(crate) series: SeriesDocument,
    pub(crate) charts: ChartSvgs,
}

impl Case {
    pub(crate) fn of(document: ReportDocument) -> Self {
        let (ohlcv, series) = (ohlcv(&document), series(&document));
        let svg = |width, class| {
            format!("<svg viewBox=\"0 0 {width} 300\"><path class=\"{class}\" d=\"M0 150H{width}\"/></svg>")
        };
        Self { document, ohlcv, series, charts: ChartSvgs { wide: svg(1096, "w"), narrow: svg(358, "p") } }
    }

    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { document: &self.document, ohlcv: &self.ohlcv, series: &self.series, charts: &self.charts }
    }
}

/// A notice about a document, with a page whose link opens for a while.
pub(crate) fn notice<'a>(about: crate::About<'a>, run_id: &'a domain::RunId) -> crate::Notice<'a> {
    let link = crate::Link {
        url: "https://storage.example.org/pages/r.html?a=1&b=2",
        opens_until: "2026-04-30T16:00:00Z".parse().unwrap(),
    };
    let page =
        crate::Page {
            file_name: "BTCUSDT-1w-notification.html", html: "<!doctype html>é", link: Some(link)
        };
    crate::Notice { key: "r-7f3k9q-notification", run_id, flow: 1, about, page: Some(page) }
}
