//! Each rule by a table made by hand. The plan, unless a case says otherwise: long at 100 to 102, so entered at 102,
//! stop 98, a half each at 106 and 110; decided at midnight, 48 hours to enter.

use domain::recommendation::{Fill, Lifecycle, RecommendationState as State};

use super::*;

const DAY: &str = "2026-03-02T00:00:00Z";

fn long() -> Followed {
    plan(Side::Long, DAY, ("100", "102"), "98", &["106", "110"])
}

/// Nothing of the plan is touched.
const ABOVE: Option<[&str; 4]> = Some(["104", "105", "103", "104"]);
/// The zone is traded, and no more.
const ENTRY: Option<[&str; 4]> = Some(["104", "105", "101", "103"]);
/// It is held, and nothing happens.
const HELD: Option<[&str; 4]> = Some(["103", "105", "101", "104"]);

fn hour_of(index: i64) -> Timestamp {
    at(DAY) + SignedDuration::from_hours(index)
}

struct Wanted {
    state: State,
    since: i64,
    /// What closed each part, in which hour, and at what.
    exits: &'static [(State, i64, &'static str)],
    r: Option<&'static str>,
}

fn holds(followed: &Followed, bars: &[Option<[&str; 4]>], wanted: &Wanted) -> Lifecycle {
    let found = follow(followed, &hours(DAY, bars));
    assert_eq!((found.state, found.since), (wanted.state, hour_of(wanted.since)), "{found:#?}");
    let exits: Vec<_> = found.exits.iter().map(|exit| (exit.by, exit.at, exit.price)).collect();
    let exits_wanted: Vec<_> =
        wanted.exits.iter().map(|(by, index, price)| (*by, hour_of(*index), decimal(price))).collect();
    assert_eq!(exits, exits_wanted);
    assert_eq!(found.outcome.map(|outcome| outcome.r), wanted.r.map(decimal));
    found
}

#[test]
fn a_plan_waits_until_a_bar_trades_its_zone() {
    let waiting = Wanted { state: State::Waiting, since: 0, exits: &[], r: None };
    assert_eq!(holds(&long(), &[], &waiting).seen_until, None);
    let found = holds(&long(), &[ABOVE, ABOVE], &waiting);
    assert_eq!((found.seen_until, found.fill, found.mae_r), (Some(hour_of(2)), None, None));
    // its worst edge is the entry, though price came to 101 alone
    let filled = Wanted { state: State::Filled, since: 1, exits: &[], r: None };
    let found = holds(&long(), &[ABOVE, ENTRY], &filled);
    assert_eq!(found.fill, Some(Fill { at: hour_of(1), price: decimal("102") }));
    // 1 of the 4 at risk; how high it had been before the fill is nobody's gain
    assert_eq!((found.mae_r, found.mfe_r), (Some(decimal("0.25")), Some(Decimal::ZERO)));
}

#[test]
fn the_hour_of_the_decision_fills_nothing() {
    let late = Followed { decided_at: at("2026-03-02T00:02:24Z"), ..long() };
    let found = follow(&late, &hours(DAY, &[ENTRY, ABOVE]));
    assert_eq!((found.state, found.since), (State::Waiting, late.decided_at));
    let found = follow(&late, &hours(DAY, &[ABOVE, ENTRY]));
    assert_eq!((found.state, found.since), (State::Filled, hour_of(1)));
    // and a bar that had closed by then is of before
    let found = follow(&long(), &hours("2026-03-01T23:00:00Z", &[ENTRY]));
    assert_eq!((found.state, found.seen_until), (State::Waiting, None));
}

#[test]
fn a_bar_that_fills_and_stops_is_stopped() {
    let wide = Some(["104", "112", "98", "111"]);
    let exits = &[(State::Stopped, 0, "98")];
    let found = holds(&long(), &[wide], &Wanted { state: State::Stopped, since: 0, exits, r: Some("-1") });
    assert_eq!((found.mae_r, found.mfe_r), (Some(Decimal::ONE), Some(Decimal::ZERO)));
    assert_eq!(found.is_first_target_hit(), Some(false));
}

#[test]
fn targets_count_from_the_bar_after_the_fill() {
    let up = Some(["104", "111", "101", "105"]);
    holds(&long(), &[up, HELD], &Wanted { state: State::Filled, since: 0, exits: &[], r: None });
    let exits = &[(State::Target, 1, "106"), (State::Target, 1, "110")];
    // (4 / 2 + 8 / 2) / 4
    let found =
        holds(&long(), &[ENTRY, up], &Wanted { state: State::Target, since: 1, exits, r: Some("1.5") });
    assert_eq!(found.mfe_r, Some(decimal("2")), "not 111: it was closed at 110");
    assert_eq!((found.targets(), found.is_first_target_hit()), (2, Some(true)));
}

#[test]
fn a_bar_with_stop_and_target_is_stopped() {
    let wide = Some(["103", "110", "97.5", "109"]);
    let exits = &[(State::Stopped, 1, "98")];
    let found =
        holds(&long(), &[ENTRY, wide], &Wanted { state: State::Stopped, since: 1, exits, r: Some("-1") });
    assert_eq!(found.mfe_r, Some(Decimal::ZERO), "what may have come after the stop is nobody's gain");
}

#[test]
fn a_stop_is_filled_at_the_worse_of_stop_and_open() {
    // (96 - 102) / 4
    let gap = Some(["96", "97", "95", "96"]);
    let exits = &[(State::Stopped, 2, "96")];
    let wanted = Wanted { state: State::Stopped, since: 2, exits, r: Some("-1.5") };
    let found = holds(&long(), &[ENTRY, HELD, gap], &wanted);
    assert_eq!(found.mae_r, Some(decimal("1.5")), "not 95: it was closed at 96");
    // half was closed at 106 before: (4 / 2 - 6 / 2) / 4
    let up = Some(["104", "107", "103", "106"]);
    let exits = &[(State::Target, 1, "106"), (State::Stopped, 2, "96")];
    let wanted = Wanted { state: State::Stopped, since: 2, exits, r: Some("-0.25") };
    let found = holds(&long(), &[ENTRY, up, gap], &wanted);
    assert_eq!(found.exits.iter().map(|exit| exit.fraction_pct).sum::<Decimal>(), Decimal::ONE_HUNDRED);
    assert_eq!(found.is_first_target_hit(), Some(true));
}

#[test]
fn a_target_is_filled_at_its_price_though_a_bar_opens_beyond() {
    let gap = Some(["120", "121", "119", "120"]);
    let exits = &[(State::Target, 1, "106"), (State::Target, 1, "110")];
    holds(&long(), &[ENTRY, gap], &Wanted { state: State::Target, since: 1, exits, r: Some("1.5") });
}

#[test]
fn a_close_that_ends_it_closes_it_at_the_next_open() {
    let four = Followed { end: ending("103", CloseSide::Below, Timeframe::Hour4), ..long() };
    // under 103 within the interval is no close of it
    let low = Some(["103", "104", "99", "102.5"]);
    let next = Some(["102", "111", "97", "100"]);
    let filled = Wanted { state: State::Filled, since: 0, exits: &[], r: None };
    holds(&four, &[ENTRY, low, HELD, HELD, HELD], &filled);
    holds(&four, &[ENTRY, HELD, HELD, low], &filled);
    // its stop and both targets come later than its open
    let exits = &[(State::Invalidated, 4, "102")];
    let wanted = Wanted { state: State::Invalidated, since: 4, exits, r: Some("0") };
    holds(&four, &[ENTRY, HELD, HELD, low, next], &wanted);
    // the last hour of the interval is missing: what closed last is its close
    holds(&four, &[ENTRY, HELD, low, None, next], &wanted);
    // at 103 is not below it
    let level = Some(["103", "104", "99", "103"]);
    holds(&four, &[ENTRY, HELD, HELD, level, HELD], &filled);
}

#[test]
fn a_close_ends_a_plan_that_was_not_entered() {
    let four = Followed { end: ending("106", CloseSide::Above, Timeframe::Hour4), ..long() };
    let high = Some(["105", "107", "104", "106.5"]);
    let wanted = Wanted { state: State::Invalidated, since: 4, exits: &[], r: None };
    holds(&four, &[ABOVE, ABOVE, ABOVE, high], &wanted);
    holds(&four, &[ABOVE, ABOVE, high, None, ENTRY], &wanted);
    // the close of the interval in which it was decided came after
    let late = Followed { decided_at: at("2026-03-02T03:30:00Z"), ..four };
    let found = follow(&late, &hours("2026-03-02T03:00:00Z", &[high]));
    assert_eq!((found.state, found.since), (State::Invalidated, hour_of(4)));
    // and one that closed as it was decided is what it was decided by
    let after = Followed { decided_at: hour_of(4), ..late };
    let found = follow(&after, &hours("2026-03-02T03:00:00Z", &[high, ENTRY]));
    assert_eq!(found.state, State::Filled);
}

#[test]
fn the_horizon_closes_it_at_the_last_close_within() {
    let short_lived = Followed { hold_until: at("2026-03-02T03:30:00Z"), ..long() };
    // the bar that ends at 03:00 is the last within
    let exits = &[(State::Expired, 3, "104")];
    let wanted = Wanted { state: State::Expired, since: 3, exits, r: Some("0.5") };
    let found = holds(&short_lived, &[ENTRY, HELD, HELD], &wanted);
    assert_eq!(found.outcome.map(|outcome| outcome.hours), Some(3));
    assert_eq!(found.is_first_target_hit(), None);
    holds(&short_lived, &[ENTRY, HELD, HELD, Some(["90", "90", "90", "90"])], &wanted);
    // entered in the last bar there is, it is closed with it
    let exits = &[(State::Expired, 3, "103")];
    let wanted = Wanted { state: State::Expired, since: 3, exits, r: Some("0.25") };
    holds(&short_lived, &[ABOVE, ABOVE, ENTRY], &wanted);
    // nothing traded before the horizon: a bar that is missing is no price, the next is
    let exits = &[(State::Expired, 9, "105")];
    let wanted = Wanted { state: State::Expired, since: 9, exits, r: Some("0.75") };
    let later = Some(["105", "111", "97", "100"]);
    let halted = [ENTRY, HELD, None, None, None, None, None, None, None, later];
    holds(&short_lived, &halted, &wanted);
    holds(&short_lived, &halted[..9], &Wanted { state: State::Filled, since: 0, exits: &[], r: None });
}

#[test]
fn a_bar_that_opens_beyond_the_stop_misses_it() {
    let missed = Wanted { state: State::Missed, since: 1, exits: &[], r: None };
    holds(&long(), &[ABOVE, Some(["97", "103", "96", "102"])], &missed);
    holds(&long(), &[ABOVE, Some(["98", "103", "98", "102"])], &missed);
    // between stop and zone it waits for the zone
    let below = Some(["99", "99.5", "97", "99"]);
    holds(&long(), &[below], &Wanted { state: State::Waiting, since: 0, exits: &[], r: None });
    let back = Some(["99", "100", "99", "100"]);
    holds(&long(), &[below, back], &Wanted { state: State::Filled, since: 1, exits: &[], r: None });
}

#[test]
fn no_fill_within_its_hours_leaves_it_unfilled() {
    let four = Followed { enter_by: at("2026-03-02T04:00:00Z"), ..long() };
    let unfilled = Wanted { state: State::Unfilled, since: 4, exits: &[], r: None };
    holds(
        &four,
        &[ABOVE, ABOVE, ABOVE, ENTRY],
        &Wanted { state: State::Filled, since: 3, exits: &[], r: None },
    );
    holds(&four, &[ABOVE, ABOVE, ABOVE], &Wanted { state: State::Waiting, since: 0, exits: &[], r: None });
    holds(&four, &[ABOVE, ABOVE, ABOVE, ABOVE], &unfilled);
    holds(&four, &[ABOVE, ABOVE, ABOVE, ABOVE, ENTRY], &unfilled);
    holds(&four, &[ABOVE, None, None, None, ENTRY], &unfilled);
    // an hour that only began within may have traded the zone too late
    let half = Followed { enter_by: at("2026-03-02T03:30:00Z"), ..long() };
    let found = follow(&half, &hours(DAY, &[ABOVE, ABOVE, ABOVE, ENTRY]));
    assert_eq!((found.state, found.since), (State::Unfilled, half.enter_by));
    // after its horizon there is nothing to enter
    let brief = Followed { hold_until: at("2026-03-02T02:00:00Z"), ..long() };
    let found = follow(&brief, &hours(DAY, &[ABOVE, ABOVE, ENTRY]));
    assert_eq!((found.state, found.since), (State::Unfilled, hour_of(2)));
}

#[test]
fn an_hour_without_trades_has_no_price() {
    let mut bars = hours(DAY, &[ABOVE, Some(["97", "102", "97", "97"]), ABOVE]);
    bars[1].volume = Decimal::ZERO;
    let found = follow(&long(), &bars);
    assert_eq!((found.state, found.seen_until), (State::Waiting, Some(hour_of(3))));
    // held, it is neither stopped nor closed by one
    let mut bars = hours(DAY, &[ENTRY, Some(["97", "111", "97", "97"]), HELD]);
    bars[1].volume = Decimal::ZERO;
    assert_eq!(follow(&long(), &bars).state, State::Filled);
    // its time goes by all the same
    let brief = Followed { enter_by: hour_of(2), ..long() };
    let mut bars = hours(DAY, &[ABOVE, ENTRY]);
    bars[1].volume = Decimal::ZERO;
    let found = follow(&brief, &bars);
    assert_eq!((found.state, found.since), (State::Unfilled, hour_of(2)));
}

/// Entered at 102, closed at 106 and 110 after 1 and 25 of 240 hours, at 0.1 % a side and 4.8 of funding:
/// fees 0.001 x (102 + 108) = 0.21, funding 4.8 x (1 + 25) / 2 / 240 = 0.26, R (6 - 0.21 - 0.26) / 4.
#[test]
fn costs_are_taken_from_the_result() {
    let costs = Costs { per_side: decimal("0.001"), funding: decimal("4.8") };
    let mut bars = vec![ENTRY, Some(["104", "107", "103", "106"])];
    bars.extend([Some(["106", "107", "103", "106"]); 23]);
    bars.push(Some(["108", "110", "107", "109"]));
    let found = follow(&Followed { costs, ..long() }, &hours(DAY, &bars));
    let outcome = found.outcome.unwrap();
    assert_eq!(
        (outcome.gross, outcome.fees, outcome.funding),
        (decimal("6"), decimal("0.21"), decimal("0.26"))
    );
    assert_eq!((outcome.r, outcome.hours), (decimal("1.3825"), 25));
    // funding that would be received counts as none
    let costs = Costs { funding: decimal("-4.8"), ..costs };
    let outcome = follow(&Followed { costs, ..long() }, &hours(DAY, &bars)).outcome.unwrap();
    assert_eq!((outcome.funding, outcome.r), (Decimal::ZERO, decimal("1.4475")));
}

#[test]
fn numbers_that_do_not_fit_come_to_nothing() {
    let mut absurd = long();
    absurd.plan.targets = vec![Target { price: Decimal::MAX, fraction_pct: Decimal::ONE_HUNDRED }];
    absurd.costs.per_side = Decimal::MAX;
    let bars =
        [hour(hour_of(0), ["104", "105", "101", "103"].map(decimal)), hour(hour_of(1), [Decimal::MAX; 4])];
    let found = follow(&absurd, &bars);
    assert_eq!((found.state, found.outcome), (State::Target, None));
}
