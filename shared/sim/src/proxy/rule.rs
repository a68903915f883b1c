use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What happens to a call on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is forwarded late.
    Delay(Duration),
    /// It is not forwarded, and refused with this status of HTTP; gRPC says the same of 429 and 503 in its own words.
    Status(u16),
    /// It is not forwarded, and its connection is reset.
    ResetBefore,
    /// It is forwarded; its answer is thrown away, and its connection is reset.
    ResetAfter,
}

/// Which calls meet a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    part: String,
    fault: Fault,
    skip: u32,
    every: u32,
    times: Option<u32>,
}

impl Rule {
    /// The next call whose `METHOD /path` has this part, such as `Firestore/Commit` or `POST /upload`.
    pub fn next(part: &str, fault: Fault) -> Self {
        Self { part: part.to_owned(), fault, skip: 0, every: 1, times: Some(1) }
    }

    /// Lets so many of them pass first.
    #[must_use]
    pub fn after(self, calls: u32) -> Self {
        Self { skip: calls, ..self }
    }

    /// So many of them instead of one.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// One of so many, without end.
    #[must_use]
    pub fn one_in(self, every: u32) -> Self {
        Self { every: every.max(1), times: None, ..self }
    }

    fn strikes(&mut self, call: &str) -> bool {
        if !call.contains(&self.part) || self.times == Some(0) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.skip = self.every - 1;
        self.times = self.times.map(|left| left - 1);
        true
    }
}

/// The rules of one proxy, and what has passed it.
#[derive(Debug, Default)]
pub(super) struct Script(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    calls: Vec<String>,
    struck: Vec<(String, Fault)>,
}

impl Script {
    pub(super) fn inject(&self, rule: Rule) {
        self.with(|state| state.rules.push(rule));
    }

    /// Records a call; answers what happens to it. Of several rules the oldest strikes.
    pub(super) fn meet(&self, call: &str) -> Option<Fault> {
        self.with(|state| {
            state.calls.push(call.to_owned());
            let fault = state.rules.iter_mut().find_map(|rule| rule.strikes(call).then_some(rule.fault))?;
            state.struck.push((call.to_owned(), fault));
            Some(fault)
        })
    }

    pub(super) fn calls(&self) -> Vec<String> {
        self.with(|state| state.calls.clone())
    }

    pub(super) fn struck(&self) -> Vec<(String, Fault)> {
        self.with(|state| state.struck.clone())
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strikes(rule: Rule, calls: &str) -> Vec<bool> {
        let script = Script::default();
        script.inject(rule);
        calls.chars().map(|call| script.meet(&call.to_string()).is_some()).collect()
    }

    #[test]
    fn a_rule_strikes_what_it_names_as_often_as_it_says() {
        let rule = |part| Rule::next(part, Fault::ResetBefore);
        assert_eq!(strikes(rule("a"), "baa"), [false, true, false]);
        assert_eq!(strikes(rule("a").after(1).times(2), "abaaa"), [false, false, true, true, false]);
        assert_eq!(
            strikes(rule("a").after(1).one_in(3), "aaaaaaa"),
            [false, true, false, false, true, false, false]
        );
    }
}
