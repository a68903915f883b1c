use domain::recommendation::{Lifecycle, RecommendationState as State};
use proptest::prelude::*;

use super::*;

const DECIDED: &str = "2026-03-02T00:20:00Z";

/// An hour: how far its open lies from the close before, its high, low and close from its open, in ticks; whether it
/// is there, and whether it traded.
type Step = (i64, i64, i64, i64, u8);

fn walk(steps: &[Step]) -> Vec<Candle> {
    let mut close = 1_040;
    let first = at("2026-03-02T00:00:00Z");
    let price = |ticks: i64| Decimal::new(ticks, 1);
    let mut bars = Vec::new();
    for (index, (gap, up, down, to, kind)) in steps.iter().enumerate() {
        let open = (close + gap).max(200);
        let (high, low) = (open + up, open - down);
        close = (open + to).clamp(low, high);
        let mut bar = hour(
            first + SignedDuration::from_hours(index as i64),
            [price(open), price(high), price(low), price(close)],
        );
        if *kind == 1 {
            bar.volume = Decimal::ZERO;
        }
        if *kind != 2 {
            bars.push(bar);
        }
    }
    bars
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![8 => Just(0_u8), 1 => Just(1_u8), 1 => Just(2_u8)];
    let gap = prop_oneof![6 => Just(0_i64), 1 => -40_i64..40];
    proptest::collection::vec((gap, 0_i64..30, 0_i64..30, -30_i64..30, kind), 0..60)
}

fn followed() -> impl Strategy<Value = Followed> {
    let close = prop_oneof![Just(None), Just(Some(CloseSide::Above)), Just(Some(CloseSide::Below))];
    (any::<bool>(), 4_i64..40, 24_i64..50, close, 1_000_i64..1_080).prop_map(
        |(is_long, valid, hold, close, end)| {
            let decided_at = at(DECIDED);
            let plan = match is_long {
                true => plan(Side::Long, DECIDED, ("102", "103"), "100", &["106", "109"]),
                false => plan(Side::Short, DECIDED, ("105", "106"), "108", &["102", "99"]),
            };
            Followed {
                enter_by: decided_at + SignedDuration::from_hours(valid),
                hold_until: decided_at + SignedDuration::from_hours(hold),
                end: close.map(|close| EndingClose {
                    price: Decimal::new(end, 1),
                    close,
                    timeframe: Timeframe::Hour4,
                }),
                ..plan
            }
        },
    )
}

proptest! {
    #[test]
    fn what_has_ended_stays_as_it_ended(followed in followed(), steps in steps()) {
        let bars = walk(&steps);
        let mut last: Option<Lifecycle> = None;
        for seen in 0..=bars.len() {
            let found = follow(&followed, &bars[..seen]);
            if let Some(last) = last {
                let rank = |state: State| match state {
                    State::Waiting => 0,
                    State::Filled => 1,
                    _ => 2,
                };
                prop_assert!(rank(found.state) >= rank(last.state), "{:?} after {:?}", found.state, last.state);
                if last.state.is_terminal() {
                    prop_assert_eq!(&found, &last);
                }
                prop_assert!(last.fill.is_none() || last.fill == found.fill);
                prop_assert!(found.exits.starts_with(&last.exits));
            }
            last = Some(found);
        }
    }

    #[test]
    fn events_stand_in_their_order(followed in followed(), steps in steps()) {
        let found = follow(&followed, &walk(&steps));
        let was_held = matches!(
            found.state,
            State::Filled | State::Target | State::Stopped | State::Expired
        );
        prop_assert!(!was_held || found.fill.is_some());
        prop_assert!(!matches!(found.state, State::Waiting | State::Unfilled | State::Missed) || found.fill.is_none());
        prop_assert_eq!(found.outcome.is_some(), found.fill.is_some() && found.state.is_terminal());
        let Some(fill) = found.fill else {
            prop_assert!(found.exits.is_empty() && found.mfe_r.is_none() && found.mae_r.is_none());
            return Ok(());
        };
        prop_assert!(fill.at >= followed.decided_at);
        prop_assert!(Timeframe::Hour.next_open(fill.at) <= followed.enter_by);
        let times: Vec<_> = std::iter::once(fill.at).chain(found.exits.iter().map(|exit| exit.at)).collect();
        prop_assert!(times.is_sorted(), "{:?}", times);
        let targets = found.exits.iter().filter(|exit| exit.by == State::Target);
        prop_assert!(targets.clone().all(|exit| exit.at > fill.at));
        prop_assert!(targets.map(|exit| exit.target).eq((1..=found.targets()).map(Some)));
        let closed: Decimal = found.exits.iter().map(|exit| exit.fraction_pct).sum();
        prop_assert_eq!(closed == Decimal::ONE_HUNDRED, found.state.is_terminal());
        prop_assert!(found.mfe_r.is_some_and(|r| r >= Decimal::ZERO));
        prop_assert!(found.mae_r.is_some_and(|r| r >= Decimal::ZERO));
        if let Some(outcome) = found.outcome {
            prop_assert!(Some(outcome.r) <= found.mfe_r, "no more is made than price offered");
            prop_assert!(Some(-outcome.r) <= found.mae_r, "and no more is lost without costs");
            if let Some(hour) = found.exits.iter().find(|exit| exit.by == State::Stopped) {
                prop_assert!((hour.price - followed.plan.stop) * followed.plan.side.sign() <= Decimal::ZERO);
            }
        }
    }

    /// A short is a long in a market turned upside down.
    #[test]
    fn a_short_is_the_mirror_of_a_long(followed in followed(), steps in steps()) {
        let turned = |price: Decimal| Decimal::from(400) - price;
        let mut mirror = followed.clone();
        mirror.plan.side = if followed.plan.side == Side::Long { Side::Short } else { Side::Long };
        (mirror.plan.entry_low, mirror.plan.entry_high) =
            (turned(followed.plan.entry_high), turned(followed.plan.entry_low));
        mirror.plan.stop = turned(followed.plan.stop);
        for target in &mut mirror.plan.targets {
            target.price = turned(target.price);
        }
        if let Some(end) = &mut mirror.end {
            end.price = turned(end.price);
            end.close = if end.close == CloseSide::Above { CloseSide::Below } else { CloseSide::Above };
        }
        let bars = walk(&steps);
        let other: Vec<Candle> = bars
            .iter()
            .map(|bar| Candle {
                open: turned(bar.open),
                high: turned(bar.low),
                low: turned(bar.high),
                close: turned(bar.close),
                ..bar.clone()
            })
            .collect();
        let (found, mirrored) = (follow(&followed, &bars), follow(&mirror, &other));
        prop_assert_eq!((found.state, found.since), (mirrored.state, mirrored.since));
        prop_assert_eq!((found.mfe_r, found.mae_r), (mirrored.mfe_r, mirrored.mae_r));
        prop_assert_eq!(found.outcome, mirrored.outcome);
    }
}
