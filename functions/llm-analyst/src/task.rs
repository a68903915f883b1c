use domain::tool::ToolDocument;
use llm::checks::{
    self, AnswerError, Checked, CheckedRecommendation, Evidence, RecommendationEvidence, RepairItem,
};

use crate::recommendation::verdict;

/// What is asked for: how its answers are checked and put right.
pub(crate) trait Task: Send + Sync {
    /// An answer with what was found in it.
    type Checked: Send + Sync;

    /// Reads an answer and checks it; `tools` answered before it.
    fn check(&self, answer: &str, tools: &[ToolDocument]) -> Result<Self::Checked, AnswerError>;

    /// What a repair call may correct.
    fn problems(&self, checked: &Self::Checked) -> Vec<RepairItem>;

    /// The answer with the corrections of a reply.
    fn repaired(&self, checked: &Self::Checked, reply: &str, tools: &[ToolDocument]) -> Self::Checked;
}

impl Task for Evidence<'_> {
    type Checked = Checked;

    fn check(&self, answer: &str, tools: &[ToolDocument]) -> Result<Checked, AnswerError> {
        checks::check(answer, &Evidence { tools, ..*self })
    }

    fn problems(&self, checked: &Checked) -> Vec<RepairItem> {
        checked.problems.clone()
    }

    fn repaired(&self, checked: &Checked, reply: &str, tools: &[ToolDocument]) -> Checked {
        llm::repair::apply(checked, reply, &Evidence { tools, ..*self })
    }
}

impl Task for RecommendationEvidence<'_> {
    type Checked = CheckedRecommendation;

    fn check(&self, answer: &str, tools: &[ToolDocument]) -> Result<CheckedRecommendation, AnswerError> {
        let mut checked = checks::check_recommendation(answer, &RecommendationEvidence { tools, ..*self })?;
        let broken = verdict::problems(&checked, self);
        checked.problems.extend(broken);
        Ok(checked)
    }

    fn problems(&self, checked: &CheckedRecommendation) -> Vec<RepairItem> {
        checked.problems.clone()
    }

    fn repaired(
        &self,
        checked: &CheckedRecommendation,
        reply: &str,
        tools: &[ToolDocument],
    ) -> CheckedRecommendation {
        llm::repair::apply_to_recommendation(checked, reply, &RecommendationEvidence { tools, ..*self })
    }
}
