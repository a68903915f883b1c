use serde_json::json;

use super::*;

#[test]
fn a_number_cannot_be_taken_apart_to_pass() {
    // 45 and 000 are no two numbers of the data, whatever the odds are
    assert_eq!(statuses("Fair value is 45 000."), [Unverified]);
    assert_eq!(statuses("Fair value is 42 000."), [Unverified]);
    for hidden in ['\u{200b}', '\u{2060}', '\u{ad}', '\u{34f}'] {
        let mut answer: serde_json::Value = serde_json::from_str(sample::ANSWER).unwrap();
        answer["summary"] = json!(format!("Next is 9{hidden}4{hidden},500."));
        let error =
            check(&answer.to_string(), &Evidence { ohlcv: &sample::ohlcv(), parent: None, tools: &[] })
                .unwrap_err();
        assert!(error.to_string().contains("invisible"), "{error}");
    }
}

#[test]
fn rounding_keeps_three_digits_or_whole_oscillators() {
    assert_eq!(statuses("Close 78,700."), [Verified]);
    assert_eq!(statuses("Close 78.7k."), [Verified]);
    assert_eq!(statuses("Close 79,000."), [Unverified]);
    assert_eq!(statuses("Close 79k."), [Unverified]);
    assert_eq!(statuses("Close 78,600."), [Unverified]);
    assert_eq!(statuses("RSI at 47."), [Verified]);
    assert_eq!(statuses("RSI at 48."), [Unverified]);
    assert_eq!(statuses("Volume 0.7x its mean."), [Unverified]);
    assert_eq!(statuses("Volume 0.68x its mean."), [Verified]);
}

#[test]
fn a_share_is_no_price() {
    // 42 and 32 are odds, 47.3 an RSI; 86300 and 78657.55 are prices, 7642 their difference
    for says in [
        "Support at 47.3.",
        "Resistance near 47, then air.",
        "The target of 47.3 is open.",
        "A stop at 38.0 holds.",
        "Поддержка на 47.3.",
        "Цель около 38.0.",
        "Сопротивление 47.3.",
        "Support at 7,642.",
    ] {
        assert_eq!(statuses(says), [Unverified], "{says}");
    }
    for says in [
        "Support at 78,657.55, resistance near 86,300.",
        "Поддержка на 78 657.55, сопротивление 86 300.",
        "Support at 78.7k, a target of 86.3k.",
        // what has levels of its own
        "RSI14 found support at 47, then met resistance near 47.3.",
    ] {
        assert_eq!(statuses(says), [Verified, Verified], "{says}");
    }
    assert_eq!(statuses("Support at 2 levels."), []);
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for says in [
        "Close 78,657.55.",
        "Close 78 657.55.",
        "Close 78\u{a0}657,55.",
        "Close 78657,55;",
        "Close $78,657.55,",
        "Close 78657.55 USDT",
        "(78657.55)",
        "78,657.55-79,485.66",
    ] {
        let found = claim(says);
        assert!(
            !found.is_empty() && found.iter().all(|(_, status)| *status == Verified),
            "{says}: {found:?}"
        );
    }
    assert_eq!(statuses("RSI 47,3, volume 0,68x"), [Verified, Verified]);
    assert_eq!(statuses("Close 7.865755e4."), [Unverified]);
    assert_eq!(statuses("Close ７８６５７."), [Unverified]);
}

#[test]
fn dates_timeframes_names_and_ids_are_no_numbers() {
    for says in [
        "On 2026-04-20 and in 2026-04, 2026-04-29T20:00 and at 04:00 UTC.",
        "Week of 20 April 2026, April 20th, Apr 20; 20 апреля.",
        "On 1M, 1w, 1d, 4h; the 52w high; a 20-week base, 12-month range, 20-недельная.",
        "EMA20, EMA 20, EMA(20), EMA20/50, ema200, RSI14, RSI(14), MACD(12, 26, 9), ATR14, BB 20, the 50 EMA.",
        "See o1, S1, R1, H2 and L3; 42 words of 100.".split("42").next().unwrap(),
        "BTCUSDT in 2025, 3 lower highs in 12 bars.",
    ] {
        assert_eq!(claim(says), [], "{says}");
    }
    // none of these exists here
    assert_eq!(statuses("EMA21 and RSI 21"), [Unverified, Unverified]);
    assert_eq!(statuses("On 2016-04-20 and on 2027-04-20."), [Unverified, Unverified]);
    assert_eq!(statuses("The 2031 target."), [Unverified]);
    assert_eq!(statuses("13 bars"), [Unverified]);
    assert_eq!(statuses("May 77,929"), [Unverified]);
    assert_eq!(statuses("RSI 14.5"), [Unverified]);
}

#[test]
fn two_numbers_give_a_difference_a_change_a_ratio_and_a_distance() {
    // 86300 - 78657.55; 75928.1 / 78657.55 - 1 = -3.4700 %; (86300 - 78657.55) / 8033 = 0.9514
    assert_eq!(statuses("7,642.45 under EMA50"), [Derived]);
    assert_eq!(statuses("7,642 under EMA50"), [Derived]);
    assert_eq!(statuses("-3.47 % this week"), [Derived]);
    assert_eq!(statuses("down 3.5 %"), [Derived]);
    assert_eq!(statuses("+3.47 % this week"), [Unverified]);
    assert_eq!(statuses("down 3.4 %"), [Unverified]);
    assert_eq!(statuses("0.95 ATR14 under EMA50"), [Derived]);
    assert_eq!(statuses("1.0 ATR14 under EMA50"), [Derived]);
    assert_eq!(statuses("1.2 ATR14 under EMA50"), [Unverified]);
    // 86300 / 78657.55 = 1.0972
    assert_eq!(statuses("1.10x the close"), [Derived]);
    assert_eq!(statuses("1.15x the close"), [Unverified]);
    let checked = checked(|answer| {
        answer["observations"][1]["says"] = json!("EMA20 is 9.7 % under EMA50.");
    });
    let item = at(&checked, "observations[1].says")[0];
    // 77929 / 86300 - 1 = -9.70 %
    assert_eq!(item.expected, "indicators[2026-04-20].ema20 / indicators[2026-04-20].ema50 - 1");
}

proptest::proptest! {
    #[test]
    fn texts_full_of_numbers_never_panic(text in "([0-9.,k%xeM$ \u{a0}−+/:TZ()oSRLHEMARSIapril-]|one |hundred |and |eighty|point |сто |тысяч |of |-week|in 2024|Apr ){0,60}") {
        let data = sample::ohlcv();
        let mut report = sample::report();
        report.summary = text;
        let checked = examine(report, true, &Evidence { ohlcv: &data, parent: None, tools: &[] });
        proptest::prop_assert_eq!(checked.checks.items.len(), checked.checks.checked as usize);
    }

    #[test]
    fn a_price_of_the_data_is_right_however_it_is_grouped(cents in 100_000_i64..100_000_000) {
        let price = rust_decimal::Decimal::new(cents, 2);
        let text = domain::number::trimmed(price);
        let mut data = sample::ohlcv();
        data.bars.rows = vec![format!("2026-04-20,1,2,1,{text},1")];
        for written in [text.clone(), domain::number::grouped(&text), domain::number::grouped(&text).replace(',', " ")] {
            let mut report = sample::report();
            report.observations[1].cites.truncate(1);
            report.observations[1].cites[0].value = price;
            report.observations[1].says = format!("Close {written}.");
            let checked = examine(report, true, &Evidence { ohlcv: &data, parent: None, tools: &[] });
            let items = at(&checked, "observations[1].says");
            let holds = items.len() == 1 && items[0].status == Verified;
            proptest::prop_assert!(holds, "{} {:?}", written, items);
        }
    }
}
