use domain::recommendation::{CloseSide, Exit, Fill, Lifecycle, RecommendationState as State};
use domain::{Candle, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Followed, outcome};
use crate::plan::Side;

/// A plan on its way through the bars, from the oldest to the newest.
pub(super) struct Course<'a> {
    followed: &'a Followed,
    state: State,
    since: Timestamp,
    seen_until: Option<Timestamp>,
    /// The last bar that traded.
    last: Option<&'a Candle>,
    fill: Option<Fill>,
    exits: Vec<Exit>,
    best: Decimal,
    worst: Decimal,
}

impl<'a> Course<'a> {
    pub(super) fn of(followed: &'a Followed) -> Self {
        Self {
            followed,
            state: State::Waiting,
            since: followed.decided_at,
            seen_until: None,
            last: None,
            fill: None,
            exits: Vec::new(),
            best: Decimal::ZERO,
            worst: Decimal::ZERO,
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    pub(super) fn take(&mut self, bar: &'a Candle) {
        self.seen_until = Some(end(bar));
        let is_traded = bar.volume > Decimal::ZERO;
        match self.fill {
            None if is_traded => self.wait(bar),
            None => self.pass(bar),
            Some(_) if is_traded => self.hold(bar),
            Some(_) => {}
        }
        if is_traded {
            self.last = Some(bar);
        }
    }

    fn come(&mut self, state: State, since: Timestamp) {
        (self.state, self.since) = (state, since);
    }

    /// An hour in which nothing traded: it took time alone.
    fn pass(&mut self, bar: &Candle) {
        if let Some(closed) = self.closed_before(bar) {
            return self.come(State::Invalidated, closed);
        }
        self.lapse(Timeframe::Hour.next_open(end(bar)));
    }

    /// The entry is over if a bar that ends at `end` is too late for it.
    fn lapse(&mut self, end: Timestamp) -> bool {
        let limit = self.followed.enter_by.min(self.followed.hold_until);
        if end > limit {
            self.come(State::Unfilled, limit);
        }
        end > limit
    }

    fn wait(&mut self, bar: &Candle) {
        // an outage hid the end of the interval before
        if let Some(closed) = self.closed_before(bar) {
            return self.come(State::Invalidated, closed);
        }
        if self.lapse(end(bar)) {
            return;
        }
        let plan = &self.followed.plan;
        // of the hour in which it was decided only the close came after
        if bar.open_time >= self.followed.decided_at {
            if self.is_stop_at(bar.open) {
                return self.come(State::Missed, bar.open_time);
            }
            if bar.low <= plan.entry_high && bar.high >= plan.entry_low {
                self.fill = Some(Fill { at: bar.open_time, price: plan.entry() });
                self.come(State::Filled, bar.open_time);
                return self.first_hour(bar);
            }
        }
        if self.ends_within(bar) {
            return self.come(State::Invalidated, end(bar));
        }
        self.lapse(Timeframe::Hour.next_open(end(bar)));
    }

    /// The bar of the fill: what of it came after the fill is not known, so only what is bad counts.
    fn first_hour(&mut self, bar: &Candle) {
        if self.is_stop_at(self.against(bar)) {
            return self.stop(bar);
        }
        self.note_worst(self.against(bar));
        self.expire(bar);
    }

    fn hold(&mut self, bar: &Candle) {
        if self.closed_before(bar).is_some() {
            return self.leave(State::Invalidated, bar.open_time, bar.open);
        }
        // nothing traded in the last hour before the horizon: the first price there is
        if end(bar) > self.followed.hold_until {
            return self.leave(State::Expired, bar.open_time, bar.open);
        }
        if self.is_stop_at(self.against(bar)) {
            return self.stop(bar);
        }
        self.note_worst(self.against(bar));
        self.reach_targets(bar);
        if self.state == State::Filled {
            self.expire(bar);
        }
    }

    fn stop(&mut self, bar: &Candle) {
        let stop = self.followed.plan.stop;
        let price = match self.followed.plan.side {
            Side::Long => stop.min(bar.open),
            Side::Short => stop.max(bar.open),
        };
        self.leave(State::Stopped, bar.open_time, price);
    }

    fn reach_targets(&mut self, bar: &Candle) {
        let plan = &self.followed.plan;
        let (favourable, is_reached): (_, fn(Decimal, Decimal) -> bool) = match plan.side {
            Side::Long => (bar.high, |price, target| price >= target),
            Side::Short => (bar.low, |price, target| price <= target),
        };
        for (index, target) in plan.targets.iter().enumerate().skip(self.exits.len()) {
            if !is_reached(favourable, target.price) {
                break;
            }
            self.exits.push(Exit {
                by: State::Target,
                target: Some(index + 1),
                at: bar.open_time,
                price: target.price,
                fraction_pct: target.fraction_pct,
            });
        }
        if self.exits.len() == plan.targets.len() {
            // it is closed there: what price did beyond is not its own
            self.note_best(self.exits.last().map_or(favourable, |exit| exit.price));
            self.come(State::Target, bar.open_time);
        } else {
            self.note_best(favourable);
        }
    }

    /// Closes what is held at the bar's close if no later bar ends within the horizon.
    fn expire(&mut self, bar: &Candle) {
        if Timeframe::Hour.next_open(end(bar)) > self.followed.hold_until {
            self.leave(State::Expired, end(bar), bar.close);
        }
    }

    /// Closes all that is held.
    fn leave(&mut self, by: State, at: Timestamp, price: Decimal) {
        self.note_worst(price);
        self.note_best(price);
        let gone: Decimal = self.exits.iter().map(|exit| exit.fraction_pct).sum();
        let fraction_pct = Decimal::ONE_HUNDRED - gone;
        self.exits.push(Exit { by, target: None, at, price: price.normalize(), fraction_pct });
        self.come(by, at);
    }

    /// The price of a bar that is worst for the plan.
    fn against(&self, bar: &Candle) -> Decimal {
        match self.followed.plan.side {
            Side::Long => bar.low,
            Side::Short => bar.high,
        }
    }

    fn is_stop_at(&self, price: Decimal) -> bool {
        let stop = self.followed.plan.stop;
        match self.followed.plan.side {
            Side::Long => price <= stop,
            Side::Short => price >= stop,
        }
    }

    fn note_best(&mut self, price: Decimal) {
        self.best = self.best.max(self.gained(price));
    }

    fn note_worst(&mut self, price: Decimal) {
        self.worst = self.worst.max(-self.gained(price));
    }

    fn gained(&self, price: Decimal) -> Decimal {
        price.saturating_sub(self.followed.plan.entry()) * self.followed.plan.side.sign()
    }

    /// Whether the bar is the last of an interval whose close ends the plan.
    fn ends_within(&self, bar: &Candle) -> bool {
        let timeframe = self.followed.end.map(|ending| ending.timeframe);
        let is_last = timeframe.is_some_and(|it| it.next_open(it.open_of(bar.open_time)) == end(bar));
        is_last && self.is_ending(bar.close)
    }

    /// When the interval of the bar before closed, if `bar` lies in another and that close ends the plan.
    fn closed_before(&self, bar: &Candle) -> Option<Timestamp> {
        let timeframe = self.followed.end?.timeframe;
        let last = self.last?;
        let open = timeframe.open_of(last.open_time);
        let is_over = timeframe.open_of(bar.open_time) != open;
        (is_over && self.is_ending(last.close)).then(|| timeframe.next_open(open))
    }

    fn is_ending(&self, price: Decimal) -> bool {
        self.followed.end.is_some_and(|ending| match ending.close {
            CloseSide::Above => price > ending.price,
            CloseSide::Below => price < ending.price,
            CloseSide::None => false,
        })
    }

    pub(super) fn lifecycle(self) -> Lifecycle {
        let plan = &self.followed.plan;
        let risk = plan.entry().saturating_sub(plan.stop).abs();
        let in_r = |distance: Decimal| {
            let r = self.fill.and_then(|_| distance.checked_div(risk))?;
            Some(r.round_dp(4).normalize())
        };
        let closed = self.fill.filter(|_| self.state.is_terminal());
        Lifecycle {
            state: self.state,
            since: self.since,
            seen_until: self.seen_until,
            mfe_r: in_r(self.best),
            mae_r: in_r(self.worst),
            outcome: closed.and_then(|fill| outcome::of(self.followed, fill, &self.exits)),
            fill: self.fill,
            exits: self.exits,
        }
    }
}

/// When a 1h bar ends, whether or not an outage cut it short.
fn end(bar: &Candle) -> Timestamp {
    Timeframe::Hour.next_open(bar.open_time)
}
