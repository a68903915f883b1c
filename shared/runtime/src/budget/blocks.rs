use jiff::civil::Date;
use rust_decimal::Decimal;

/// Parts of a day's budget. An instance that dies, and a command that ends, loses what it had left of one.
pub(super) const BLOCKS: u32 = 200;

/// What one instance holds of the day's budget, in blocks that belong to one instance each: no document is written
/// by two, so none is hot.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    block: Decimal,
    day: Date,
    left: Decimal,
    next: u32,
}

/// What an instance does next to reserve an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: the amount is reserved.
    Reserved,
    /// Take this block of the day, then ask again.
    Block {
        /// The day, UTC.
        day: Date,
        /// The block, from 0.
        number: u32,
    },
    /// The day has no block left.
    Spent,
}

impl Blocks {
    /// Nothing yet of a budget of `limit` USD a day.
    pub(super) fn new(limit: Decimal) -> Self {
        Self { block: limit / Decimal::from(BLOCKS), day: Date::MIN, left: Decimal::ZERO, next: 0 }
    }

    /// USD in one block.
    pub(super) fn block(&self) -> Decimal {
        self.block
    }

    /// Reserves `usd` on `day`, or says what is missing for it. What is left of an earlier day is dropped.
    pub(super) fn reserve(&mut self, day: Date, usd: Decimal) -> Need {
        if day != self.day {
            *self = Self { block: self.block, day, left: Decimal::ZERO, next: 0 };
        }
        if usd <= self.left {
            self.left -= usd;
            return Need::Reserved;
        }
        if self.next >= BLOCKS || self.block.is_zero() {
            return Need::Spent;
        }
        Need::Block { day, number: self.next }
    }

    /// A block has been asked for: it is this instance's if it was free.
    pub(super) fn asked(&mut self, day: Date, number: u32, was_free: bool) {
        if day == self.day && number == self.next {
            self.next += 1;
            self.left += if was_free { self.block } else { Decimal::ZERO };
        }
    }

    /// Blocks before `number` are other instances': they need not be asked for.
    pub(super) fn skip_to(&mut self, day: Date, number: u32) {
        if day == self.day {
            self.next = self.next.max(number);
        }
    }

    /// What was reserved on `day` and not spent is this instance's to reserve again.
    pub(super) fn give_back(&mut self, day: Date, usd: Decimal) {
        if day == self.day && !usd.is_sign_negative() {
            self.left += usd;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn day(number: i8) -> Date {
        jiff::civil::date(2026, 4, number)
    }

    fn cents(cents: u32) -> Decimal {
        Decimal::new(i64::from(cents), 2)
    }

    #[test]
    fn an_amount_takes_as_many_blocks_as_it_needs() {
        // 200 USD a day: blocks of 1 USD
        let mut blocks = Blocks::new(Decimal::from(200));
        assert_eq!(blocks.reserve(day(1), cents(150)), Need::Block { day: day(1), number: 0 });
        blocks.asked(day(1), 0, true);
        assert_eq!(blocks.reserve(day(1), cents(150)), Need::Block { day: day(1), number: 1 });
        // another instance has it
        blocks.asked(day(1), 1, false);
        assert_eq!(blocks.reserve(day(1), cents(150)), Need::Block { day: day(1), number: 2 });
        blocks.asked(day(1), 2, true);
        assert_eq!(blocks.reserve(day(1), cents(150)), Need::Reserved);
        assert_eq!(
            blocks.reserve(day(1), cents(50)),
            Need::Reserved,
            "half a dollar of the second block is left"
        );
        assert_eq!(blocks.reserve(day(1), cents(1)), Need::Block { day: day(1), number: 3 });
        blocks.give_back(day(1), cents(1));
        assert_eq!(blocks.reserve(day(1), cents(1)), Need::Reserved);
    }

    #[test]
    fn a_budget_of_nothing_reserves_nothing_but_nothing() {
        let mut blocks = Blocks::new(Decimal::ZERO);
        assert_eq!(blocks.reserve(day(1), cents(1)), Need::Spent);
        assert_eq!(blocks.reserve(day(1), Decimal::ZERO), Need::Reserved);
    }

    #[derive(Debug, Clone)]
    enum Event {
        Reserve {
            instance: usize,
            day: i8,
            cents: u32,
        },
        /// The instance asks for the block it was told of; the answer is lost, so it takes it for another's.
        Unknown {
            instance: usize,
        },
        Settle {
            instance: usize,
            spent_percent: u32,
        },
        Die {
            instance: usize,
        },
    }

    fn event() -> impl Strategy<Value = Event> {
        let instance = 0..3_usize;
        prop_oneof![
            6 => (instance.clone(), 1..3_i8, 0..400_u32)
                .prop_map(|(instance, day, cents)| Event::Reserve { instance, day, cents }),
            1 => instance.clone().prop_map(|instance| Event::Unknown { instance }),
            2 => (instance.clone(), 0..=100_u32)
                .prop_map(|(instance, spent_percent)| Event::Settle { instance, spent_percent }),
            1 => instance.prop_map(|instance| Event::Die { instance }),
        ]
    }

    /// Instances over one set of blocks. An amount counts from its reservation on and, once settled, as what was
    /// spent of it.
    #[derive(Default)]
    struct World {
        taken: BTreeMap<(Date, u32), usize>,
        spent: BTreeMap<Date, Decimal>,
        open: [Option<(Date, Decimal)>; 3],
    }

    impl World {
        fn reserve(&mut self, who: usize, blocks: &mut Blocks, day: Date, usd: Decimal) {
            loop {
                match blocks.reserve(day, usd) {
                    Need::Reserved => break,
                    Need::Spent => return,
                    Need::Block { day, number } => {
                        let free = !self.taken.contains_key(&(day, number));
                        self.taken.entry((day, number)).or_insert(who);
                        blocks.asked(day, number, free);
                    }
                }
            }
            *self.spent.entry(day).or_default() += usd;
            self.open[who] = Some((day, usd));
        }
    }

    proptest! {
        #[test]
        fn no_interleaving_spends_more_than_the_day_has(
            limit in 0..2_000_u32,
            events in proptest::collection::vec(event(), 1..60),
        ) {
            let limit = cents(limit);
            let mut instances = [Blocks::new(limit), Blocks::new(limit), Blocks::new(limit)];
            let mut world = World::default();
            for event in events {
                match event {
                    Event::Reserve { instance, day: number, cents: amount } => {
                        world.reserve(instance, &mut instances[instance], day(number), cents(amount));
                    }
                    Event::Unknown { instance } => {
                        let blocks = &mut instances[instance];
                        if let Need::Block { day, number } = blocks.reserve(day(1), cents(100_000)) {
                            world.taken.entry((day, number)).or_insert(instance);
                            blocks.asked(day, number, false);
                        }
                    }
                    Event::Settle { instance, spent_percent } => {
                        if let Some((day, usd)) = world.open[instance].take() {
                            let unspent = usd * Decimal::new(i64::from(100 - spent_percent), 2);
                            instances[instance].give_back(day, unspent);
                            *world.spent.entry(day).or_default() -= unspent;
                        }
                    }
                    Event::Die { instance } => {
                        instances[instance] = Blocks::new(limit);
                        world.open[instance] = None;
                    }
                }
                for (day, spent) in &world.spent {
                    prop_assert!(*spent <= limit, "{spent} of {limit} on {day}");
                }
            }
        }
    }
}
