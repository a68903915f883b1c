use super::view::View;
use crate::lang::fill;
use crate::page::made::{Id, Made, Row, analyst, hash, id, prompt, took, tools};

/// What the recommendation was made from, and what that took.
pub(super) fn made(view: &View<'_>) -> Made {
    let (words, document) = (view.words, view.document());
    let mut rows: Vec<Row> = document
        .source_reports
        .iter()
        .rev()
        .map(|source| {
            let tf = source.timeframe.as_str();
            let bar = view.bar(source.timeframe, &source.last_bar).map_or_else(String::new, |(bar, _)| bar);
            let ids: Vec<Id> = vec![
                id(source.report_id.as_str()),
                hash(&source.artifact.sha256, &source.artifact.address()),
            ];
            let text = fill(&words.sources.report_text, &[("tf", tf), ("bar", &bar)]);
            Row { label: words.sources.report.clone(), text, ids }
        })
        .collect();
    if let Some(account) = &document.account_ref {
        let ids = vec![hash(&account.sha256, &account.address())];
        let text = super::account::account(view).text;
        rows.push(Row { label: words.advised.account.clone(), text, ids });
    }
    rows.extend(tools(words, &document.tools));
    rows.push(prompt(words, &document.llm_prompt_id, view.input.prompt_version));
    rows.push(analyst(words, document.analyst, &document.llm_model, &document.llm_model_id));
    Made {
        run: document.run_id.to_string(),
        took: took(words, document.analyst, &view.input.run),
        rows,
        pictures: Vec::new(),
    }
}
