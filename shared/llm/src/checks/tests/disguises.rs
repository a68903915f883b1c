//! Numbers that are written so that they look like none.

use super::*;

#[test]
fn a_number_in_words_is_a_number() {
    for says in [
        "Odds are eighty percent.",
        "Eighty per cent of it is done.",
        "Support is ninety thousand.",
        "Support is ninety-four thousand five hundred dollars.",
        "A hundred thousand is next.",
        "Next: seventy-five point five.",
        "It gains seven and a half percent.",
        "It is seven five nine zero zero.",
        "Volume is three times the average.",
        "Вероятность восемьдесят процентов.",
        "Поддержка девяносто тысяч.",
        "Цель сто тысяч долларов.",
        "До пяти процентов.",
    ] {
        assert_eq!(statuses(says), [Unverified], "{says}");
    }
    // the close is 78,657.55, RSI 47.3
    assert_eq!(statuses("RSI stands at forty-seven."), [Verified]);
    let found = claim("Close 78.7 thousand, or 0.0787 million, or seventy-eight thousand.");
    assert_eq!(
        found.iter().map(|(got, status)| (got.as_str(), *status)).collect::<Vec<_>>(),
        [("78.7 thousand", Verified), ("0.0787 million", Verified), ("seventy-eight thousand", Unverified)]
    );
}

#[test]
fn words_that_count_or_name_are_no_numbers() {
    for says in [
        "One of the two lows held; three times rejected, twice tested, zero gaps.",
        "A twenty-week base under the fifty-two-week high; a four-hour turn.",
        "The odds are even, half of the range; hundreds of bars, several thousand traders.",
        "Один из двух минимумов; три раза у зоны, двадцатинедельная база.",
        "A lot, a thousandfold; someone, often, tension; at one point.",
    ] {
        assert_eq!(claim(says), [], "{says}");
    }
}

#[test]
fn a_multiplier_belongs_to_its_number() {
    for says in ["12 thousand", "12 тыс.", "80k", "80 thousand", "9 hundred", "0.09M", "2bn", "7 million"]
    {
        let found = claim(&format!("Next is {says}"));
        assert_eq!(found, [(says.trim_end_matches('.').to_owned(), Unverified)], "{says}");
    }
}

#[test]
fn a_unit_makes_a_count_a_number() {
    for says in
        ["5 percent", "5 pct", "7 dollars", "£9", "3 bps", "6 points", "2 BTC", "4 ATR", "5 процентов"]
    {
        assert_eq!(statuses(&format!("By {says}.")), [Unverified], "{says}");
    }
    assert_eq!(claim("At 3 lows, the 2nd and the 4th touch of 12."), []);
}

#[test]
fn only_the_forms_themselves_are_masked() {
    for says in [
        "Support at 900D.",
        "It turns at 91:50.",
        "From 24:30 on.",
        "Watch 80w and 80y.",
        "A 900-week base.",
        "The 75y low.",
        "Above EMA9 and RSI7.",
        "Zones S7 and R9.",
        "Near 20-weight.",
        "A pullback of 100.",
    ] {
        let found = statuses(says);
        assert!(!found.is_empty() && found.iter().all(|status| *status == Unverified), "{says}: {found:?}");
    }
    for says in ["EMA 50 000", "EMA 50k", "RSI 14 500", "EMA50,000"] {
        let found = statuses(&format!("Target {says}."));
        assert!(found.contains(&Unverified), "{says}: {found:?}");
    }
    assert_eq!(claim("At 23:59:59Z, 4:00, 00:00; 52w, 52-week, 454-week, 8-year, 12-month; EMA50/200."), []);
}

#[test]
fn digits_set_apart_are_one_number() {
    for says in ["8 0 0 0 0", "9_4_5_0_0", "7 5 0 0 0 USDT", "0 9 4 0 0 0", "1·2·0·0·0"] {
        let found = statuses(&format!("Next is {says}."));
        assert!(!found.is_empty() && found.iter().all(|status| *status == Unverified), "{says}: {found:?}");
    }
    assert_eq!(statuses("Next is 8O,OOO."), [Unverified]);
}

#[test]
fn a_share_is_not_read_as_thousands() {
    // the odds are 42, 32 and 26, the base rates 41.8, 32.2 and 26.0
    assert_eq!(wrong_at("75928.1", "Support at 42,000, then 32.000."), ["42,000", "32.000"]);
    assert_eq!(
        wrong_at("75928.1", "Odds 42 of 100, 32 of a hundred, base rate 41.8 %."),
        Vec::<String>::new()
    );
}

#[test]
fn a_year_stands_in_a_date() {
    // a price of that size: a word of dates must stand beside it
    let at_a_year = |text: &str| wrong_at("2105.5", text);
    for text in [
        "Support at 2024.",
        "It fell to 2024.",
        "Next is 2025, then 2019.",
        "A close over 2024 ends it.",
        "The zone 2019-2024 holds.",
        "Поддержка на 2024.",
    ] {
        assert!(!at_a_year(text).is_empty(), "{text}");
    }
    for text in [
        "The peak came in 2021, and since 2022 lows rose.",
        "The 2021 high and the 2022 bear market; 2024's range.",
        "Early 2023, mid-2024, Q1 2025, the end of 2019; from 2020 to 2021 highs.",
        "On 20 April 2026, April 20, 2026, Apr 2026.",
        "В начале 2024 года, в 2022, максимум 2021 года; 20 апреля 2026 года, в апреле 2026.",
    ] {
        assert_eq!(at_a_year(text), Vec::<String>::new(), "{text}");
    }
    // where no price is near, only a word of prices tells against a year
    assert_eq!(wrong_at("75928.1", "Support at 2024."), ["2024"]);
    assert_eq!(wrong_at("75928.1", "Up from 2022 on, as 2021 was."), Vec::<String>::new());
}

#[test]
fn a_date_beyond_the_data_is_wrong() {
    // the data begins on 2017-08-14, its horizon ends on 2026-06-29
    let text = "In April 2016, on 20 May 2027, on 31 April 2026, in 2026-13.";
    assert_eq!(wrong_at("75928.1", text), ["April 2016", "20 May 2027", "31 April 2026", "2026-13"]);
}
