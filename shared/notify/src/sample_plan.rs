//! Recommendations written by hand on the numbers of a worked example: a long from 74,050 to 75,000 with its stop at
//! 71,900 and two targets, half each, at 0.15 % a side. By hand, from 75,000: loss 3,100 + 0.0015 x 146,900 = 3,320.35;
//! gains 4,485.66 - 0.0015 x 154,485.66 = 4,253.93 and 8,822.76 - 0.0015 x 158,822.76 = 8,584.53; over the loss 1.2812
//! and 2.5854, half each 1.9333; at 55 of 100 0.55 x 1.2812 - 0.45 = 0.2547.

use domain::recommendation::{
    AccountState, Argument, BrokenRule, CloseSide, Conflict, Contract, Costs, Direction, Geometry, NoSize,
    Plan, PlanDocument, PlanEnd, PlannedTarget, Recommendation, RecommendationDocument, SCHEMA, Size,
    SourceReport, Strength, Takeaway, Target,
};
use domain::report::{Analyst, ArtifactRef, Bias, CheckItem, CheckStatus, Checks, Cite, Trust};
use domain::{Sha256Hex, Source, Timeframe};
use rust_decimal::Decimal;

use crate::sample::{decimal, said};

const SUMMARY: &str = "Long, only from the zone below. Price is 75,928.10, above 75,000.00.";
const LONG: &str = "Support starts at 74,508.";
const SHORT: &str = "RSI 14 fell to 44.5.";
const REASONING: &str = "Week and day point up; the stop 71,900 lies under support.";

fn source(timeframe: Timeframe, id: &str, bias: Bias, odds: [i64; 3], last_bar: &str) -> SourceReport {
    let [p_up, p_neither, p_down] = odds;
    SourceReport {
        timeframe,
        report_id: id.parse().unwrap(),
        artifact: ArtifactRef {
            gcs_uri: format!("gs://topdown/{id}.json"),
            sha256: Sha256Hex::of(id.as_bytes()),
            generation: None,
        },
        bias,
        regime: "up".into(),
        p_up,
        p_neither,
        p_down,
        last_bar: last_bar.into(),
        trust: Trust::Ok,
    }
}

fn priced(path: &str, price: &str, reference: &str) -> CheckItem {
    CheckItem { span: None, ..said(path, price, price, reference) }
}

fn argument(says: &str, reference: &str, value: &str) -> Argument {
    let cite = Cite { reference: reference.into(), value: decimal(value) };
    Argument { says: says.into(), cites: vec![cite] }
}

fn items() -> Vec<CheckItem> {
    vec![
        said("summary", SUMMARY, "75,928.10", "1d:forming.c"),
        said("summary", SUMMARY, "75,000.00", "plan.entry_high"),
        said("case_long[0].says", LONG, "74,508", "1d:levels[S1].high"),
        priced("case_long[0].cites[0]", "74508", "1d:levels[S1].high"),
        CheckItem {
            status: CheckStatus::Repaired,
            was: Some("48.4".into()),
            ..said("case_short[0].says", SHORT, "44.5", "1d:indicators[2026-04-29].rsi14")
        },
        said("reasoning", REASONING, "71,900", "plan.stop"),
        priced("plan.entry_low", "74050", "1d:levels[S1]"),
        priced("plan.entry_high", "75000", "1d:levels[S1]"),
        priced("plan.stop", "71900", "1d:levels[S1].low"),
        priced("plan.targets[0].price", "79485.66", "1w:forming.h"),
        priced("plan.targets[1].price", "83822.76", "1d:barriers.up"),
        priced("invalidation.price", "72500", "1d:levels[S1].low"),
    ]
}

/// Counts what the items say.
pub(crate) fn recount(document: &mut RecommendationDocument) {
    let items = &document.checks.items;
    let count = |status| u32::try_from(items.iter().filter(|item| item.status == status).count()).unwrap();
    let checked = u32::try_from(items.len()).unwrap();
    let (repaired, unverified) = (count(CheckStatus::Repaired), count(CheckStatus::Unverified));
    let checks = &mut document.checks;
    (checks.checked, checks.verified) = (checked, checked - unverified);
    (checks.repaired, checks.unverified) = (repaired, unverified);
}

fn answer() -> Recommendation {
    let target = |price: &str, reference: &str| Target {
        price: decimal(price),
        fraction_pct: Decimal::from(50),
        reference: reference.into(),
    };
    let takeaway =
        |id: &str, bias, text: &str| Takeaway { report_id: id.parse().unwrap(), bias, takeaway: text.into() };
    Recommendation {
        sources: vec![
            takeaway("rep-1M-c41d09ab", Bias::Neutral, "No way from the month."),
            takeaway("rep-1w-8e02k7qd", Bias::Bullish, "A rebound."),
            takeaway("rep-1d-k2m4n6p8", Bias::Bullish, "Support holds."),
        ],
        conflicts: vec!["The month points no way, the week up.".into()],
        case_long: vec![argument(LONG, "1d:levels[S1].high", "74508")],
        case_short: vec![argument(SHORT, "1d:indicators[2026-04-29].rsi14", "44.5")],
        account_effect: "Size and exposure are unknown.".into(),
        direction: Direction::Long,
        plan: Plan {
            entry_low: Some(decimal("74050")),
            entry_high: Some(decimal("75000")),
            entry_ref: "1d:levels[S1]".into(),
            stop: Some(decimal("71900")),
            stop_ref: "1d:levels[S1].low".into(),
            targets: vec![target("79485.66", "1w:forming.h"), target("83822.76", "1d:barriers.up")],
            valid_hours: Some(72),
            horizon_days: Some(10),
        },
        invalidation: PlanEnd {
            reason: "Support would be lost.".into(),
            reference: "1d:levels[S1].low".into(),
            price: Some(decimal("72500")),
            close: CloseSide::Below,
            timeframe: Timeframe::Day,
        },
        change_mind: vec!["A week that closes under its average.".into()],
        probability: 55,
        reasoning: REASONING.into(),
        summary: SUMMARY.into(),
    }
}

/// A valid long of rules; nobody gave an account.
pub(crate) fn long() -> RecommendationDocument {
    let planned = |price: &str, r: &str| PlannedTarget {
        price: decimal(price),
        fraction_pct: Decimal::from(50),
        r: decimal(r),
    };
    let mut document = RecommendationDocument {
        schema: SCHEMA.into(),
        recommendation_id: "rec-5d20a7c1".parse().unwrap(),
        run_id: "r-7f3k9q2c".parse().unwrap(),
        step_id: "recommendation".parse().unwrap(),
        symbol: "BTCUSDT".parse().unwrap(),
        as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
        decided_at: "2026-04-30T04:00:00Z".parse().unwrap(),
        source: Source::Binance,
        venue: "binance".into(),
        market: "spot".into(),
        tick: decimal("0.01"),
        price_unit: "USDT".into(),
        last_price: decimal("75928.1"),
        atr: decimal("2000"),
        language: "en".into(),
        analyst: Analyst::Rules,
        llm_prompt_id: serde_json::from_str("\"recommendation@b7710e4d\"").unwrap(),
        llm_model_id: serde_json::from_str("\"analyst@3f9a12cc\"").unwrap(),
        llm_model: "rule-analyst".into(),
        source_report_id: vec![
            "rep-1d-k2m4n6p8".parse().unwrap(),
            "rep-1w-8e02k7qd".parse().unwrap(),
            "rep-1M-c41d09ab".parse().unwrap(),
        ],
        source_reports: vec![
            source(Timeframe::Day, "rep-1d-k2m4n6p8", Bias::Bullish, [49, 24, 27], "2026-04-29"),
            source(Timeframe::Week, "rep-1w-8e02k7qd", Bias::Bullish, [43, 27, 30], "2026-04-20"),
            source(Timeframe::Month, "rep-1M-c41d09ab", Bias::Neutral, [36, 26, 38], "2026-03"),
        ],
        beside: vec![source(
            Timeframe::Hour4,
            "rep-4h-x1y2z3w4",
            Bias::Bearish,
            [31, 20, 49],
            "2026-04-30T00:00",
        )],
        account: AccountState::NotProvided,
        account_ref: None,
        account_read_at: None,
        account_reason: None,
        costs: Costs { per_side: decimal("0.0015"), funding: Decimal::ZERO },
        contract: None,
        recommendation: answer(),
        plan: Some(PlanDocument {
            entry_low: decimal("74050"),
            entry_high: decimal("75000"),
            stop: decimal("71900"),
            targets: vec![planned("79485.66", "1.2812"), planned("83822.76", "2.5854")],
            enter_by: "2026-05-03T04:00:00Z".parse().unwrap(),
            hold_until: "2026-05-10T04:00:00Z".parse().unwrap(),
        }),
        geometry: Some(Geometry {
            entry: decimal("75000"),
            loss: decimal("3320.35"),
            reward_to_risk: decimal("1.9333"),
            first_reward_to_risk: decimal("1.2812"),
            expected_value: decimal("0.2547"),
            stop_atr: decimal("1.55"),
        }),
        broken: Vec::new(),
        size: None,
        size_reason: Some(NoSize::AccountNotProvided),
        conflicts: Vec::new(),
        strength: Strength {
            value: 52,
            agreement: 0.8,
            regime: 0.8,
            reward: 0.47,
            edge: 0.25,
            quality: 1.0,
            is_unsupported: false,
        },
        tools: Vec::new(),
        checks: Checks {
            checked: 0,
            verified: 0,
            repaired: 0,
            unverified: 0,
            key_order: true,
            items: items(),
        },
        trust: Trust::Ok,
    };
    recount(&mut document);
    document
}

/// The mirror of it on a perpetual contract, by a model, with an account that speaks against it.
pub(crate) fn short() -> RecommendationDocument {
    let mut document = long();
    (document.market, document.analyst, document.llm_model) =
        ("perp".into(), Analyst::Model, "gpt-5.2".into());
    (document.account, document.strength.value) = (AccountState::Provided, 74);
    document.account_read_at = Some("2026-04-30T04:00:58Z".parse().unwrap());
    document.conflicts = vec![Conflict::OppositePosition, Conflict::MissingStop];
    // by hand: 0.000001 x 75,000 at each of 10 x 24 / 8 fundings
    document.costs.funding = decimal("2.25");
    document.contract = Some(Contract {
        mean_funding: Some(decimal("-0.000001")),
        funding_interval_hours: Some(8),
        leverage: Some(Decimal::TEN),
        maintenance_margin: Some(decimal("0.004")),
        // 75,000 x 1.1 / 1.004
        liquidation: Some(decimal("82171.31474104")),
        is_held: false,
    });
    document.size_reason = None;
    document.size = Some(Size {
        quantity: decimal("0.03011"),
        notional: decimal("2258.25"),
        at_risk: decimal("99.97574"),
        risk_pct: Decimal::ONE,
        margin: Some(decimal("225.825")),
        is_bounded_by_funds: false,
    });
    let answer = &mut document.recommendation;
    answer.direction = Direction::Short;
    answer.summary = "A bounce is sold. Price is under the zone.".into();
    answer.invalidation.close = CloseSide::Above;
    (answer.invalidation.price, answer.plan.stop) = (Some(decimal("77600")), Some(decimal("78100")));
    document.checks.items.retain(|item| item.path.starts_with("case_"));
    recount(&mut document);
    let plan = document.plan.as_mut().unwrap();
    plan.stop = decimal("78100");
    for (target, price) in plan.targets.iter_mut().zip(["69514.34", "65177.24"]) {
        target.price = decimal(price);
    }
    document.geometry.as_mut().unwrap().entry = decimal("75000");
    document
}

/// One who stands aside.
pub(crate) fn aside() -> RecommendationDocument {
    let mut document = long();
    (document.plan, document.geometry, document.size_reason) = (None, None, None);
    document.strength.value = 0;
    let answer = &mut document.recommendation;
    answer.direction = Direction::StandAside;
    answer.summary = "Stand aside: month, week and day disagree. Nothing near pays.".into();
    (answer.plan, answer.invalidation, answer.probability) = (Plan::none(), PlanEnd::none(), 0);
    document.checks.items.retain(|item| item.path.starts_with("case_"));
    recount(&mut document);
    document
}

/// A plan that does not pay.
pub(crate) fn invalid() -> RecommendationDocument {
    let mut document = long();
    document.broken = vec![BrokenRule::RewardToRisk, BrokenRule::ExpectedValue];
    document.strength.value = 0;
    document
}
