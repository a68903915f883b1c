mod store;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use store::{Fault, Shelf};

use super::*;

const INSTANCES: usize = 3;

fn cents(cents: u32) -> Decimal {
    Decimal::new(i64::from(cents), 2)
}

fn at(day: i8) -> Timestamp {
    format!("2026-04-{day:02}T12:00:00Z").parse().unwrap()
}

fn by(fence: u64, at: Timestamp) -> By<'static> {
    By { run_id: "r-1", step_id: "1w-report", fence, at }
}

/// Reserves, once, for calls that end with a lease of ten minutes.
async fn reserve(budget: &Budget, shelf: &Shelf, by: &By<'_>, usd: Decimal) -> Result<Reserved, BudgetError> {
    budget.reserve_by(shelf, by, usd, by.at + LEASE).await
}

/// Drives a future to its end: nothing here waits for anything but its turn.
fn ended<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    loop {
        if let Poll::Ready(output) = turn(&mut future) {
            return output;
        }
    }
}

fn turn<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_day_of_many_entries_is_as_good_as_one_of_few() {
    let shelf = Shelf::default();
    for runs in 1..=40_u32 {
        // a process each: 70 cents reserved, 2 spent
        let budget = Budget::new(cents(200));
        let by = by(u64::from(runs), at(1));
        let reserved = ended(reserve(&budget, &shelf, &by, cents(70))).unwrap();
        ended(budget.settle_by(&shelf, &by, reserved, cents(2))).unwrap();
        assert_eq!(shelf.entries(), 2 * runs as usize);
        let left = cents(200 - 2 * runs);
        let by = By { run_id: "r-2", ..by };
        let all = ended(reserve(&Budget::new(cents(200)), &shelf.copy(), &by, left));
        assert!(all.is_ok(), "{left} are left after {runs} runs");
        let more = ended(reserve(&Budget::new(cents(200)), &shelf.copy(), &by, left + cents(1)));
        assert!(matches!(more, Err(BudgetError::Spent { .. })), "and no more");
    }
}

#[test]
fn a_day_begun_in_blocks_goes_on_from_them() {
    let shelf = Shelf::default();
    for block in 0..150 {
        shelf.set(&format!("budget/2026-04-01/{block}.json"), br#"{"v":1,"usd":"0.01"}"#);
    }
    let budget = Budget::new(cents(200));
    let beyond = ended(reserve(&budget, &shelf, &by(1, at(1)), cents(51)));
    assert!(matches!(beyond, Err(BudgetError::Spent { .. })));
    assert!(ended(reserve(&budget, &shelf, &by(1, at(1)), cents(50))).is_ok());
}

/// At the default ceiling forty-one steps at 48 cents fill a day before any of them has spent one.
#[test]
fn what_is_open_stands_in_the_way_and_only_what_is_spent_refuses() {
    let shelf = Shelf::default();
    let budget = Budget::new(cents(2_000));
    let now = |fence: u64| by(fence, at(1));
    let ask = |fence: u64, usd: u32| ended(reserve(&budget, &shelf, &now(fence), cents(usd)));
    let open: Vec<_> = (1..=41).map(|fence| ask(fence, 48).unwrap()).collect();
    assert!(matches!(ask(42, 48), Err(BudgetError::Taken { .. })), "19.68 are reserved, nothing is spent");
    assert!(matches!(ask(42, 2_001), Err(BudgetError::Spent { .. })), "more than a day has never fits");
    // one of them cost a cent: 0.01 + 40 x 0.48 + 0.48 are within 20
    ended(budget.settle_by(&shelf, &now(1), open[0], cents(1))).unwrap();
    let next = ask(42, 48).unwrap();
    assert!(matches!(ask(43, 48), Err(BudgetError::Taken { .. })));
    // all others cost what they may: 0.01 + 41 x 0.48 = 19.69 are spent
    for (fence, reserved) in (2..).zip(open[1..].iter().chain([&next])) {
        ended(budget.settle_by(&shelf, &now(fence), *reserved, cents(48))).unwrap();
    }
    assert!(matches!(ask(43, 32), Err(BudgetError::Spent { .. })));
    assert!(ask(43, 31).is_ok());
}

#[test]
fn what_a_killed_process_reserved_counts_as_spent_once_its_lease_has_ended() {
    let shelf = Shelf::default();
    let reserved = ended(reserve(&Budget::new(cents(100)), &shelf, &by(1, at(1)), cents(70)));
    assert!(reserved.is_ok());
    let later = |seconds: i64, usd: u32| {
        let by = by(2, at(1) + SignedDuration::from_secs(seconds));
        ended(reserve(&Budget::new(cents(100)), &shelf.copy(), &by, cents(usd)))
    };
    assert!(matches!(later(599, 31), Err(BudgetError::Taken { .. })));
    assert!(matches!(later(600, 31), Err(BudgetError::Spent { .. })));
    assert!(later(600, 30).is_ok());
}

/// What other versions of this one write and read: no more than `v`, `usd` and `total` are needed.
#[test]
fn entries_of_both_forms_are_one_day() {
    let shelf = Shelf::default();
    shelf.set("budget/2026-04-01/0.json", br#"{"v":2,"kind":"reserved","usd":"1.50","total":"1.50"}"#);
    let budget = Budget::new(cents(200));
    let beyond = ended(reserve(&budget, &shelf, &by(1, at(1)), cents(51)));
    assert!(matches!(beyond, Err(BudgetError::Spent { .. })), "what does not say that it is open is spent");
    assert!(ended(reserve(&budget, &shelf, &by(1, at(1)), cents(20))).is_ok());
    let written = shelf.text("budget/2026-04-01/1.json");
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(
        written,
        serde_json::json!({
            "v": 2, "kind": "reserved", "usd": "0.20", "total": "1.70", "open": {"2026-04-01T12:10:00Z": "0.20"},
            "run_id": "r-1", "step_id": "1w-report", "fence": 1, "at": "2026-04-01T12:00:00Z"
        })
    );
    // an instance of the other form goes on from it, and this one from that
    shelf.set("budget/2026-04-01/2.json", br#"{"v":2,"kind":"settled","usd":"-0.10","total":"1.60"}"#);
    assert!(ended(reserve(&budget, &shelf, &by(2, at(1)), cents(40))).is_ok());
}

#[test]
fn a_newer_versions_day_is_left_alone() {
    let shelf = Shelf::default();
    shelf.set("budget/2026-04-01/0.json", br#"{"v":3,"usd":"0.01"}"#);
    let reserved = ended(reserve(&Budget::new(cents(200)), &shelf, &by(1, at(1)), cents(1)));
    assert!(matches!(reserved, Err(BudgetError::Store(StoreError::Newer { found: 3, .. }))));
}

#[derive(Debug, Clone)]
enum Event {
    /// An idle instance begins to reserve.
    Reserve { instance: usize, day: i8, cents: u32 },
    /// An idle instance begins to settle what it has reserved.
    Settle { instance: usize, spent_percent: u32 },
    /// An instance comes as far as its next read or write.
    Turn { instance: usize },
    /// The next write of any instance fails.
    Fault(Fault),
    /// An instance is killed, and another one begins in its place.
    Die { instance: usize },
    /// Time passes.
    Pass { minutes: i64 },
}

fn event() -> impl Strategy<Value = Event> {
    let instance = 0..INSTANCES;
    prop_oneof![
        6 => (instance.clone(), 1..3_i8, 0..400_u32)
            .prop_map(|(instance, day, cents)| Event::Reserve { instance, day, cents }),
        6 => (instance.clone(), 0..=150_u32)
            .prop_map(|(instance, spent_percent)| Event::Settle { instance, spent_percent }),
        40 => instance.clone().prop_map(|instance| Event::Turn { instance }),
        1 => prop_oneof![Just(Fault::Lost), Just(Fault::Unknown), Just(Fault::Repeated)].prop_map(Event::Fault),
        1 => instance.prop_map(|instance| Event::Die { instance }),
        // two hundred of them end within the day
        1 => (0..4_i64).prop_map(|minutes| Event::Pass { minutes }),
    ]
}

type Work<T> = Pin<Box<dyn Future<Output = T>>>;

enum Doing {
    Nothing,
    Reserving { date: Date, usd: Decimal, work: Work<Result<Reserved, BudgetError>> },
    Calling { reserved: Reserved },
    Settling { reserved: Reserved, spent: Decimal, work: Work<Result<(), StoreError>> },
}

struct Instance {
    budget: Arc<Budget>,
    doing: Doing,
}

/// What a day has come to, by the instances' own word.
#[derive(Default, Clone, Copy)]
struct Sum {
    /// Reserved, or spent once it is settled.
    held: Decimal,
    /// At most so much more was reserved by instances that were killed, or could not settle.
    lost: Decimal,
    /// Surely spent by calls that are over.
    spent: Decimal,
}

struct World {
    limit: Decimal,
    shelf: Arc<Shelf>,
    instances: Vec<Instance>,
    days: BTreeMap<Date, Sum>,
    fences: u64,
    passed: SignedDuration,
}

impl World {
    fn new(limit: Decimal) -> Self {
        let instance = || Instance { budget: Arc::new(Budget::new(limit)), doing: Doing::Nothing };
        Self {
            limit,
            shelf: Arc::default(),
            instances: std::iter::repeat_with(instance).take(INSTANCES).collect(),
            days: BTreeMap::new(),
            fences: 0,
            passed: SignedDuration::ZERO,
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Reserve { instance, day, cents: amount } => {
                self.reserve(instance, self.now(at(day)), cents(amount));
            }
            Event::Settle { instance, spent_percent } => self.settle(instance, spent_percent),
            Event::Turn { instance } => self.turn(instance),
            Event::Fault(fault) => self.shelf.fails_next(fault),
            Event::Die { instance } => self.die(instance),
            Event::Pass { minutes } => self.passed += SignedDuration::from_mins(minutes),
        }
    }

    /// The time, on the day that began the world at `noon`.
    fn now(&self, noon: Timestamp) -> Timestamp {
        noon + self.passed
    }

    /// What of a day's reservations is surely open: held by live instances whose leases have not ended, USD.
    fn open(&self, date: Date) -> Decimal {
        let now = self.now(at(date.day()));
        let open = self.instances.iter().filter_map(|instance| match instance.doing {
            Doing::Calling { reserved } | Doing::Settling { reserved, .. } => Some(reserved),
            Doing::Nothing | Doing::Reserving { .. } => None,
        });
        open.filter(|open| open.date == date && open.until > now).map(|open| open.usd).sum()
    }

    fn reserve(&mut self, instance: usize, at: Timestamp, usd: Decimal) {
        self.fences += 1;
        let (fence, shelf) = (self.fences, self.shelf.clone());
        let this = &mut self.instances[instance];
        if matches!(this.doing, Doing::Nothing) {
            let budget = this.budget.clone();
            let work = Box::pin(async move { reserve(&budget, &shelf, &by(fence, at), usd).await });
            let date = TimeZone::UTC.to_datetime(at).date();
            this.doing = Doing::Reserving { date, usd, work };
        }
    }

    fn settle(&mut self, instance: usize, spent_percent: u32) {
        self.fences += 1;
        let (fence, shelf, passed) = (self.fences, self.shelf.clone(), self.passed);
        let this = &mut self.instances[instance];
        if let Doing::Calling { reserved } = this.doing {
            let by = by(fence, at(reserved.date.day()) + passed);
            let budget = this.budget.clone();
            let spent = reserved.usd * cents(spent_percent);
            let work = Box::pin(async move { budget.settle_by(&*shelf, &by, reserved, spent).await });
            this.doing = Doing::Settling { reserved, spent, work };
        }
    }

    fn turn(&mut self, instance: usize) {
        let open = match self.instances[instance].doing {
            Doing::Reserving { date, .. } => self.open(date),
            _ => Decimal::ZERO,
        };
        let this = &mut self.instances[instance];
        this.doing = match std::mem::replace(&mut this.doing, Doing::Nothing) {
            Doing::Reserving { date, usd, mut work } => match turn(&mut work) {
                Poll::Pending => Doing::Reserving { date, usd, work },
                Poll::Ready(Ok(reserved)) => {
                    assert_eq!((reserved.date, reserved.usd), (date, usd));
                    let day = self.days.entry(date).or_default();
                    day.held += usd;
                    let (held, limit) = (day.held, self.limit);
                    assert!(usd.is_zero() || held <= limit, "{held} of {limit} on {date}");
                    Doing::Calling { reserved }
                }
                Poll::Ready(Err(error)) => {
                    let day = self.days.entry(date).or_default();
                    match error {
                        BudgetError::Store(_) => day.lost += usd,
                        BudgetError::Spent { .. } => {
                            let gone = day.held + day.lost - open;
                            assert!(gone + usd > self.limit, "{usd} refused on {date}, {open} are open");
                        }
                        BudgetError::Taken { .. } => {
                            assert!(day.held + day.lost + usd > self.limit, "{usd} put off on {date}");
                            assert!(day.spent + usd <= self.limit, "{usd} put off on {date}, never to fit");
                        }
                    }
                    Doing::Nothing
                }
            },
            Doing::Settling { reserved, spent, mut work } => match turn(&mut work) {
                Poll::Pending => Doing::Settling { reserved, spent, work },
                Poll::Ready(settled) => {
                    let day = self.days.entry(reserved.date).or_default();
                    match settled {
                        Ok(()) => {
                            day.held += spent - reserved.usd;
                            day.spent += spent;
                        }
                        Err(_) => day.left_unsettled(reserved, spent),
                    }
                    Doing::Nothing
                }
            },
            other => other,
        };
    }

    fn die(&mut self, instance: usize) {
        let limit = self.limit;
        let died = std::mem::replace(
            &mut self.instances[instance],
            Instance { budget: Arc::new(Budget::new(limit)), doing: Doing::Nothing },
        );
        match died.doing {
            Doing::Nothing => {}
            Doing::Reserving { date, usd, .. } => self.days.entry(date).or_default().lost += usd,
            // it stays reserved
            Doing::Calling { .. } => {}
            Doing::Settling { reserved, spent, .. } => {
                self.days.entry(reserved.date).or_default().left_unsettled(reserved, spent);
            }
        }
    }

    /// Lets all come to their end, and answers what the days have come to.
    fn end(mut self) -> (Arc<Shelf>, BTreeMap<Date, Sum>) {
        for instance in 0..INSTANCES {
            while matches!(self.instances[instance].doing, Doing::Reserving { .. } | Doing::Settling { .. }) {
                self.turn(instance);
            }
        }
        (self.shelf, self.days)
    }
}

impl Sum {
    /// Whether the settlement was written is not known: the day holds what was reserved, or what was spent.
    fn left_unsettled(&mut self, reserved: Reserved, spent: Decimal) {
        self.held += spent.min(reserved.usd) - reserved.usd;
        self.lost += (spent - reserved.usd).abs();
    }
}

proptest! {
    #[test]
    fn no_interleaving_spends_more_than_the_day_has(
        limit in 0..2_000_u32,
        events in proptest::collection::vec(event(), 1..200),
    ) {
        let limit = cents(limit);
        let mut world = World::new(limit);
        for event in events {
            world.happens(event);
        }
        let (shelf, days) = world.end();
        // what no call cost and no killed instance held is there to be reserved, and a cent more is not
        for (date, sum) in days {
            let budget = Budget::new(limit);
            // the last leases have ended: what nobody settled counts as spent
            let at = at(date.day()) + SignedDuration::from_mins(719);
            let left = limit - sum.held;
            let surely = left - sum.lost;
            if surely > Decimal::ZERO {
                let again = ended(reserve(&budget, &shelf.copy(), &by(1_000, at), surely));
                prop_assert!(again.is_ok(), "{surely} of {limit} should be left on {date}");
            }
            let beyond = left.max(Decimal::ZERO) + cents(1);
            let beyond = ended(reserve(&Budget::new(limit), &shelf.copy(), &by(1_000, at), beyond));
            prop_assert!(matches!(beyond, Err(BudgetError::Spent { .. })), "{left} of {limit} on {date}");
        }
    }
}
