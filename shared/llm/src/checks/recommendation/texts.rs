use domain::recommendation::{Argument, Recommendation};

use super::super::prose::Text;

/// The arguments of both sides with their paths, the long side's first.
pub(super) fn cases(answer: &Recommendation) -> Vec<(String, &Argument)> {
    let sides = [("case_long", &answer.case_long), ("case_short", &answer.case_short)];
    let paths = |(name, case): (&'static str, &'_ Vec<Argument>)| {
        (0..case.len()).map(|i| format!("{name}[{i}]")).collect::<Vec<_>>()
    };
    let all = sides.into_iter().flat_map(|(_, case)| case);
    sides.into_iter().flat_map(paths).zip(all).collect()
}

/// Every text; an argument's may use its own cites only. What the account changes is told by the numbers of the claim
/// `account_effect`: no other text but an argument that cites them may tell amounts of an account, for those texts are
/// sent to others.
pub(super) fn all(answer: &Recommendation, account_effect: usize) -> Vec<Text<'_>> {
    let plain = |path: String, text| Text { path, claim: None, text };
    let mut texts = Vec::new();
    for (i, source) in answer.sources.iter().enumerate() {
        texts.push(plain(format!("sources[{i}].takeaway"), source.takeaway.as_str()));
    }
    for (i, conflict) in answer.conflicts.iter().enumerate() {
        texts.push(plain(format!("conflicts[{i}]"), conflict));
    }
    for (claim, (path, argument)) in cases(answer).into_iter().enumerate() {
        texts.push(Text { path: format!("{path}.says"), claim: Some(claim), text: &argument.says });
    }
    let path = "account_effect".to_owned();
    texts.push(Text { path, claim: Some(account_effect), text: &answer.account_effect });
    texts.push(plain("invalidation.reason".to_owned(), &answer.invalidation.reason));
    for (i, change) in answer.change_mind.iter().enumerate() {
        texts.push(plain(format!("change_mind[{i}]"), change));
    }
    texts.push(plain("reasoning".to_owned(), &answer.reasoning));
    texts.push(plain("summary".to_owned(), &answer.summary));
    texts
}
