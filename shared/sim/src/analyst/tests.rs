use domain::report::{Bias, Outcome, ParentRelation, Report, Usable};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::contract::{decimal, holds, numbers, printed};
use super::sample::{artifact, block, parent, read};
use super::*;
use crate::market::interval::Interval;
use crate::market::{Market, Page};
use crate::testbed::{at, recorded};

fn schema(name: &str) -> Wanted {
    Wanted::Schema { name: name.to_owned(), schema: serde_json::from_str("{}").unwrap() }
}

fn prompt(mode: Mode, user: String, name: &str) -> Prompt {
    Prompt {
        mode,
        user,
        answered: false,
        tool_results: 0,
        answers: String::new(),
        wanted: schema(name),
        tools: Vec::new(),
    }
}

fn text(reply: Reply) -> String {
    match reply {
        Reply::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

fn report_of(mode: Mode, artifact: &Value) -> Report {
    report_with(mode, block("ohlcv", artifact))
}

fn report_with(mode: Mode, user: String) -> Report {
    serde_json::from_str(&text(answer(&prompt(mode, user, "report")))).unwrap()
}

fn repairs(mode: Mode, artifact: &Value, paths: &[&str]) -> Vec<Value> {
    let items: Vec<Value> = paths
        .iter()
        .map(|path| json!({ "path": path, "got": "", "ref": "", "data": "", "why": "" }))
        .collect();
    let user =
        block("ohlcv", artifact) + &block("repair", &json!({ "schema": "topdown.repair/1", "items": items }));
    let reply: Value = serde_json::from_str(&text(answer(&prompt(mode, user, "repair")))).unwrap();
    reply["repairs"].as_array().unwrap().clone()
}

#[test]
fn a_report_rests_on_the_cells_of_the_artifact() {
    let artifact = artifact();
    let report =
        report_with(Mode::Honest, block("ohlcv", &artifact) + &block("parent", &parent("neutral", "ok")));
    holds(&report, &read(&artifact));
    // the figures of this week, by hand: structure -1, momentum +1 (38.0 to 47.3, histogram above zero)
    assert_eq!(
        (report.bias.as_str(), report.trend.as_str(), report.usable),
        ("neutral", "transition", Usable::Partial)
    );
    assert_eq!((report.scenarios.p_up, report.scenarios.p_down, report.scenarios.p_neither), (42, 32, 26));
    // R1's far edge is 13,329 away, over an ATR14 of 8,033; S1's is 5,848, so S2 ends it
    let ends = &report.invalidation;
    assert_eq!((ends.above, ends.below), (Some(decimal("89256.69")), Some(decimal("53485.93"))));
    assert_eq!((ends.above_ref.as_str(), ends.below_ref.as_str()), ("levels[R1].high", "levels[S2].low"));
    assert_eq!(report.parent_relation, ParentRelation::Neutral);
    assert!(
        report.parent_reason.contains("o1") && report.parent_reason.contains("o3"),
        "{}",
        report.parent_reason
    );
    assert_eq!(report.issues, ["EMA200 is still warming up."]);
    assert!(
        report
            .summary
            .starts_with("A rebound inside a decline. The last closed week ended at 78,657.55, over EMA20")
    );
}

#[test]
fn a_report_speaks_the_language_it_is_asked_for() {
    let artifact = artifact();
    let ask = |language: &str| {
        let asked = format!("Write every free text in {language}; keys stay as they are.\n");
        report_with(
            Mode::Honest,
            asked + &block("ohlcv", &artifact) + &block("parent", &parent("neutral", "ok")),
        )
    };
    let (english, russian) = (ask("English"), ask("Russian"));
    holds(&russian, &read(&artifact));
    assert!(russian.summary.starts_with(
        "Отскок внутри снижения. Последняя неделя закрылась на 78,657.55, выше EMA20 (77,929) и ниже EMA50 (86,300); \
         текущая опустилась до 75,928.1."
    ));
    let claims = |report: &Report| report.observations.iter().map(|o| o.says.clone()).collect::<Vec<_>>();
    let ends = &russian.invalidation;
    let ways = &russian.scenarios;
    let mut texts = claims(&russian);
    texts.extend(
        [&russian.summary, &russian.parent_reason, &ends.reason, &ways.up, &ways.down].map(String::clone),
    );
    texts.extend(russian.issues.clone());
    // Latin letters only in names: averages, oscillators, zones, observations
    let names = ["EMA20", "EMA50", "EMA200", "RSI14", "MACD", "ADX14", "DI", "S1", "S2", "R1", "o1", "o3"];
    for text in &texts {
        let words = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
        assert!(words.clone().all(|word| names.contains(&word)), "{text}");
        assert!(text.chars().any(|c| matches!(c, 'а'..='я')), "{text}");
    }
    // the same figures in another language
    let cites = |report: &Report| report.observations.iter().map(|o| o.cites.clone()).collect::<Vec<_>>();
    assert_eq!(cites(&english), cites(&russian));
    assert_eq!((english.bias, english.invalidation.above), (russian.bias, ends.above));
}

#[test]
fn what_ends_the_report_says_why() {
    let report = report_of(Mode::Honest, &artifact());
    assert_eq!(
        report.invalidation.reason,
        "Price has turned at R1 and at S2 before; a close beyond either zone says that it no longer does."
    );
    let mut bare = artifact();
    bare["levels"] = json!([]);
    assert_eq!(
        report_of(Mode::Honest, &bare).invalidation.reason,
        "No zone stands far enough away on either side, so the barriers take their place."
    );
    // bullish: only the side below ends it, at S2, whose foot is an ATR14 away
    let long = report_of(Mode::AlwaysLong, &artifact()).invalidation.reason;
    assert!(long.starts_with("Price has turned at S2 before;"), "{long}");
}

#[test]
fn keys_come_in_the_order_of_the_schema() {
    let user = || block("ohlcv", &artifact());
    let first = text(answer(&prompt(Mode::Honest, user(), "report")));
    assert!(first.starts_with(r#"{"issues":["#) && first.contains(r#","confidence":"#));
    assert!(first.find("\"observations\"") < first.find("\"bias\""));
    let sorted = text(answer(&prompt(Mode::ReorderKeys, user(), "report")));
    assert!(sorted.starts_with(r#"{"bias":"#));
    assert_eq!(
        serde_json::from_str::<Report>(&first).unwrap(),
        serde_json::from_str::<Report>(&sorted).unwrap()
    );
}

#[test]
fn the_bias_follows_the_score() {
    let mut bullish = artifact();
    bullish["stats"]["regime_points"] = json!({ "structure": 1, "averages": 1, "adx": 0 });
    bullish["swings"]["list"][0]["p"] = json!("110000");
    bullish["swings"]["list"][1]["p"] = json!("130000");
    let report = report_of(Mode::Honest, &bullish);
    holds(&report, &read(&bullish));
    // 2 regime points and momentum: 41.6 + 15, 32.4 - 15
    assert_eq!((report.bias, report.scenarios.p_up, report.scenarios.p_down), (Bias::Bullish, 57, 17));
    assert_eq!(report.parent_relation, ParentRelation::NoParent);
    assert_eq!(report.parent_reason, "");
    let with = |bias, trust| {
        report_with(Mode::Honest, block("ohlcv", &bullish) + &block("parent", &parent(bias, trust)))
    };
    assert_eq!(with("bullish", "ok").parent_relation, ParentRelation::Confirms);
    let against = with("bearish", "ok");
    assert_eq!((against.bias, against.parent_relation), (Bias::Bullish, ParentRelation::Contradicts));
    assert_eq!(against.scenarios.p_up, 52);
    // a parent that cannot be relied on does not move the odds
    assert_eq!(with("bearish", "low").scenarios.p_up, 57);
}

#[test]
fn averages_that_are_warming_do_not_carry_a_bias_alone() {
    let mut thin = artifact();
    thin["stats"]["regime_points"] = json!({ "structure": -1, "averages": -1, "adx": -1 });
    thin["indicators"]["rows"][2] =
        json!("2026-04-20,79000,86300,68243,30.1,-6945,-8134,-1189,8033,27.3,19.6,22.4,0.62");
    assert_eq!(report_of(Mode::Honest, &thin).bias, Bias::Bearish);
    // without swings only averages and oscillators speak, and all of them are warming
    thin["swings"] = json!({ "list": [] });
    thin["bars"]["rows"] = json!(["2026-04-06,1,1,1,78000,1", "2026-04-20,1,1,1,78657.55,1"]);
    for name in ["ema20", "ema50", "rsi14", "macd", "macd_hist", "adx14", "pdi14", "mdi14"] {
        thin["data_quality"]["warming_pct"][name] = json!(4.0);
    }
    let report = report_of(Mode::Honest, &thin);
    let bearish: Vec<_> = report.observations.iter().filter(|o| o.leans.as_str() == "bearish").collect();
    assert!(
        bearish.iter().any(|o| o.cites.iter().any(|c| c.reference.starts_with("bars[")))
            == (report.bias == Bias::Bearish)
    );
}

#[test]
fn a_thin_artifact_is_read_as_far_as_it_goes() {
    let mut thin = artifact();
    thin["timeframe"] = json!("1M");
    thin["forming"] = Value::Null;
    thin["swings"] = json!({ "list": [] });
    thin["levels"] = json!([]);
    thin["data_quality"]["absent"] = json!(["ema50", "ema200", "adx14", "pdi14", "mdi14"]);
    thin["stats"]["vol_pctile"] = Value::Null;
    thin["stats"]["regime_points"] = json!({ "structure": 0, "averages": 0, "adx": 0 });
    thin["barriers"].as_object_mut().unwrap().remove("base_rate_pct");
    thin["indicators"] = json!({ "columns": "t,ema20,ema50,rsi14,macd,macd_hist,atr14", "order": "oldest_first", "rows": [
        "2026-04-20,77929,,47.3,,,8033",
    ] });
    let report = report_of(Mode::Honest, &thin);
    holds(&report, &read(&thin));
    assert_eq!((report.bias, report.scenarios.p_up, report.scenarios.p_neither), (Bias::Neutral, 33, 34));
    assert_eq!((report.invalidation.above_ref.as_str(), report.levels.len()), ("barriers.up", 0));
    // one sentence for the three that make up the directional index
    assert_eq!(report.issues.len(), 4, "{:?}", report.issues);
}

#[test]
fn prices_of_any_size_are_written_as_printed() {
    let mut tiny = artifact();
    let small = tiny.to_string();
    // seven orders of magnitude less: 75928.1 becomes 0.00759281
    for scale in [7_u32, 9] {
        let mut value: Value = serde_json::from_str(&small).unwrap();
        shrink(&mut value, scale);
        value["tick"] = json!("0.000000000001");
        tiny = value;
        let report = report_of(Mode::Honest, &tiny);
        holds(&report, &read(&tiny));
        assert!(report.summary.contains("0.00"), "{}", report.summary);
        let invented = report_of(Mode::InventPrice, &tiny);
        assert_ne!(invented.observations[1].cites[0].value, report.observations[1].cites[0].value);
    }
}

/// Divides every price in the value by a power of ten.
fn shrink(value: &mut Value, power: u32) {
    let scaled = |text: &str| {
        let value = Decimal::from_str_exact(text).ok()?;
        Some((value / Decimal::from(10_u64.pow(power))).normalize().to_string())
    };
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| shrink(value, power)),
        Value::Array(list) => list.iter_mut().for_each(|value| shrink(value, power)),
        Value::String(text) => {
            let cells: Vec<String> =
                text.split(',').map(|cell| scaled(cell).unwrap_or_else(|| cell.to_owned())).collect();
            *text = cells.join(",");
        }
        _ => {}
    }
}

#[test]
fn too_little_data_is_no_neutral_report() {
    let mut short = artifact();
    short["data_quality"]["history_bars"] = json!(29);
    let mut insane = artifact();
    insane["data_quality"]["flags"] = json!([{ "t": "2026-04-20", "kind": "insane" }]);
    for (report, outcome) in [
        (report_of(Mode::Honest, &short), Outcome::InsufficientHistory),
        (report_of(Mode::Honest, &insane), Outcome::BadData),
        (report_with(Mode::Honest, "Read the chart.".to_owned()), Outcome::MissingInput),
        (report_of(Mode::Honest, &json!({})), Outcome::BadData),
    ] {
        assert_eq!((report.outcome, report.bias, report.confidence), (outcome, Bias::None, 0));
        assert_eq!(
            (report.summary.as_str(), report.scenarios.p_neither, report.invalidation.above),
            ("", 0, None)
        );
        assert_eq!(report.issues.len(), 1);
    }
}

#[test]
fn invented_prices_are_three_and_are_put_right_when_asked() {
    let artifact = artifact();
    let (honest, invented) = (report_of(Mode::Honest, &artifact), report_of(Mode::InventPrice, &artifact));
    let (right, wrong) = (&honest.observations[1], &invented.observations[1]);
    assert_ne!(wrong.cites[0].value, right.cites[0].value);
    assert_eq!(numbers(&wrong.says)[0], wrong.cites[0].value);
    assert_ne!(invented.observations[2].says, honest.observations[2].says);
    assert_ne!(invented.summary, honest.summary);
    let paths =
        ["observations[1].cites[0]", "observations[2].says", "summary", "levels[0]", "scenarios", "nonsense"];
    let repaired = repairs(Mode::InventPrice, &artifact, &paths);
    assert_eq!(
        repaired[0],
        json!({ "path": paths[0], "text": right.says, "number": 78657.55, "ref": "bars[2026-04-20].c", "leans": "neutral" })
    );
    assert_eq!(repaired[1]["text"], json!(honest.observations[2].says));
    assert_eq!((&repaired[2]["text"], &repaired[3]["ref"]), (&json!(honest.summary), &json!("levels[S1]")));
    let odds: Vec<_> =
        repaired[4..].iter().map(|r| (r["path"].as_str().unwrap(), r["number"].as_i64().unwrap())).collect();
    assert_eq!(odds, [("scenarios.p_up", 42), ("scenarios.p_down", 32), ("scenarios.p_neither", 26)]);

    let stubborn = repairs(Mode::Stubborn, &artifact, &paths[..3]);
    assert_eq!(stubborn[2]["text"], json!(invented.summary));
    assert_ne!(stubborn[0]["number"], repaired[0]["number"]);
    let other = repairs(Mode::RepairOtherPath, &artifact, &paths[..1]);
    let touched: Vec<_> = other.iter().map(|r| r["path"].as_str().unwrap()).collect();
    assert_eq!(touched, [paths[0], "bias", "scenarios.p_up", "confidence", "invalidation.reason"]);
}

#[test]
fn every_other_mode_misbehaves_in_its_own_way() {
    let artifact = artifact();
    let ohlcv = read(&artifact);
    let honest = report_of(Mode::Honest, &artifact);
    let bad_ref = report_of(Mode::WrongRef, &artifact);
    assert_eq!(printed(&ohlcv, &bad_ref.observations[0].cites[0].reference), None);
    let right = repairs(Mode::WrongRef, &artifact, &["observations[0].cites[0]"]);
    assert_eq!(right[0]["ref"], json!("swings[H4].p"));
    let sum = report_of(Mode::ProbSum, &artifact).scenarios;
    assert_eq!(sum.p_up + sum.p_down + sum.p_neither, 110);
    let wrong_side = report_of(Mode::WrongSideStop, &artifact).invalidation;
    assert_eq!((wrong_side.above, wrong_side.below), (honest.invalidation.below, honest.invalidation.above));
    let long = report_of(Mode::AlwaysLong, &artifact);
    assert_eq!((long.bias, long.invalidation.above), (Bias::Bullish, None));
    holds(&long, &ohlcv);
    for mode in [Mode::PoorRr, Mode::Gullible, Mode::Slow, Mode::EndlessTools, Mode::BadToolArgs] {
        assert_eq!(report_of(mode, &artifact), honest);
    }
    let ask = |mode: Mode, answered: bool| {
        answer(&Prompt { answered, ..prompt(mode, block("ohlcv", &artifact), "report") })
    };
    assert!(matches!(ask(Mode::Refuse, false), Reply::Refusal(_)));
    assert!(
        matches!(ask(Mode::Truncate, true), Reply::CutOff(text) if serde_json::from_str::<Value>(&text).is_err())
    );
    let broken = |answered, mode| serde_json::from_str::<Report>(&text(ask(mode, answered))).is_err();
    assert!(broken(false, Mode::BreakSchema) && broken(true, Mode::BreakSchema));
    assert!(broken(false, Mode::BreakSchemaOnce) && !broken(true, Mode::BreakSchemaOnce));
    assert!(serde_json::from_str::<Value>(&text(ask(Mode::BreakSchema, false))).is_ok());
}

#[test]
fn tools_are_called_by_the_modes_that_call_them() {
    let offered = |mode, tool_results| {
        let tools = vec!["get_candles".to_owned()];
        answer(&Prompt { tools, tool_results, ..prompt(mode, block("ohlcv", &artifact()), "report") })
    };
    assert!(
        matches!(offered(Mode::EndlessTools, 50), Reply::ToolCalls(calls) if calls[0].0 == "get_candles")
    );
    assert!(
        matches!(offered(Mode::BadToolArgs, 0), Reply::ToolCalls(calls) if serde_json::from_str::<Value>(&calls[0].1).is_err())
    );
    assert!(matches!(offered(Mode::BadToolArgs, 1), Reply::Text(_)));
    assert!(matches!(offered(Mode::Honest, 0), Reply::Text(_)));
}

#[test]
fn other_forms_are_answered_in_their_form() {
    let unknown = r#"{"type":"object","properties":{"direction":{"type":"string","enum":["long","short"]}}}"#;
    let wanted =
        Wanted::Schema { name: "opinion".to_owned(), schema: serde_json::from_str(unknown).unwrap() };
    let reply = answer(&Prompt { wanted, ..prompt(Mode::Honest, String::new(), "") });
    assert_eq!(text(reply), r#"{"direction":"long"}"#);
    let fenced = block("ohlcv", &artifact())
        + &block("schema", &json!({ "schema": "topdown.schema/1", "name": "report" }));
    let fenced = fenced.replace(
        r#""schema":"topdown.schema/1"}"#,
        r#""schema":"topdown.schema/1","schema":{"type":"object"}}"#,
    );
    let reply = answer(&Prompt { wanted: Wanted::Json, ..prompt(Mode::Honest, fenced, "") });
    assert!(serde_json::from_str::<Report>(&text(reply)).is_ok());
    let reply = answer(&Prompt { wanted: Wanted::Text, ..prompt(Mode::Honest, "Hello".to_owned(), "") });
    assert!(text(reply).ends_with('.'));
}

#[test]
fn names_lead_to_modes() {
    assert_eq!(Mode::all().count(), 20);
    for (name, mode) in Mode::all() {
        assert_eq!(Mode::named(&name), Some(mode));
    }
    assert_eq!(Mode::named("rule-analyst"), Some(Mode::Honest));
    assert_eq!(Mode::named("rule-analyst:sober"), None);
    assert_eq!(Mode::named("gpt-6.1-terra"), None);
}

#[test]
fn confidence_is_the_share_of_windows_that_stayed_inside() {
    let Some(dir) = recorded("data/binance_spot", "confidence_is_the_share_of_windows_that_stayed_inside")
    else {
        return;
    };
    let market = Market::recorded(&dir).unwrap();
    let page = Page { start: None, end: Some(at("2026-04-20T00:00:00Z").as_millisecond()), limit: 104 };
    let weeks =
        market.page("BTCUSDT", Interval::Week, at("2026-04-30T04:00:00Z").as_millisecond(), page).unwrap();
    let row = |bar: &crate::market::bar::Bar| {
        format!("w{},1,1,1,{},1", bar.open_ms, crate::market::bar::print(bar.close.into()))
    };
    let mut artifact = artifact();
    artifact["bars"]["rows"] = weeks.iter().map(row).collect();
    // the specification's own figure for this week, 104 bars and both sides
    assert_eq!(report_of(Mode::Honest, &artifact).confidence, 77);
}
