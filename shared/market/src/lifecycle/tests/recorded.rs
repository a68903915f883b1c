//! Plans on the exchange's own hours of SOLUSDT. What they came to was read off the bars and calculated by hand.

use domain::recommendation::RecommendationState as State;

use super::*;
use crate::recorded::series;

/// What was read off the bars of a plan.
struct Read {
    plan: Followed,
    state: State,
    since: &'static str,
    fill: Option<(&'static str, &'static str)>,
    exits: &'static [(&'static str, &'static str)],
    /// R, MFE, MAE.
    r: Option<[&'static str; 3]>,
}

/// At 0.15 % a side.
fn with_costs(plan: Followed) -> Followed {
    Followed { costs: Costs { per_side: decimal("0.0015"), funding: Decimal::ZERO }, ..plan }
}

fn plans() -> Vec<Read> {
    let long = |decided_at, zone, stop, targets: &[&str]| {
        with_costs(plan(Side::Long, decided_at, zone, stop, targets))
    };
    let four = Timeframe::Hour4;
    vec![
        // the hour of 09:00 trades down to 82.87, that of 17:00 up to 85.14, that of 18:00 a day later up to 89.09;
        // (0.9 + 2.4 - 0.0015 x (83.2 + 86.5)) / 1.7
        Read {
            plan: long("2026-04-15T09:00:00Z", ("82.8", "83.2"), "81.5", &["85", "88"]),
            state: State::Target,
            since: "2026-04-16T18:00:00Z",
            fill: Some(("2026-04-15T09:00:00Z", "83.2")),
            exits: &[("2026-04-15T17:00:00Z", "85"), ("2026-04-16T18:00:00Z", "88")],
            r: Some(["1.7914", "2.8235", "0.1941"]),
        },
        // the hour of 16:00, which traded up to 87.09, had begun; the next one reaches 86.78, the one after 89.09;
        // (-2 - 0.0015 x (86.5 + 88.5)) / 2
        Read {
            plan: with_costs(plan(Side::Short, "2026-04-16T16:02:00Z", ("86.5", "87.2"), "88.5", &["83"])),
            state: State::Stopped,
            since: "2026-04-16T18:00:00Z",
            fill: Some(("2026-04-16T17:00:00Z", "86.5")),
            exits: &[("2026-04-16T18:00:00Z", "88.5")],
            r: Some(["-1.1312", "0", "1"]),
        },
        // no hour of 20 and 21 April trades under 83.34
        Read {
            plan: long("2026-04-20T00:00:00Z", ("80", "81"), "79", &["90"]),
            state: State::Unfilled,
            since: "2026-04-22T00:00:00Z",
            fill: None,
            exits: &[],
            r: None,
        },
        // the bar of 12:00 to 16:00 closes at 83.26, the next hour opens at 83.25; the lowest before is 83.00;
        // (-1.95 - 0.0015 x (85.2 + 83.25)) / 4.2
        Read {
            plan: Followed {
                end: ending("83.3", CloseSide::Below, four),
                ..long("2026-04-29T10:00:00Z", ("84.6", "85.2"), "81", &["90"])
            },
            state: State::Invalidated,
            since: "2026-04-29T16:00:00Z",
            fill: Some(("2026-04-29T10:00:00Z", "85.2")),
            exits: &[("2026-04-29T16:00:00Z", "83.25")],
            r: Some(["-0.5244", "0", "0.5238"]),
        },
        // held for a day between 85.53 and 86.80, whose last hour closes at 86.18;
        // (-0.02 - 0.0015 x (86.2 + 86.18)) / 2.2
        Read {
            plan: Followed {
                hold_until: at("2026-04-26T00:00:00Z"),
                ..long("2026-04-25T00:00:00Z", ("86", "86.2"), "84", &["90"])
            },
            state: State::Expired,
            since: "2026-04-26T00:00:00Z",
            fill: Some(("2026-04-25T00:00:00Z", "86.2")),
            exits: &[("2026-04-26T00:00:00Z", "86.18")],
            r: Some(["-0.1266", "0.2727", "0.3045"]),
        },
    ]
}

#[test]
fn plans_on_recorded_hours_come_to_what_their_bars_say() {
    let test = "plans_on_recorded_hours_come_to_what_their_bars_say";
    let Some(hours) = series("SOLUSDT", Timeframe::Hour, test) else { return };
    for read in plans() {
        let found = follow(&read.plan, &hours);
        assert_eq!((found.state, found.since), (read.state, at(read.since)), "{found:#?}");
        assert_eq!(found.fill.map(|fill| (fill.at, fill.price)), read.fill.map(|(t, p)| (at(t), decimal(p))));
        let exits: Vec<_> = found.exits.iter().map(|exit| (exit.at, exit.price)).collect();
        let wanted: Vec<_> = read.exits.iter().map(|(time, price)| (at(time), decimal(price))).collect();
        assert_eq!(exits, wanted);
        let r = found.outcome.map(|outcome| outcome.r).zip(found.mfe_r).zip(found.mae_r);
        let r = r.map(|((r, mfe), mae)| [r, mfe, mae]);
        assert_eq!(r, read.r.map(|r| r.map(decimal)));
    }
}

/// The exchange was down from 01:00 on 8 February 2018 for 33 hours: nothing of that time enters or closes a plan.
#[test]
fn an_outage_is_no_event() {
    let Some(hours) = series("BTCUSDT", Timeframe::Hour, "an_outage_is_no_event") else { return };
    let seen = |plan: &Followed, until: &str| {
        let until = at(until);
        let before: Vec<Candle> = hours.iter().filter(|bar| bar.open_time < until).cloned().collect();
        follow(plan, &before)
    };
    let mut waiting = plan(Side::Long, "2018-02-08T00:00:00Z", ("1000", "1001"), "900", &["2000"]);
    waiting.enter_by = at("2018-02-08T12:00:00Z");
    assert_eq!(seen(&waiting, "2018-02-09T09:00:00Z").state, State::Waiting, "nobody knows yet");
    let found = seen(&waiting, "2018-02-10T00:00:00Z");
    assert_eq!((found.state, found.since), (State::Unfilled, waiting.enter_by));
}
