use proptest::prelude::*;

use super::*;

const BEGIN: &str = "2026-03-02T00:00:00Z";

fn hours(hours: i64) -> Timestamp {
    BEGIN.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

/// A plan around 100 with an ATR of 10.
fn proposal(side: Side, strength: u8, entry: i64, stop: i64) -> Proposal {
    Proposal {
        side,
        strength,
        entry: Decimal::from(entry),
        stop: Decimal::from(stop),
        atr: Decimal::from(10),
    }
}

fn look(at: i64, proposal: Proposal) -> Look {
    Look { at: hours(at), proposal: Ok(proposal), is_trusted: true, unfit: None }
}

fn long(at: i64, strength: u8) -> Look {
    look(at, proposal(Side::Long, strength, 100, 90))
}

fn short(at: i64, strength: u8) -> Look {
    look(at, proposal(Side::Short, strength, 100, 110))
}

/// The verdicts of looks, one after the other.
fn verdicts(looks: &[Look]) -> Vec<Verdict> {
    let mut watch = Watch::default();
    let mut all = Vec::new();
    for look in looks {
        let (after, verdict) = decide(&watch, look, &Rules::default());
        watch = after;
        all.push(verdict);
    }
    all
}

#[test]
fn a_plan_is_told_from_the_alert_line_on() {
    assert_eq!(verdicts(&[long(0, 69)]), [Verdict::Held(Held::Weak)]);
    assert_eq!(verdicts(&[long(0, 70)]), [Verdict::New]);
    let untrusted = Look { is_trusted: false, ..long(0, 100) };
    assert_eq!(verdicts(&[untrusted]), [Verdict::Held(Held::Untrusted)]);
    let halted = Look { unfit: Some(Unfit::Halted), ..long(0, 100) };
    assert_eq!(verdicts(&[halted]), [Verdict::Held(Held::Unfit(Unfit::Halted))]);
    for held in [Held::Aside, Held::Invalid] {
        let none = Look { proposal: Err(held), ..long(0, 0) };
        assert_eq!(verdicts(&[none]), [Verdict::Held(held)]);
    }
}

/// A signal about the line is told once: 69 and 70 in turn are no news, 59 is the end of the first.
#[test]
fn a_plan_is_told_again_once_it_was_gone_and_the_pause_is_over() {
    let told = Verdict::Held(Held::Told);
    assert_eq!(
        verdicts(&[long(0, 70), long(4, 69), long(8, 70), long(80, 70)]),
        [Verdict::New, Verdict::Held(Held::Weak), told, told]
    );
    assert_eq!(
        verdicts(&[long(0, 70), long(4, 59), long(71, 70), long(72, 70)]),
        [Verdict::New, Verdict::Held(Held::Weak), Verdict::Held(Held::Pause), Verdict::New]
    );
    let (watch, _) = decide(&Watch::default(), &long(0, 70), &Rules::default());
    let ended = watch.ended(Side::Long);
    assert_eq!(decide(&ended, &long(71, 70), &Rules::default()).1, Verdict::Held(Held::Pause));
    assert_eq!(decide(&ended, &long(72, 70), &Rules::default()).1, Verdict::New);
}

/// By an ATR of 10: an entry 10 away is the same plan and 11 another, a stop 5 away the same and 6 another.
#[test]
fn a_plan_that_moved_is_told_as_an_update_once_in_the_pause() {
    let moved = |at, entry, stop| look(at, proposal(Side::Long, 75, entry, stop));
    assert_eq!(verdicts(&[long(0, 70), moved(4, 110, 95)])[1], Verdict::Held(Held::Told));
    assert_eq!(verdicts(&[long(0, 70), moved(4, 111, 90)])[1], Verdict::Update);
    assert_eq!(verdicts(&[long(0, 70), moved(4, 100, 84)])[1], Verdict::Update);
    assert_eq!(
        verdicts(&[
            long(0, 70),
            moved(4, 111, 90),
            moved(8, 122, 90),
            moved(75, 122, 90),
            moved(76, 122, 90)
        ]),
        [
            Verdict::New,
            Verdict::Update,
            Verdict::Held(Held::Pause),
            Verdict::Held(Held::Pause),
            Verdict::Update
        ]
    );
}

#[test]
fn the_other_direction_waits_for_the_plans_end() {
    let (watch, _) = decide(&Watch::default(), &long(0, 80), &Rules::default());
    let (watch, verdict) = decide(&watch, &short(500, 90), &Rules::default());
    assert_eq!(verdict, Verdict::Held(Held::OppositeOpen));
    assert_eq!(decide(&watch.ended(Side::Long), &short(504, 90), &Rules::default()).1, Verdict::New);
}

/// A look that cannot be relied on does not make the plan told before gone.
#[test]
fn a_bad_look_forgets_nothing() {
    let bad = [Look { is_trusted: false, ..long(4, 10) }, Look { unfit: Some(Unfit::Stale), ..long(8, 10) }];
    let looks = [long(0, 80), bad[0], bad[1], long(100, 80)];
    assert_eq!(verdicts(&looks)[3], Verdict::Held(Held::Told));
}

/// What a document of a watch says is what was kept in it.
#[test]
fn a_watch_survives_its_document() {
    let (watch, _) = decide(&Watch::default(), &long(0, 80), &Rules::default());
    let text = serde_json::to_string(&watch).unwrap();
    assert_eq!(serde_json::from_str::<Watch>(&text).unwrap(), watch);
    assert_eq!(serde_json::from_str::<Watch>("{}").unwrap(), Watch::default());
}

/// What happens to a symbol: hours pass, then a look, or a plan's end.
#[derive(Debug, Clone)]
enum Event {
    Look { after: i64, side: Option<Side>, strength: u8, moved: (i64, i64), bad: u8 },
    End(Side),
}

fn event() -> impl Strategy<Value = Event> {
    let side = prop_oneof![Just(Side::Long), Just(Side::Short)];
    let some = prop_oneof![6 => side.clone().prop_map(Some), 1 => Just(None)];
    let strength = prop_oneof![4 => 55_u8..80, 1 => 0_u8..=100];
    let looks = (0_i64..60, some, strength, (-25_i64..25, -12_i64..12), 0_u8..12);
    prop_oneof![
        8 => looks.prop_map(|(after, side, strength, moved, bad)| Event::Look { after, side, strength, moved, bad }),
        1 => side.prop_map(Event::End),
    ]
}

/// What was told, kept beside the machine in another form: the list of all notices and ends.
#[derive(Default)]
struct Trace {
    notices: Vec<(Proposal, Timestamp, bool)>,
    /// By notice: whether the signal was under 60 since, and whether the plan ended.
    gone: Vec<(bool, bool)>,
}

impl Trace {
    fn last(&self, side: Side) -> Option<usize> {
        self.notices.iter().rposition(|(proposal, ..)| proposal.side == side)
    }

    fn note(&mut self, look: &Look) {
        for side in [Side::Long, Side::Short] {
            let strength = look.proposal.ok().filter(|p| p.side == side).map_or(0, |p| p.strength);
            if let Some(last) = self.last(side).filter(|_| strength < 60) {
                self.gone[last].0 = true;
            }
        }
    }

    /// Holds a verdict against analysis.md, section 4.
    fn check(&mut self, look: &Look, verdict: Verdict) {
        let is_good = look.is_trusted && look.unfit.is_none();
        if is_good {
            self.note(look);
        }
        let strong = look.proposal.ok().filter(|proposal| is_good && proposal.strength >= 70);
        let Some(proposal) = strong else {
            assert!(matches!(verdict, Verdict::Held(_)), "{look:?} {verdict:?}");
            return;
        };
        let waits = self.last(opposite(proposal.side)).is_some_and(|last| !self.gone[last].1);
        let last = self.last(proposal.side);
        let since = |at: Timestamp| look.at.duration_since(at) >= SignedDuration::from_hours(72);
        let updated = self.notices.iter().rfind(|(p, _, is_update)| p.side == proposal.side && *is_update);
        let may_update = updated.is_none_or(|(_, at, _)| since(*at));
        let expected = match last.map(|last| (self.notices[last], self.gone[last])) {
            _ if waits => None,
            None => Some(Verdict::New),
            Some(((_, at, _), (was_weak, has_ended))) if was_weak || has_ended => {
                since(at).then_some(Verdict::New)
            }
            Some(((before, ..), _)) => {
                let entry = (proposal.entry - before.entry).abs() > Decimal::from(10);
                let stop = (proposal.stop - before.stop).abs() > Decimal::from(5);
                ((entry || stop) && may_update).then_some(Verdict::Update)
            }
        };
        match expected {
            Some(expected) => {
                assert_eq!(verdict, expected, "{look:?}");
                self.notices.push((proposal, look.at, verdict == Verdict::Update));
                self.gone.push((false, false));
            }
            None => assert!(matches!(verdict, Verdict::Held(_)), "{look:?} {verdict:?}"),
        }
    }
}

proptest! {
    /// Whatever comes in whatever order, a notice goes out where analysis.md has one go out and nowhere else, and no
    /// look is told twice.
    #[test]
    fn notices_are_those_of_the_contract(events in proptest::collection::vec(event(), 1..80)) {
        let rules = Rules::default();
        let (mut watch, mut trace, mut at) = (Watch::default(), Trace::default(), 0);
        for event in events {
            match event {
                Event::End(side) => {
                    watch = watch.ended(side);
                    if let Some(last) = trace.last(side) {
                        trace.gone[last].1 = true;
                    }
                }
                Event::Look { after, side, strength, moved, bad } => {
                    at += after;
                    let proposal = side.map(|side| proposal(side, strength, 100 + moved.0, 100 + moved.1));
                    let look = Look {
                        at: hours(at),
                        proposal: proposal.ok_or(Held::Aside),
                        is_trusted: bad != 1,
                        unfit: (bad == 2).then_some(Unfit::Returned),
                    };
                    let (after, verdict) = decide(&watch, &look, &rules);
                    trace.check(&look, verdict);
                    let (_, twice) = decide(&after, &look, &rules);
                    prop_assert!(matches!(twice, Verdict::Held(_)), "told twice: {look:?}");
                    watch = after;
                }
            }
        }
    }
}
