use domain::recommendation::{AccountState, BrokenRule, Conflict, NoSize, RecommendationDocument};
use domain::report::{CheckStatus, Trust};
use rust_decimal::Decimal;

use super::*;
use crate::page::tests::text;
use crate::page::{ChartSvgs, RunFacts};
use crate::sample_plan::{aside, invalid, long, recount, short};

fn input<'a>(
    document: &'a RecommendationDocument,
    chart: &'a ChartSvgs,
    pages: &'a [ReportPage<'a>],
) -> RecommendationInput<'a> {
    RecommendationInput {
        document,
        chart: Some(PlanChart { svgs: chart, timeframe: domain::Timeframe::Day, has_forming: true }),
        chart_css: ".w{stroke:var(--up)}",
        lifecycle: None,
        folder: "",
        pages,
        missing: &[],
        alert_line: 70,
        prompt_version: Some(1),
        run: RunFacts { wall_ms: 118_000, calls: 4, cost_usd: Decimal::new(611, 4) },
    }
}

fn chart() -> ChartSvgs {
    let svg = |width: u32| format!("<svg viewBox=\"0 0 {width} 300\"><path class=\"w\" d=\"M0 0H9\"/></svg>");
    ChartSvgs { wide: svg(660), narrow: svg(390) }
}

fn page(document: &RecommendationDocument) -> String {
    let ids: Vec<_> = document.source_reports.iter().chain(&document.beside).collect();
    let names: Vec<_> = ids.iter().map(|source| format!("r-7f3k9q2c-{}.html", source.timeframe)).collect();
    let pages: Vec<_> = ids
        .iter()
        .zip(&names)
        .map(|(source, page)| ReportPage { report_id: &source.report_id, page })
        .collect();
    render_recommendation(&input(document, &chart(), &pages)).unwrap()
}

#[track_caller]
fn says(text: &str, all: &[&str]) {
    for said in all {
        assert!(text.contains(said), "{said:?} is missing in {text}");
    }
}

#[test]
fn a_long_says_what_it_plans_and_what_it_counted() {
    let html = page(&long());
    says(
        &text(&html),
        &[
            "BTCUSDT · Binance spot · recommendation",
            "△ Long, only from the zone below",
            "Price is 75,928.10 (verified), above 75,000.00 (verified).",
            "52of 100 moderate",
            "Uncalibrated: fewer than 30 outcomes of this band are known",
            "enter by 3 May, 04:00 UTC; held to 10 May, 04:00 UTC",
            "Entry74,050.00 (verified) to 75,000.00 (verified)1d zone S1",
            "Stop71,900.00 (verified)3,100.00 away, 1.6 ATR",
            "Target 1, half79,485.66 (verified)1.28 R",
            "Target 2, half83,822.76 (verified)2.59 R",
            "Sizeunknownaccount not provided",
            "Target 1 first55 of 100stated by the rules",
            "✓ Sides, distances and reward to risk hold, from the worst edge of the zone, 75,000.00.",
            "fee and slippage of 0.15\u{a0}% a side.",
            "Lost at the stop 3,320.35 USDT a unit; all targets 1.93 R, expected value +0.25 R",
            "Account not provided: size and exposure are unknown.",
            "A daily close under 72,500.00 (verified) ends the plan, entered or not.",
            "RSI 14 fell to 44.5↻ (repaired; at first 48.4).",
            "beside it, as timing; the analyst was not given it",
            "bar of 29 April 2026, 4\u{a0}h",
            "12 checked · 12 verified · 1 repaired · 0 unverified",
            "118.0\u{a0}s · 4 calls to the built-in analyst · $0.0611",
        ],
    );
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(html.contains("<span class=\"up\"><span aria-hidden=\"true\">△</span> Long</span>, only"));
    assert!(html.contains("width=\"52%\"") && html.contains("x1=\"70%\""));
    // the day it stands on is the last of those given, four hours stand beside
    let order = ["1M", "1w", "1d", "4h"].map(|tf| html.find(&format!("id=\"source-{tf}\"")).unwrap());
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn the_conflicts_of_a_short_stand_above_its_plan() {
    let html = page(&short());
    let text = text(&html);
    says(
        &text,
        &[
            "Binance perpetual",
            "▼ Short: A bounce is sold",
            "74of 100 strong",
            "You are long BTC. This plan is a short.",
            "A position of yours has no stop order on the exchange. Nothing there limits its loss.",
            "Liquidation82,171.312.0 ATR from the stop, isolated at 10x, before its fee",
            "Size0.03011 BTCrisks 99.98 USDT",
            "stated by the model",
            "funding of 2.25 USDT a unit. Funding is that of the whole holding time, at a mean rate of \
             \u{2212}0.0001\u{a0}% every 8 h.",
            "Account read at 30 Apr, 04:00 UTC.",
            "A daily close over 77,600.00 ends the plan",
            "language model, answered as “gpt-5.2”",
        ],
    );
    assert!(text.find("You are long BTC.") < text.find("The plan"));
    assert!(text.find("For a short") < text.find("For a long"), "the side taken first");
    assert!(!text.contains("rule-based"));
}

/// What is not known of a contract is said, in both languages, and nothing of it on spot.
#[test]
fn what_is_not_known_of_a_contract_is_said() {
    let mut document = short();
    document.costs.funding = Decimal::ZERO;
    let contract = document.contract.as_mut().unwrap();
    contract.mean_funding = Some(crate::sample::decimal("0.0001"));
    (contract.liquidation, contract.is_held) = (Some(crate::sample::decimal("90000")), true);
    says(
        &text(&page(&document)),
        &[
            "Liquidation90,000.006.0 ATR from the stop, says the exchange of the position you hold",
            "at a mean rate of +0.01\u{a0}% every 8 h, costs this side nothing; what it would bring is not counted.",
        ],
    );
    let contract = document.contract.as_mut().unwrap();
    (contract.mean_funding, contract.liquidation, contract.leverage) = (None, None, None);
    (document.size, document.size_reason) = (None, Some(NoSize::ContractUnknown));
    says(
        &text(&page(&document)),
        &[
            "Liquidationunknownthe exchange did not tell the leverage that is set",
            "Sizeunknownthe exchange told nothing of orders of this contract; it may not list one",
            "Funding is not known and counts as none.",
        ],
    );
    document.broken = vec![BrokenRule::Liquidation];
    document.language = "ru".into();
    says(
        &text(&page(&document)),
        &[
            "Ликвидациянеизвестенбиржа не сообщила установленного плеча",
            "Фандинг неизвестен и принят за ноль.",
            "Цена ликвидации должна лежать за стопом",
        ],
    );
    assert!(!text(&page(&long())).contains("Liquidation"));
}

#[test]
fn one_who_stands_aside_has_no_plan_and_no_bar() {
    let html = page(&aside());
    let text = text(&html);
    says(
        &text,
        &["Stand aside: month, week and day disagree", "No plan", "there is nothing to enter", "0of 100"],
    );
    for never in ["class=\"bar\"", "class=\"plan\"", "enter by", "Uncalibrated"] {
        assert!(!html.contains(never), "{never}");
    }
    assert!(!text.contains("Stand aside: Stand aside"));
}

#[test]
fn an_invalid_plan_names_its_rules_and_has_no_strength() {
    let html = page(&invalid());
    says(
        &text(&html),
        &[
            "Invalid plan: Long, only from the zone below",
            "No strength",
            "The plan breaks 2 hard rules.",
            "Reward to risk must be at least 1.5 after costs.",
            "The expected value at the stated odds must be above zero.",
            "The plan as stated",
        ],
    );
    assert!(html.contains("class=\"notice error\""));
    for never in ["class=\"bar\"", "class=\"score\"", "✓ Sides", "<th scope=\"row\">Size"] {
        assert!(!html.contains(never), "{never}");
    }
}

#[test]
fn what_was_known_of_the_account_is_said() {
    let mut document = long();
    document.account = AccountState::KnownEmpty;
    says(&text(&page(&document)), &["The account was read and is empty."]);
    document.account = AccountState::NotProvided;
    document.account_reason = Some("the key may withdraw".into());
    document.language = "ru".into();
    let html = page(&document);
    assert!(html.contains(
        "Счёт не передан, размер и риск неизвестны: <span lang=\"en\">the key may withdraw</span>"
    ));
    document.conflicts =
        vec![Conflict::AlreadyLong, Conflict::AlreadyShort, Conflict::OrderInZone, Conflict::ExposureLimit];
    assert_eq!(page(&document).matches("class=\"notice warn\"").count(), 4);
}

#[test]
fn a_wrong_price_is_struck_with_what_the_data_has() {
    let mut document = long();
    let stop = document.checks.items.iter_mut().find(|item| item.path == "plan.stop").unwrap();
    (stop.status, stop.expected) = (CheckStatus::Unverified, "70079.99".into());
    document.trust = Trust::Low;
    recount(&mut document);
    let html = page(&document);
    assert!(html.contains("<s>71,900.00</s>") && html.contains("in the data 70,079.99"));
    says(&text(&html), &["One number is not confirmed by the data.", "Low trust.", "or a price of the plan"]);
}

#[test]
fn each_number_leads_to_its_report() {
    let html = page(&long());
    for link in [
        "href=\"r-7f3k9q2c-1d.html#bar-2026-04-29\"",
        "href=\"r-7f3k9q2c-1d.html#bar-forming\"",
        "href=\"r-7f3k9q2c-1d.html#ladder\"",
        "href=\"r-7f3k9q2c-4h.html\"",
        "href=\"#plan\"",
    ] {
        assert!(html.contains(link), "{link}");
    }
    let within: Vec<&str> =
        html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for target in within {
        assert_eq!(html.matches(&format!("id=\"{target}\"")).count(), 1, "{target}");
    }
    let document = long();
    let hostile = [ReportPage { report_id: &document.source_report_id[0], page: "javascript:alert(1)" }];
    let bare = render_recommendation(&input(&document, &chart(), &hostile)).unwrap();
    assert!(!bare.contains("javascript") && !bare.contains(".html"));
}

/// Every label in Russian: no word of the English table is on the page.
#[test]
fn no_label_is_left_untranslated() {
    for mut document in [long(), short(), aside(), invalid()] {
        document.language = "ru".into();
        let html = page(&document);
        assert!(html.contains("<html lang=\"ru\">"));
        let text = text(&html);
        let known = include_str!("../../../lang/en.toml").lines().skip_while(|line| *line != "[advice]");
        let words =
            known.filter_map(|line| line.split_once(" = \"")).map(|(_, word)| word.trim_end_matches('"'));
        let fixed =
            words.filter(|word| !word.contains('{') && word.len() > 4 && !document_says(&document, word));
        for word in fixed {
            assert!(!text.contains(word), "{word:?} in {text}");
        }
    }
}

fn document_says(document: &RecommendationDocument, word: &str) -> bool {
    serde_json::to_string(document).unwrap().contains(word)
}

const HOSTILE: &str = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\" onload=\"a' \u{202e}\u{200b}\u{1b}[31m{{7*7}}&lt;";

/// Every text of the document that may be any text gets the payload behind it.
#[test]
fn hostile_texts_stay_texts() {
    for document in [long(), short(), aside(), invalid()] {
        let mut value = serde_json::to_value(&document).unwrap();
        let mut fields = 0;
        for pointer in texts_of(&value) {
            let place = value.pointer_mut(&pointer).unwrap();
            let text = place.as_str().unwrap().to_owned();
            *place = format!("{text} {HOSTILE}").into();
            let is_taken = serde_json::from_value::<RecommendationDocument>(value.clone()).is_ok();
            if pointer == "/language" || !is_taken {
                *value.pointer_mut(&pointer).unwrap() = text.into();
            } else {
                fields += 1;
            }
        }
        assert!(fields > 40, "{fields}");
        let document: RecommendationDocument = serde_json::from_value(value).unwrap();
        let missing = [MissingReport { timeframe: domain::Timeframe::Hour4, reason: HOSTILE }];
        let chart = chart();
        let html = render_recommendation(&RecommendationInput {
            missing: &missing,
            ..input(&document, &chart, &[])
        })
        .unwrap();
        // a control: the texts are there, as texts
        assert!(text(&html).matches("<script>alert(1)</script>").count() > 10);
        for forbidden in
            ["<script", "<img", "\" onload=\"", "</style></script>", "\u{202e}", "\u{200b}", "\u{1b}"]
        {
            assert!(!html.contains(forbidden), "{forbidden:?}");
        }
        let message =
            crate::message::recommendation_message(&document, crate::message::Markup::HTML).unwrap();
        let tags = ["b>", "/b>", "i>", "/i>", "s>", "/s>", "code>", "/code>"];
        assert!(
            message.split('<').skip(1).all(|rest| tags.iter().any(|tag| rest.starts_with(tag))),
            "{message}"
        );
        for line in crate::console::recommendation_lines(&document, 70).unwrap() {
            assert!(!line.chars().any(|c| c.is_control() || domain::text::is_hidden(c)), "{line:?}");
        }
    }
}

/// JSON pointers (RFC 6901) of all texts.
fn texts_of(value: &serde_json::Value) -> Vec<String> {
    use serde_json::Value;
    let deeper = |key: &str, value: &Value| -> Vec<String> {
        texts_of(value).into_iter().map(|rest| format!("/{key}{rest}")).collect()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Object(map) => map.iter().flat_map(|(key, value)| deeper(key, value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().flat_map(|(index, value)| deeper(&index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn the_policy_is_that_of_a_report() {
    let html = page(&long());
    let header = crate::page::policy_header(&html);
    let own = header.split("; ").find(|part| part.starts_with("style-src")).unwrap();
    assert!(html.contains(&format!(
        "content=\"default-src 'none'; {own}; img-src data:; base-uri 'none'; form-action 'none'\""
    )));
    for forbidden in ["style=", "<script", "http:", "https:", "onload", "<iframe"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    let bad = ChartSvgs { wide: "<svg><script/></svg>".into(), narrow: String::new() };
    assert!(render_recommendation(&input(&long(), &bad, &[])).is_err());
}

/// Half of a long from 75,000 was closed at the first target, the rest at the stop: (4485.66 / 2 - 3100 / 2) / 3100 is
/// 0.22 before costs.
#[test]
fn what_became_of_a_plan_is_told_where_it_is_known() {
    use domain::recommendation::{Exit, Fill, Lifecycle, Outcome, RecommendationState as State};
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let exit = |by, target, time, price| Exit {
        by,
        target,
        at: at(time),
        price: decimal(price),
        fraction_pct: Decimal::from(50),
    };
    let document = long();
    let lifecycle = Lifecycle {
        state: State::Stopped,
        since: at("2026-05-02T07:00:00Z"),
        seen_until: Some(at("2026-05-02T08:00:00Z")),
        fill: Some(Fill { at: at("2026-04-30T06:00:00Z"), price: decimal("75000") }),
        exits: vec![
            exit(State::Target, Some(1), "2026-05-01T12:00:00Z", "79485.66"),
            exit(State::Stopped, None, "2026-05-02T07:00:00Z", "71900"),
        ],
        mfe_r: Some(decimal("1.5")),
        mae_r: Some(decimal("1")),
        outcome: Some(Outcome {
            r: decimal("0.15"),
            gross: decimal("692.83"),
            fees: decimal("226.04"),
            funding: Decimal::ZERO,
            hours: 49,
        }),
    };
    let chart = chart();
    let names = [ReportPage { report_id: &document.source_reports[0].report_id, page: "1d" }];
    let told = RecommendationInput {
        lifecycle: Some(&lifecycle),
        folder: "page/",
        ..input(&document, &chart, &names)
    };
    let part = recommendation_part(&told).unwrap();
    let lines = [
        "Stopped, 2 May, 07:00 UTC. +0.15 R after costs, in 2\u{a0}d 1\u{a0}h; best 1.50 R, worst 1.00 R.",
        "by the closed hours up to 2 May, 08:00 UTC",
        "Entered",
        "75,000.00",
        "Target 1, half",
        "Stopped, half",
    ];
    says(&text(&format!("<body>{part}")), &lines);
    assert!(part.contains("href=\"page/1d\""), "its reports lie in another folder");
    assert!(!part.contains("<html") && !part.contains("<style"), "it is a part of another page");
    let russian = RecommendationDocument { language: "ru".to_owned(), ..document.clone() };
    let part = recommendation_part(&RecommendationInput { document: &russian, ..told }).unwrap();
    says(
        &text(&format!("<body>{part}")),
        &["Стоп, 2 мая, 07:00 UTC.", "+0.15 R после издержек", "Цель 1, половина"],
    );
    // a file that travels says nothing that changes
    assert!(!page(&document).contains("id=\"course\""));
}

/// The file is sent on, the page of the server is not.
#[test]
fn a_file_that_travels_tells_nothing_of_what_the_account_holds() {
    let mut document = short();
    let answer = &mut document.recommendation;
    answer.account_effect = "Free are 9,876.54 USDT.".to_owned();
    let mut argument = answer.case_short[0].clone();
    argument.says = "Of 12,345.67 USDT nothing is bound.".to_owned();
    let value: Decimal = "12345.67".parse().unwrap();
    argument.cites[0].reference = "account:equity[spot].total".to_owned();
    argument.cites[0].value = value;
    answer.case_short.push(argument);
    let index = answer.case_short.len() - 1;
    let item = |path: &str, got: &str, reference: &str| domain::report::CheckItem {
        path: path.to_owned(),
        status: CheckStatus::Verified,
        got: got.to_owned(),
        expected: got.to_owned(),
        reference: reference.to_owned(),
        span: None,
        was: None,
        why: None,
    };
    let items = &mut document.checks.items;
    items.push(item("account_effect", "9,876.54", "account:equity[spot].free"));
    items.push(item(&format!("case_short[{index}].cites[0]"), "12345.67", "account:equity[spot].total"));
    document.size = Some(domain::recommendation::Size {
        quantity: "0.03".parse().unwrap(),
        notional: "2250".parse().unwrap(),
        at_risk: "99.5".parse().unwrap(),
        risk_pct: "1".parse().unwrap(),
        margin: Some("225.83".parse().unwrap()),
        is_bounded_by_funds: false,
    });
    let secret = ["9,876.54", "12,345.67", "12345.67", "account:", "of the deposit", "225.83"];
    let file = page(&document);
    for amount in secret {
        assert!(!file.contains(amount), "{amount}");
    }
    says(&text(&file), &["risks 99.50 USDT"]);
    let chart = chart();
    let own = recommendation_part(&input(&document, &chart, &[])).unwrap();
    for amount in ["9,876.54", "12,345.67", "of the deposit"] {
        assert!(own.contains(amount), "a control, on the server's page: {amount}");
    }
}
