use domain::tool::Unit;
use domain::{Candle, Timeframe};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use ta_lib::Core;

use super::catalogue::named;
use super::indicator::{Series, compute};
use super::*;
use crate::derivatives::{Book, Funding, LongShort, OpenInterest};
use crate::recorded;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn setting((name, value): (&str, f64)) -> Setting {
    Setting { name: name.to_owned(), value }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A bar of `timeframe` whose volume was traded at its close.
fn bar(timeframe: Timeframe, open: Timestamp, [high, low, close]: [i64; 3], volume: i64) -> Candle {
    let [high, low, close, volume] = [high, low, close, volume].map(Decimal::from);
    Candle {
        open_time: open,
        open: close,
        high,
        low,
        close,
        volume,
        close_time: timeframe.close_of(open),
        quote_volume: close * volume,
        trades: None,
        taker_base: None,
        taker_quote: None,
    }
}

/// Name, settings, output, first bar with a value, that value, the last bar's, and how that is printed.
type Vector<'a> = (&'a str, &'a [(&'a str, f64)], &'a str, usize, f64, f64, &'a str);

const STOCHASTIC: &[(&str, f64)] = &[("TimePeriod", 14.0), ("FastK_Period", 14.0), ("fastd_period", 3.0)];
const BANDS: &[(&str, f64)] = &[("NbDevUp", 1.5), ("NbDevDn", 1.5), ("MAType", 1.0)];

/// BTCUSDT 1w, 454 bars to 2026-04-20, by Python's TA-Lib 0.8.2 (the C library): `talib.STOCHRSI(close, 14, 14, 3)` and
/// so on with the parameters named, else the library's own.
const BTC_WEEKS: [Vector<'_>; 23] = [
    ("STOCHRSI", STOCHASTIC, "fastk", 29, 6.680949239180159, 100.0, "100.0"),
    ("stochrsi", STOCHASTIC, "fastd", 29, 11.226606883973474, 83.33785856882007, "83.3"),
    ("STOCH", &[("FastK_Period", 14.0)], "slowk", 17, 90.37662316268207, 40.04088123717895, "40.0"),
    ("STOCH", &[("FastK_Period", 14.0)], "slowd", 17, 92.45161794063655, 30.739134528204048, "30.7"),
    ("CCI", &[("TimePeriod", 20.0)], "cci", 19, 123.92582975106014, -2.2056256476482736, "-2.2"),
    ("MFI", &[], "mfi", 14, 79.60823291856921, 36.72371262130331, "36.7"),
    ("OBV", &[], "obv", 0, 2843.431426, 14929677.330225019, "14930000"),
    ("WILLR", &[], "willr", 13, -1.6047416676874882, -44.59218831389053, "-44.6"),
    ("AROON", &[("TimePeriod", 25.0)], "aroondown", 25, 16.0, 56.0, "56.0"),
    ("AROON", &[("TimePeriod", 25.0)], "aroonup", 25, 68.0, 0.0, "0.0"),
    ("SAR", &[], "sar", 1, 4485.39, 60366.66, "60367"),
    ("NATR", &[], "natr", 14, 14.035190545156562, 10.212301938328682, "10.21"),
    ("KAMA", &[("TimePeriod", 10.0)], "kama", 10, 5984.563293516694, 72751.24362441112, "72751"),
    ("ULTOSC", &[], "ultosc", 28, 53.10283026767838, 45.16906228198851, "45.2"),
    ("ROC", &[("TimePeriod", 12.0)], "roc", 12, 42.2079685974319, 2.1948542131875026, "2.19"),
    ("BBANDS", BANDS, "upperband", 19, 14168.728251076005, 92714.80806040179, "92715"),
    ("BBANDS", BANDS, "middleband", 19, 7685.403, 77929.09485705374, "77929"),
    ("BBANDS", BANDS, "lowerband", 19, 1202.0777489239945, 63143.3816537057, "63143"),
    ("PPO", &[("MAType", 0.0)], "ppo", 25, 46.28307350006833, -14.37774984049342, "-14.38"),
    ("LINEARREG_SLOPE", &[], "linearreg_slope", 13, 275.48498901098856, -283.4313626374657, "-283"),
    ("RSI", &[], "rsi", 14, 75.70262882335608, 47.29356603574966, "47.3"),
    ("MACD", &[], "macdhist", 33, -1493.354707674017, 1188.3127743452114, "1188"),
    ("ATR", &[], "atr", 14, 1281.135, 8032.7465032918535, "8033"),
];

#[test]
fn values_match_the_c_library_and_are_printed_by_their_unit() {
    let Some(bars) = recorded::series("BTCUSDT", Timeframe::Week, "studies") else { return };
    for (name, settings, output, first, first_value, last_value, printed) in BTC_WEEKS {
        let entry = named(name).unwrap();
        let core = Core::new();
        let mut call = entry.function.id.new_call(&core);
        let settings: Vec<_> = settings.iter().map(|pair| setting(*pair)).collect();
        for (index, parameter) in entry.parameters.iter().enumerate() {
            let set = settings.iter().find(|setting| setting.name.eq_ignore_ascii_case(parameter.name));
            match (&parameter.range, set) {
                (_, None) => {}
                (Range::Real { .. }, Some(setting)) => drop(call.set_opt_input(index, setting.value)),
                (_, Some(setting)) => drop(call.set_opt_input(index, setting.value as i32)),
            }
        }
        let series = Series::of(&bars);
        let all = compute(call, entry.function, &series).unwrap();
        let column = entry.outputs.iter().position(|(of, _)| of == output).unwrap();
        let values = &all[column];
        assert_eq!(values.iter().position(Option::is_some), Some(first), "{name}");
        for (value, expected) in [(values[first], first_value), (values[bars.len() - 1], last_value)] {
            // two builds of the same arithmetic: equal but for the last bits
            let difference = (value.unwrap() - expected).abs();
            assert!(difference <= 1e-11 * expected.abs().max(1.0), "{name}: {value:?} is not {expected}");
        }
        let sheet = indicator(name, &settings, (Timeframe::Week, &bars), decimal("0.01"), 3).unwrap();
        let table = sheet.table.unwrap();
        assert_eq!(table.rows.len(), 3);
        assert_eq!(table.cell("2026-04-20", output), Some(printed), "{name}");
    }
}

/// `talib.CDL...` of all 61 functions on the same bars, the last ten. Of those that take no side, such as a spinning top,
/// the library's sign is the candle's colour.
#[test]
fn patterns_are_those_of_the_c_library() {
    let Some(bars) = recorded::series("BTCUSDT", Timeframe::Week, "studies") else { return };
    let table = patterns((Timeframe::Week, &bars), 10).unwrap().table.unwrap();
    assert_eq!(
        table.rows,
        [
            "2026-02-16,0,0,SHORTLINE;SPINNINGTOP",
            "2026-02-23,1,0,HIKKAKE+;SPINNINGTOP",
            "2026-03-02,0,0,DOJI;GRAVESTONEDOJI;HIGHWAVE;LONGLEGGEDDOJI;SPINNINGTOP",
            "2026-03-09,3,0,BELTHOLD+;HIKKAKE+;LONGLINE+",
            "2026-03-16,0,2,CLOSINGMARUBOZU-;HIKKAKE-",
            "2026-03-30,1,0,ENGULFING+;SHORTLINE",
            "2026-04-06,0,1,HIKKAKE-",
            "2026-04-13,1,0,BELTHOLD+",
            "2026-04-20,2,0,BELTHOLD+;LONGLINE+",
        ]
    );
}

#[test]
fn what_cannot_be_computed_is_said() {
    let open = at("2026-04-27T00:00:00Z");
    let bars = [bar(Timeframe::Day, open, [12, 8, 10], 5)];
    let ask = |name: &str, settings: &[(&str, f64)]| {
        let settings: Vec<_> = settings.iter().map(|pair| setting(*pair)).collect();
        indicator(name, &settings, (Timeframe::Day, &bars), decimal("0.01"), 5).map(|_| ()).unwrap_err()
    };
    let lacking = StudyError::Lacking("RSI needs more closed bars than the 1 there are on 1d".to_owned());
    assert_eq!(ask("RSI", &[]), lacking);
    let wrong = [
        ask("CDLDOJI", &[]),
        ask("SIN", &[]),
        ask("RSI", &[("Period", 14.0)]),
        ask("RSI", &[("TimePeriod", 14.5)]),
        ask("RSI", &[("TimePeriod", 1.0)]),
        ask("RSI", &[("TimePeriod", 1001.0)]),
        ask("RSI", &[("TimePeriod", f64::NAN)]),
        ask("RSI", &[("TimePeriod", 14.0), ("timeperiod", 15.0)]),
        ask("BBANDS", &[("MAType", 99.0)]),
        ask("BBANDS", &[("NbDevUp", 1e9)]),
    ];
    for error in wrong {
        assert!(matches!(error, StudyError::Asked(_)), "{error:?}");
    }
    assert_eq!(ask("RSI", &[("Period", 1.0)]).to_string(), "RSI has no such parameter; it has TimePeriod");
}

/// Every indicator, whatever the bars and parameters: no panic, and every cell is a decimal.
#[test]
fn no_answer_holds_what_is_no_number() {
    let all = catalogue();
    let strategy = proptest::collection::vec((0_i64..5, 1_i64..9, 0_i64..9, 0_i64..4), 0..60);
    proptest::proptest!(proptest::prelude::ProptestConfig::with_cases(12), |(shapes in strategy, parameter in 1_i32..40)| {
        let mut open = at("2026-01-01T00:00:00Z");
        let bars: Vec<Candle> = shapes
            .iter()
            .map(|(low, range, close, volume)| {
                let candle = bar(Timeframe::Day, open, [low + range, *low, low + close % (range + 1)], *volume);
                open = Timeframe::Day.next_open(open);
                candle
            })
            .collect();
        for entry in &all {
            let of = |parameter_: &Parameter| match parameter_.range {
                Range::Whole { min, max, .. } => {
                    Some(Setting { name: parameter_.name.to_owned(), value: f64::from(parameter.clamp(min, max)) })
                }
                _ => None,
            };
            let settings: Vec<Setting> = entry.parameters.iter().filter_map(of).collect();
            for settings in [&[][..], &settings] {
                let sheet = indicator(entry.name, settings, (Timeframe::Day, &bars), decimal("0.01"), 90);
                let Ok(Sheet { table: Some(table), .. }) = sheet else { continue };
                for cell in table.rows.iter().flat_map(|row| row.split(',').skip(1)).filter(|cell| !cell.is_empty()) {
                    proptest::prop_assert!(Decimal::from_str_exact(cell).is_ok(), "{}: {cell}", entry.name);
                }
            }
        }
    });
}

/// H 110, L 90, C 106: P = 306 / 3 = 102, H - L = 20. Classic: R1 = 204 - 90 = 114, R2 = 122, R3 = 110 + 2 x 12 = 134,
/// S1 = 204 - 110 = 94, S2 = 82, S3 = 90 - 2 x 8 = 74. Fibonacci: 102 +- 7.64, 12.36, 20.
#[test]
fn pivots_come_from_the_last_closed_bar() {
    let bars = [bar(Timeframe::Day, at("2026-04-29T00:00:00Z"), [110, 90, 106], 1)];
    let of = |method| pivots(method, (Timeframe::Day, &bars), decimal("0.01")).unwrap().stats;
    let names = ["r3", "r2", "r1", "p", "s1", "s2", "s3"];
    let classic = of(Method::Classic);
    assert_eq!(names.map(|name| classic[name].as_str()), ["134", "122", "114", "102", "94", "82", "74"]);
    let fibonacci = of(Method::Fibonacci);
    let expected = ["122", "114.36", "109.64", "102", "94.36", "89.64", "82"];
    assert_eq!(names.map(|name| fibonacci[name].as_str()), expected);
    assert!(matches!(
        pivots(Method::Classic, (Timeframe::Day, &[]), Decimal::ONE),
        Err(StudyError::Lacking(_))
    ));
}

/// Days of range 10 (ATR14 is 10, so 20 turns): down to a low of 100, up to a high of 200, then back under 180.
#[test]
fn retracements_run_between_the_newest_swings() {
    let mut open = at("2026-01-01T00:00:00Z");
    let falls = (0..20).map(|i| 200 - 5 * i);
    let rises = (1..=18).map(|i| 105 + 5 * i);
    let middles = falls.chain(rises).chain((1..=6).map(|i| 195 - 5 * i));
    let bars: Vec<Candle> = middles
        .map(|middle| {
            let candle = bar(Timeframe::Day, open, [middle + 5, middle - 5, middle], 1);
            open = Timeframe::Day.next_open(open);
            candle
        })
        .collect();
    let ask = |ids| retracements(ids, (Timeframe::Day, &bars), decimal("0.01"));
    let sheet = ask(None).unwrap();
    let of = |name: &str| sheet.stats[name].as_str();
    // from 100 to 200: 38.2 % back is 200 - 38.2, 27.2 % beyond is 227.2
    assert_eq!((of("from"), of("to")), ("100", "200"));
    assert_eq!(
        ["r236", "r382", "r500", "r618", "r786", "x1272", "x1618"].map(of),
        ["176.4", "161.8", "150", "138.2", "121.4", "227.2", "261.8"]
    );
    assert_eq!(ask(Some(("L2", "H1"))).unwrap(), sheet);
    assert!(matches!(ask(Some(("H9", "H1"))), Err(StudyError::Asked(_))));
    assert!(matches!(ask(Some(("H1", "H1"))), Err(StudyError::Asked(_))));
    let few = retracements(None, (Timeframe::Day, &bars[..5]), Decimal::ONE);
    assert!(matches!(few, Err(StudyError::Lacking(_))));
}

/// Hours that trade 1 at 100 and 3 at 120: (100 + 360) / 4 = 115; the close of 120 lies 4.35 % above it.
#[test]
fn the_session_begins_at_its_anchor() {
    let hour =
        |text: &str, close: i64, volume: i64| bar(Timeframe::Hour, at(text), [close, close, close], volume);
    let hours = [
        hour("2026-04-29T23:00:00Z", 900, 50),
        hour("2026-04-30T00:00:00Z", 100, 1),
        hour("2026-04-30T01:00:00Z", 120, 3),
    ];
    let as_of = at("2026-04-30T02:30:00Z");
    let ask = |anchor, hours: &[Candle], rows| session_vwap(anchor, hours, as_of, decimal("0.01"), rows);
    let sheet = ask(Anchor::Day, &hours, 9).unwrap();
    assert_eq!(sheet.stats["vwap"], "115");
    assert_eq!(sheet.stats["close_from_vwap_pct"], "4.35");
    assert_eq!(sheet.table.unwrap().rows, ["2026-04-30T00:00,100", "2026-04-30T01:00,115"]);
    assert_eq!(ask(Anchor::Day, &hours, 1).unwrap().table.unwrap().rows, ["2026-04-30T01:00,115"]);
    // the week began on the 27th, of which there are no hours
    assert!(matches!(ask(Anchor::Week, &hours, 9), Err(StudyError::Lacking(_))));
    assert!(matches!(ask(Anchor::Day, &hours[..1], 9), Err(StudyError::Lacking(_))));
    let still = [hour("2026-04-30T00:00:00Z", 100, 0)];
    assert!(matches!(ask(Anchor::Day, &still, 9), Err(StudyError::Lacking(_))));
}

#[test]
fn what_moves_with_another_is_one_and_against_it_minus_one() {
    let series = |closes: &dyn Fn(i64) -> i64| -> Vec<Candle> {
        let mut open = at("2026-01-01T00:00:00Z");
        (0..40)
            .map(|i| {
                let close = closes(i);
                let candle = bar(Timeframe::Day, open, [close, close, close], 1);
                open = Timeframe::Day.next_open(open);
                candle
            })
            .collect()
    };
    let wave = |i: i64| 1_000_000 + 10_000 * (i % 3);
    let own = series(&wave);
    let ask = |other: &[Candle], count| correlation(Timeframe::Day, (&own, other), count);
    let same = ask(&own, 30).unwrap();
    assert_eq!((same.stats["correlation"].as_str(), same.stats["returns"].as_str()), ("1", "30"));
    // of a price that is the inverse the returns are the same with the other sign
    let against = series(&|i| 1_000_000_000_000 / wave(i));
    assert_eq!(ask(&against, 30).unwrap().stats["correlation"], "-1");
    assert!(matches!(ask(&series(&|_| 5), 30), Err(StudyError::Lacking(_))));
    assert!(matches!(ask(&own[..10], 30), Err(StudyError::Lacking(_))));
}

#[test]
fn rows_of_contracts_come_with_their_figures() {
    let hour = |n: i64| at("2026-04-30T00:00:00Z") + SignedDuration::from_hours(n);
    let rate = |n, rate: &str| Funding { at: hour(n), rate: decimal(rate) };
    let sheet = funding(&[rate(0, "0.0001"), rate(8, "-0.00025")]).unwrap();
    assert_eq!(sheet.table.unwrap().rows, ["2026-04-30T00:00,0.01", "2026-04-30T08:00,-0.025"]);
    let figures = ["last_pct", "mean_pct", "sum_pct", "lowest_pct", "highest_pct", "fundings"];
    let told = figures.map(|name| sheet.stats[name].as_str());
    assert_eq!(told, ["-0.025", "-0.0075", "-0.015", "-0.025", "0.01", "2"]);

    let interest = |n, amount: &str, value: Option<&str>| OpenInterest {
        at: hour(n),
        amount: decimal(amount),
        value: value.map(decimal),
    };
    let with_value = open_interest(&[interest(0, "80000.123", Some("6")), interest(4, "90000", Some("7"))]);
    assert!(with_value.is_ok());
    let without = open_interest(&[interest(0, "80000.123", Some("6")), interest(4, "90000", None)]).unwrap();
    assert_eq!(without.table.unwrap().rows, ["2026-04-30T00:00,80000", "2026-04-30T04:00,90000"]);
    assert_eq!(without.stats["change_pct"], "12.5");

    let share =
        |n, long: &str, short: &str| LongShort { at: hour(n), long: decimal(long), short: decimal(short) };
    let sheet = long_short(&[share(0, "0.5", "0.5"), share(1, "0.6", "0.4")]).unwrap();
    assert_eq!(sheet.table.unwrap().rows, ["2026-04-30T00:00,50,50,1", "2026-04-30T01:00,60,40,1.5"]);
    assert_eq!((sheet.stats["mean_ratio"].as_str(), sheet.stats["change_pct"].as_str()), ("1.25", "50"));
    for nothing in [funding(&[]), open_interest(&[]), long_short(&[])] {
        assert!(matches!(nothing, Err(StudyError::Lacking(_))));
    }
}

/// Bids 99 x 1 and 98 x 3, asks 101 x 2: middle 100; values 393 and 202; (393 - 202) / 595 = .32.
#[test]
fn a_book_comes_to_a_few_figures() {
    let level = |price: i64, amount: i64| (Decimal::from(price), Decimal::from(amount));
    let told =
        book(&Book { bids: vec![level(99, 1), level(98, 3)], asks: vec![level(101, 2)] }, decimal("0.01"))
            .unwrap();
    let of = |name: &str| told.stats[name].as_str();
    assert_eq!(["best_bid", "best_ask", "spread_pct"].map(of), ["99", "101", "2"]);
    assert_eq!(
        ["bid_amount", "bid_value", "bid_reach_pct", "bid_wall", "bid_wall_amount"].map(of),
        ["4", "393", "2", "98", "3"]
    );
    assert_eq!(["ask_value", "imbalance"].map(of), ["202", "0.32"]);
    assert_eq!(told.units["ask_wall"], Unit::Price);
    assert!(book(&Book { bids: vec![], asks: vec![level(1, 1)] }, Decimal::ONE).is_err());
}
