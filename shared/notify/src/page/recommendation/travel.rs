//! What of a recommendation may stand in a file that is sent on.

use domain::recommendation::RecommendationDocument;

/// The same without what the account holds: whoever a file is sent to must not read balances. The size of the plan and
/// what it risks stay, and so do the words on positions that it meets.
pub(super) fn travelling(document: &RecommendationDocument) -> RecommendationDocument {
    let mut kept = document.clone();
    let answer = &mut kept.recommendation;
    answer.account_effect.clear();
    let mut hidden = vec!["account_effect".to_owned()];
    for (name, case) in [("case_long", &mut answer.case_long), ("case_short", &mut answer.case_short)] {
        for (index, argument) in case.iter_mut().enumerate() {
            if argument.cites.iter().any(|cite| cite.reference.starts_with("account:")) {
                argument.says.clear();
                hidden.push(format!("{name}[{index}]"));
            }
        }
    }
    let is_hidden = |path: &str| hidden.iter().any(|begins| path.starts_with(begins));
    kept.checks.items.retain(|item| !item.reference.starts_with("account:") && !is_hidden(&item.path));
    if let Some(size) = &mut kept.size {
        size.margin = None;
    }
    kept
}
