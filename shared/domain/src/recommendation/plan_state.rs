use super::{Direction, RecommendationDocument};
use crate::words;

words!(
    /// What became of a recommendation's plan when it was checked.
    PlanState {
        /// It keeps every hard rule.
        Planned = "planned",
        /// It breaks one, or lacks a price: nothing to trade by.
        Invalid = "invalid",
        /// There is none, as the verdict is to stand aside.
        Aside = "aside",
    }
);

impl RecommendationDocument {
    /// What became of its plan.
    pub fn plan_state(&self) -> PlanState {
        match self.recommendation.direction {
            Direction::StandAside => PlanState::Aside,
            Direction::Long | Direction::Short if self.is_valid_plan() => PlanState::Planned,
            Direction::Long | Direction::Short => PlanState::Invalid,
        }
    }
}
