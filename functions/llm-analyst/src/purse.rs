//! What the calls of one attempt at a step may cost, and what they have come to, towards the day's budget.

use llm::tools::TOOL_TOKENS;
use llm::{ModelProfile, request};
use runtime::{Budget, BudgetError, INTENTS, Reserved, Services, Stop};
use rust_decimal::Decimal;
use storage::{StepDocument, StoreError};

/// The most that sending a step's calls can cost, USD: the answer to its first request; one to each request that brings
/// what tools answered; and one more that is given the answer and may be as long as the environment allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worst {
    first: Decimal,
    round: Decimal,
    rounds: u32,
    last: Decimal,
}

impl Worst {
    /// Of the step that begins with the request `first`, which offers so many `rounds` of tools.
    pub(crate) fn of(
        profile: &ModelProfile,
        first: &[u8],
        most_tokens: u32,
        rounds: u32,
    ) -> Result<Self, Stop> {
        let prompt = request::token_bound(first);
        let longer = profile.max_tokens.saturating_mul(2).min(most_tokens);
        let told = if rounds == 0 { prompt } else { prompt.saturating_add(TOOL_TOKENS) };
        let first = profile.worst_case_usd(prompt, profile.max_tokens);
        let round = profile.worst_case_usd(told, profile.max_tokens);
        let last = profile.worst_case_usd(told.saturating_add(request::FOLLOW_UP_TOKENS), longer);
        let worst = first.zip(round).zip(last);
        let worst = worst.map(|((first, round), last)| Self { first, round, rounds, last });
        // what a sum of all of them overflows, nobody has to spend
        worst
            .filter(|worst| worst.rest(0).is_some())
            .ok_or_else(|| Stop::failed(format!("nobody can say what profile `{}` costs", profile.name())))
    }

    /// Call `number` sent once: after the first, any may be the last.
    fn call(&self, number: usize) -> Decimal {
        if number == 0 { self.first } else { self.last }
    }

    /// Call `number` and those after it, each sent as often as it may be.
    fn rest(&self, number: usize) -> Option<Decimal> {
        let first = if number == 0 { self.first } else { Decimal::ZERO };
        let gone = u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX);
        let rounds = self.round.checked_mul(Decimal::from(self.rounds.saturating_sub(gone)))?;
        first.checked_add(rounds)?.checked_add(self.last)?.checked_mul(Decimal::from(INTENTS))
    }
}

/// The part of the day's budget that an attempt at a step may spend.
pub(crate) struct Purse<'a> {
    budget: &'a Budget,
    services: &'a Services,
    step: &'a StepDocument,
    worst: Worst,
    reserved: Option<Reserved>,
    /// What the calls of this attempt have come to at most, USD; `None` once nobody can say.
    charged: Option<Decimal>,
}

impl<'a> Purse<'a> {
    pub(crate) fn new(
        budget: &'a Budget,
        services: &'a Services,
        step: &'a StepDocument,
        worst: Worst,
    ) -> Self {
        Self { budget, services, step, worst, reserved: None, charged: Some(Decimal::ZERO) }
    }

    /// Reserves the most that call `number` and those after it can cost, unless an earlier call of this attempt did.
    pub(crate) async fn open(&mut self, number: usize) -> Result<(), BudgetError> {
        if self.reserved.is_none() {
            // of a sum that is none nothing is left
            let worst = self.worst.rest(number).unwrap_or(Decimal::MAX);
            self.reserved = Some(self.budget.reserve(self.services, self.step, worst).await?);
        }
        Ok(())
    }

    /// A call was answered at `cost` USD, if anybody can say.
    pub(crate) fn answered(&mut self, cost: Option<Decimal>) {
        self.charged = self.charged.zip(cost).and_then(|(charged, cost)| charged.checked_add(cost));
    }

    /// Call `number` was sent `times` without an answer that was kept: each counts as the most it can have cost.
    pub(crate) fn lost(&mut self, number: usize, times: u32) {
        if times > 0 {
            self.answered(self.worst.call(number).checked_mul(Decimal::from(times)));
        }
    }

    /// Puts what the calls came to in the place of what was reserved for them; `known` of it is sure. Where nobody can
    /// say what a call cost, all that was reserved counts.
    pub(crate) async fn settle(self, known: Decimal) -> Result<(), StoreError> {
        let Some(reserved) = self.reserved else { return Ok(()) };
        let charge = self.charged.unwrap_or_else(|| reserved.usd().max(known));
        self.budget.settle(self.services, self.step, reserved, charge).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 1.25 USD a million tokens sent, which the cache's writing costs, and 5 received; 12,000 tokens an answer, twice
    /// as many for the last. Of a request of 1,000 bytes the first answer is 0.00125 + 0.06, that of a round as much and
    /// the tools' bytes, the last one 65,536 tokens more and 0.12.
    #[test]
    fn what_is_reserved_covers_every_call_that_may_come() {
        let text = llm::defaults().iter().find(|(name, _)| *name == "models.toml").unwrap().1;
        let profile = llm::Models::parse(text).unwrap().profile("openai").unwrap().clone();
        let million = Decimal::from(1_000_000);
        let sent = |tokens: u64| Decimal::new(125, 2) * Decimal::from(tokens) / million;
        let first = sent(1_000) + Decimal::new(6, 2);
        let (of_round, of_last) = (sent(1_000 + TOOL_TOKENS), sent(1_000 + TOOL_TOKENS + 65_536));
        let (round, last) = (of_round + Decimal::new(6, 2), of_last + Decimal::new(12, 2));
        let worst = Worst::of(&profile, &[b'x'; 1_000], 32_000, 6).unwrap();
        let twice = |sum: Decimal| Some(sum * Decimal::TWO);
        assert_eq!(worst.rest(0), twice(first + round * Decimal::from(6) + last));
        assert_eq!(worst.rest(1), twice(round * Decimal::from(6) + last));
        assert_eq!(worst.rest(3), twice(round * Decimal::from(4) + last));
        assert_eq!((worst.rest(7), worst.rest(9)), (twice(last), twice(last)));
        // without tools there is the answer and one more
        let worst = Worst::of(&profile, &[b'x'; 1_000], 32_000, 0).unwrap();
        let second = sent(1_000 + 65_536) + Decimal::new(12, 2);
        assert_eq!((worst.rest(0), worst.rest(1)), (twice(first + second), twice(second)));
    }
}
