//! A plan on the sample week: entry, stop and targets of the published worked example.

use CheckStatus::{Unverified, Verified};
use serde_json::{Value, json};

use super::*;
use crate::ParentReport;
use crate::checks::sample;
use domain::Timeframe;

const REPORT_ID: &str = "rep-1w-8e02k7qd";

fn sources() -> Vec<SourceGiven> {
    let id = REPORT_ID.parse().unwrap();
    let report = ParentReport::new(id, Timeframe::Week, Trust::Ok, sample::report(), vec!["summary".into()]);
    vec![SourceGiven { report, ohlcv: sample::ohlcv() }]
}

fn terms() -> Terms {
    let decimal = |text: &str| rust_decimal::Decimal::from_str_exact(text).unwrap();
    Terms {
        market: domain::Market::Spot,
        can_be_sold_short: false,
        tick: decimal("0.01"),
        price_unit: "USDT".into(),
        last_price: decimal("75928.1"),
        atr14_1d: decimal("5000"),
        cost_per_side: decimal("0.0015"),
        mean_funding: None,
        funding_interval_hours: None,
        leverage: None,
        maintenance_margin: None,
        account: "not_provided",
    }
}

fn answer() -> Value {
    json!({
        "sources": [{ "report_id": REPORT_ID, "bias": "neutral", "takeaway": "Odds of 42% up against 32% down." }],
        "conflicts": [],
        "case_long": [{
            "says": "The week closed at 78,657.55, over EMA20 at 77,929.",
            "cites": [
                { "ref": "1w:bars[2026-04-20].c", "value": 78657.55 },
                { "ref": "1w:indicators[2026-04-20].ema20", "value": 77929 },
            ],
        }],
        "case_short": [{
            "says": "The odds of a decline are 32 of 100.",
            "cites": [{ "ref": "1w:report.scenarios.p_down", "value": 32 }],
        }],
        "account_effect": "The account was not given.",
        "direction": "long",
        "plan": {
            "entry_low": 74050, "entry_high": 75000, "entry_ref": "1w:levels[S1]",
            "stop": 71900, "stop_ref": "1w:levels[S1].low",
            "targets": [
                { "price": 79485.66, "fraction_pct": 50, "ref": "1w:forming.h" },
                { "price": 83822.76, "fraction_pct": 50, "ref": "1w:indicators[2026-04-20].ema50" },
            ],
            "valid_hours": 72, "horizon_days": 10,
        },
        "invalidation": {
            "reason": "A close below 70,079.99.", "ref": "1w:levels[S1].low", "price": 70079.99, "close": "below",
            "timeframe": "1d",
        },
        "change_mind": ["A close under the zone."],
        "probability": 55,
        "reasoning": "Up at 55 of 100, from the zone of 70,079.99 to 74,508.",
        "summary": "Long from 74,050 to 75,000, stop 71,900.",
    })
}

fn checked(change: impl FnOnce(&mut Value)) -> CheckedRecommendation {
    checked_with(None, change)
}

fn checked_with(account: Option<&AccountDocument>, change: impl FnOnce(&mut Value)) -> CheckedRecommendation {
    // through the types, which keep the order that a map would lose
    let mut answer = answer();
    change(&mut answer);
    let answer: Recommendation = serde_json::from_value(answer).unwrap();
    let (sources, terms) = (sources(), terms());
    let evidence = RecommendationEvidence { sources: &sources, terms: &terms, account, tools: &[] };
    check_recommendation(&serde_json::to_string(&answer).unwrap(), &evidence).unwrap()
}

fn wrong(checked: &CheckedRecommendation) -> Vec<&str> {
    let items = checked.checks.items.iter().filter(|item| item.status == Unverified);
    items.map(|item| item.path.as_str()).collect()
}

#[test]
fn every_number_of_an_honest_plan_has_its_place() {
    let found = checked(|_| {});
    assert_eq!(wrong(&found), Vec::<&str>::new());
    assert!(found.problems.is_empty() && found.checks.key_order && found.is_supported());
    // by hand: 3 cites; 6 prices; in texts 42 and 32, 78,657.55 and 77,929, 32, 70,079.99, 55, 70,079.99 and 74,508,
    // 74,050, 75,000 and 71,900. "of 100" is no number of the market
    assert_eq!((found.checks.checked, found.trust), (3 + 6 + 12, Trust::Ok));
    assert!(found.checks.items.iter().all(|item| item.status == Verified));
}

#[test]
fn what_is_wrong_is_found_at_its_path() {
    type Change = fn(&mut Value);
    let cases: &[(&str, Change)] = &[
        ("case_long[0].cites[0]", |a| a["case_long"][0]["cites"][0]["value"] = json!(78657.5)),
        ("case_long[0].cites[0]", |a| a["case_long"][0]["cites"][0]["ref"] = json!("bars[2026-04-20].c")),
        ("case_long[0].cites[0]", |a| a["case_long"][0]["cites"][0]["ref"] = json!("1d:bars[2026-04-20].c")),
        ("case_short[0].cites[0]", |a| {
            a["case_short"][0]["cites"][0]["ref"] = json!("1w:parent:scenarios.p_down")
        }),
        ("case_short[0].says", |a| a["case_short"][0]["says"] = json!("It fell from 126,199.63.")),
        ("case_short", |a| a["case_short"] = json!([])),
        ("sources[0].bias", |a| a["sources"][0]["bias"] = json!("bullish")),
        ("sources", |a| a["sources"] = json!([])),
        ("sources[0].report_id", |a| a["sources"][0]["report_id"] = json!("rep-1w-other")),
        ("plan.stop", |a| a["plan"]["stop"] = json!(67000)),
        ("plan.stop", |a| a["plan"]["stop_ref"] = json!("1w:levels[S9].low")),
        ("plan.stop", |a| a["plan"]["stop"] = json!(null)),
        ("plan.stop", |a| a["plan"]["stop_ref"] = json!("1w:indicators[2026-04-20].rsi14")),
        ("plan.targets[1].price", |a| a["plan"]["targets"][1]["price"] = json!(88801)),
        ("plan.valid_hours", |a| a["plan"]["valid_hours"] = json!(337)),
        ("plan.horizon_days", |a| a["plan"]["horizon_days"] = json!(0)),
        ("invalidation.close", |a| a["invalidation"]["close"] = json!("above")),
        ("invalidation.price", |a| a["invalidation"]["price"] = json!(74508)),
        ("probability", |a| a["probability"] = json!(100)),
        ("summary", |a| a["summary"] = json!("Long to 90,000.")),
        ("reasoning", |a| a["reasoning"] = json!(" ")),
        ("account_effect", |a| a["account_effect"] = json!("Buy 0.5 BTC.")),
    ];
    for (path, change) in cases {
        let found = checked(change);
        assert!(wrong(&found).contains(path), "{path}: {:?}", wrong(&found));
    }
}

/// A long of 0.02 BTC from 74,310.5 and its stop, money for it, and an order in another symbol.
fn account() -> AccountDocument {
    serde_json::from_value(json!({
        "schema": "topdown.account/1", "state": "provided", "venue": "binance", "symbol": "BTCUSDT",
        "as_of": "2026-04-30T04:00:00Z", "read_at": "2026-04-30T04:00:58Z",
        "deposits": [
            {"wallet": "spot", "asset": "BTC", "free": "0.05", "locked": "0", "total": "0.05"},
            {"wallet": "perp", "asset": "USDT", "free": "1712.40", "locked": "300", "total": "2012.40"},
        ],
        "positions": [{"symbol": "BTCUSDT", "side": "long", "quantity": "0.0215", "entry_price": "74310.5",
                       "liquidation_price": "61544.2", "leverage": "5", "unrealised_pnl": "34.78"}],
        "orders": [
            {"market": "perp", "symbol": "BTCUSDT", "side": "sell", "kind": "STOP_MARKET",
             "stop_price": "71050", "is_reduce_only": true, "is_stop": true},
            {"market": "spot", "symbol": "ETHUSDT", "side": "buy", "kind": "LIMIT", "price": "1851.37",
             "quantity": "0.73", "is_reduce_only": false, "is_stop": false},
        ],
        "rates": [{"market": "perp", "taker_fee": "0.0005"}],
        "warnings": [],
    }))
    .unwrap()
}

#[test]
fn the_account_can_be_cited_where_it_was_given() {
    let account = account();
    let cited = |a: &mut Value| {
        a["account_effect"] = json!(
            "A long of 0.0215 BTC from 74,310.5 at 5x stands against 1,712.4 USDT free; its stop 71,050 is 6.42% below \
             the last price."
        );
        a["case_short"][0]["says"] = json!("Its liquidation lies at 61,544.2.");
        a["case_short"][0]["cites"] =
            json!([{ "ref": "account:positions[0].liquidation_price", "value": 61544.2 }]);
    };
    let found = checked_with(Some(&account), cited);
    assert_eq!(wrong(&found), Vec::<&str>::new(), "{:?}", found.checks.items);
    let references: Vec<_> = found
        .checks
        .items
        .iter()
        .filter(|item| item.path == "account_effect")
        .map(|item| item.reference.as_str())
        .collect();
    assert_eq!(
        references,
        [
            "account:positions[0].quantity",
            "account:positions[0].entry_price",
            "account:positions[0].leverage",
            "account:deposits[1].free",
            "account:orders[0].stop_price",
            "account:orders[0].stop_price",
        ]
    );
    assert!(
        !checked_with(Some(&account), |a| {
            cited(a);
            a["direction"] = json!("short");
        })
        .is_supported(),
        "a position is no reason to take its side"
    );
    // the same words without an account
    let without = checked(cited);
    assert!(wrong(&without).contains(&"case_short[0].cites[0]"), "{:?}", wrong(&without));
    assert!(wrong(&without).contains(&"account_effect"), "{:?}", wrong(&without));
}

#[test]
fn what_the_account_does_not_say_is_wrong_and_its_amounts_stay_in_their_place() {
    let account = account();
    type Change = fn(&mut Value);
    let cases: &[(&str, Change)] = &[
        ("account_effect", |a| a["account_effect"] = json!("A long from 74,311.5 is held.")),
        // an order in another symbol is nothing that this plan is about
        ("account_effect", |a| a["account_effect"] = json!("An order stands at 1,851.37.")),
        ("case_short[0].cites[0]", |a| {
            a["case_short"][0]["says"] = json!("A long is held.");
            a["case_short"][0]["cites"] =
                json!([{ "ref": "account:positions[0].entry_price", "value": 74310 }]);
        }),
        ("case_short[0].cites[0]", |a| {
            a["case_short"][0]["says"] = json!("A long is held.");
            a["case_short"][0]["cites"] =
                json!([{ "ref": "account:positions[1].entry_price", "value": 74310.5 }]);
        }),
        ("case_short[0].cites[0]", |a| {
            a["case_short"][0]["says"] = json!("A long is held.");
            a["case_short"][0]["cites"] = json!([{ "ref": "account:venue", "value": 1 }]);
        }),
        // sent to others: no amount, cited elsewhere or not
        ("summary", |a| {
            a["summary"] = json!("Long with 1,712.4 USDT free.");
            a["case_short"][0]["says"] = json!("Free are 1,712.4 USDT.");
            a["case_short"][0]["cites"] = json!([{ "ref": "account:deposits[1].free", "value": 1712.4 }]);
        }),
        ("reasoning", |a| a["reasoning"] = json!("The long of 0.0215 BTC is kept.")),
    ];
    for (path, change) in cases {
        let found = checked_with(Some(&account), change);
        assert_eq!(wrong(&found), [*path], "{:?}", found.checks.items);
    }
}

/// A stop at what was paid for the position that is held: an address like any other.
#[test]
fn a_price_may_come_from_the_account() {
    let account = account();
    let found =
        checked_with(Some(&account), |a| a["plan"]["stop_ref"] = json!("account:orders[0].stop_price"));
    assert_eq!(wrong(&found), Vec::<&str>::new());
}

/// The parent's summary was marked as unverified; its other numbers were not.
#[test]
fn a_price_that_has_no_reason_leaves_no_trust() {
    assert_eq!(checked(|a| a["plan"]["stop"] = json!(67000)).trust, Trust::Low);
    assert_eq!(checked(|a| a["invalidation"]["ref"] = json!("1w:levels[R1].low")).trust, Trust::Low);
}

#[test]
fn only_bars_and_indicators_support_a_side() {
    let odds = json!([{ "ref": "1w:report.scenarios.p_up", "value": 42 }]);
    let found = checked(|a| {
        a["case_long"][0]["says"] = json!("The odds are 42.");
        a["case_long"][0]["cites"] = odds;
    });
    assert_eq!((wrong(&found), found.is_supported()), (vec![], false));
}

#[test]
fn who_stands_aside_has_no_plan() {
    let aside = |a: &mut Value| {
        a["direction"] = json!("stand_aside");
        a["plan"] = serde_json::to_value(domain::recommendation::Plan::none()).unwrap();
        a["invalidation"] = serde_json::to_value(domain::recommendation::PlanEnd::none()).unwrap();
        a["probability"] = json!(0);
        (a["summary"], a["reasoning"]) = (json!("Nothing to do."), json!("Neither side holds."));
    };
    let found = checked(aside);
    assert_eq!((wrong(&found), found.is_supported()), (vec![], true));
    let found = checked(|a| {
        aside(a);
        a["plan"]["stop"] = json!(71900);
        a["probability"] = json!(55);
        a["invalidation"]["close"] = json!("below");
    });
    assert_eq!(wrong(&found), ["plan.stop", "probability", "invalidation.close"]);
}

fn repaired(first: &CheckedRecommendation, repairs: &Value) -> CheckedRecommendation {
    let (sources, terms) = (sources(), terms());
    let evidence = RecommendationEvidence { sources: &sources, terms: &terms, account: None, tools: &[] };
    let reply = json!({ "repairs": repairs }).to_string();
    crate::repair::apply_to_recommendation(first, &reply, &evidence)
}

fn repair(path: &str, text: Value, number: Value, reference: Value) -> Value {
    json!({ "path": path, "text": text, "number": number, "ref": reference, "leans": null })
}

#[test]
fn what_was_offered_is_put_right_and_nothing_else() {
    let first = checked(|a| {
        a["plan"]["stop"] = json!(67000);
        a["summary"] = json!("Long from 74,050 to 75,000.");
    });
    let stop = repair("plan.stop", json!(null), json!(71900), json!("1w:levels[S1].low"));
    let other = repair("probability", json!(null), json!(99), json!(null));
    let found = repaired(&first, &json!([stop, other]));
    assert_eq!((wrong(&found), found.trust), (vec![], Trust::Ok));
    assert_eq!(found.recommendation.probability, 55, "it was not offered");
    let item = found.checks.items.iter().find(|item| item.path == "plan.stop").unwrap();
    assert_eq!((item.status, item.was.as_deref()), (CheckStatus::Repaired, Some("67000")));
    assert_eq!(repaired(&first, &json!("none")), first, "a reply that cannot be read corrects nothing");
}

#[test]
fn a_direction_can_only_be_given_up() {
    let mut first = checked(|_| {});
    first.problems.push(RepairItem {
        path: "direction".into(),
        got: "long".into(),
        reference: String::new(),
        data: String::new(),
        why: "it does not pay".into(),
    });
    let turn =
        |to: &str| repaired(&first, &json!([repair("direction", json!(to), json!(null), json!(null))]));
    assert_eq!(turn("short").recommendation.direction, Direction::Long);
    let aside = turn("stand_aside").recommendation;
    assert_eq!((aside.direction, aside.probability), (Direction::StandAside, 0));
    assert_eq!(aside.plan, domain::recommendation::Plan::none());
}

#[test]
fn a_target_is_taken_away_with_its_address() {
    let first = checked(|a| a["plan"]["targets"][1]["price"] = json!(88801));
    let gone = repair("plan.targets[1].price", json!(null), json!(null), json!(""));
    let found = repaired(&first, &json!([gone]));
    assert_eq!((found.recommendation.plan.targets.len(), wrong(&found)), (1, vec![]));
}

#[test]
fn any_text_is_answered() {
    let (sources, terms) = (sources(), terms());
    let good = answer().to_string();
    bolero::check!().for_each(|bytes: &[u8]| {
        let [high, low, length, with @ ..] = bytes else { return };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % good.len();
        let end = good.len().min(at + usize::from(*length));
        let spliced = [&good.as_bytes()[..at], with, &good.as_bytes()[end..]].concat();
        let evidence = RecommendationEvidence { sources: &sources, terms: &terms, account: None, tools: &[] };
        for text in [with, &spliced] {
            let _ = check_recommendation(&String::from_utf8_lossy(text), &evidence);
        }
    });
}
