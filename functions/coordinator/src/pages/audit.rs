//! What was this based on?

use askama::Template;
use axum::extract::{Path, State};
use domain::report::{Analyst, ArtifactRef, CheckItem, CheckStatus, Checks};
use domain::{ContentId, Sha256Hex, Timeframe};
use runtime::Catalog;
use storage::{Kind, RunDocument, StepDocument, StoreError};

use super::shown::money;
use super::{Frame, Page, Pages, Shared};

pub(super) struct Row {
    class: &'static str,
    text: String,
    place: String,
    source: String,
    value: String,
    mark: &'static str,
    word: &'static str,
    note: String,
}

pub(super) struct Input {
    label: String,
    hash: String,
    today: String,
    uri: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    frame: Frame,
    run: String,
    symbol: String,
    what: String,
    headline: String,
    lede: String,
    facts: Vec<(&'static str, String, String)>,
    rows: Vec<Row>,
    inputs: Vec<Input>,
}

/// What is audited: a report or a recommendation.
struct Audited {
    what: String,
    checks: Checks,
    analyst: Analyst,
    model: String,
    prompt: ContentId,
    profile: ContentId,
    inputs: Vec<Input>,
}

pub(super) async fn show(State(pages): Shared, Path((run_id, step_id)): Path<(String, String)>) -> Page {
    let run = pages.api.run(&run_id).await.map_err(|problem| pages.failed(problem))?;
    let steps = pages.api.services.journal.steps(&run.run_id).await.map_err(|error| pages.failed(error))?;
    let step = steps.iter().find(|step| step.step_id.as_str() == step_id).ok_or_else(|| pages.nothing())?;
    let audited = pages.audited(step).await.map_err(|error| pages.failed(error))?;
    let catalog = pages.api.desk.catalog().await.ok();
    let audit = match audited {
        Some(audited) => pages.audit(&run, step, audited, catalog.as_ref()),
        None => pages.gone(&run, step),
    };
    pages.render(&audit)
}

impl Pages {
    async fn audited(&self, step: &StepDocument) -> Result<Option<Audited>, StoreError> {
        if step.kind == Kind::Recommendation {
            return Ok(self.recommendation(step).await?.map(|found| Audited {
                what: "recommendation".to_owned(),
                checks: found.checks.clone(),
                analyst: found.analyst,
                model: found.llm_model.clone(),
                prompt: found.llm_prompt_id.clone(),
                profile: found.llm_model_id.clone(),
                inputs: found
                    .source_reports
                    .iter()
                    .map(|source| artifact(format!("Report of {}", source.timeframe), &source.artifact))
                    .chain(found.account_ref.iter().map(|account| artifact("Account".to_owned(), account)))
                    .collect(),
            }));
        }
        let Some(found) = self.report(step).await? else { return Ok(None) };
        let charts = found.chart_refs.iter().map(|chart| {
            let label = format!("Chart {}, {}", chart.chart_template_id.name(), chart.chart_provider);
            artifact(label, &chart.artifact)
        });
        let parent = found.parent_report_id.iter().map(|parent| Input {
            label: "Report above".to_owned(),
            hash: parent.to_string(),
            today: String::new(),
            uri: String::new(),
        });
        Ok(Some(Audited {
            what: format!("{} report", found.timeframe),
            checks: found.checks.clone(),
            analyst: found.analyst,
            model: found.llm_model.clone(),
            prompt: found.llm_prompt_id.clone(),
            profile: found.llm_model_id.clone(),
            inputs: std::iter::once(artifact("Candles".to_owned(), &found.ohlcv_ref))
                .chain(charts)
                .chain(parent)
                .collect(),
        }))
    }

    fn audit(
        &self,
        run: &RunDocument,
        step: &StepDocument,
        audited: Audited,
        today: Option<&Catalog>,
    ) -> Audit {
        let Checks { checked, verified, repaired, unverified, .. } = audited.checks;
        let headline = match (checked, unverified) {
            (0, _) => "No number to check".to_owned(),
            (_, 0) => format!("Every number holds: {verified} of {checked}"),
            (_, 1) => format!("One number of {checked} does not hold"),
            (_, wrong) => format!("{wrong} numbers of {checked} do not hold"),
        };
        let analyst = match audited.analyst {
            Analyst::Rules => "Written by the rule-based analyst; no language model took part.".to_owned(),
            Analyst::Model => format!("Written by {}.", notify::plain(&audited.model)),
        };
        let prompt =
            version("Prompt", &audited.prompt, today.map(|catalog| prompt_of(catalog, &audited.prompt)));
        let profile = version("Model profile", &audited.profile, None);
        let calls = step.result.call_refs.iter().enumerate().map(|(index, uri)| Input {
            label: format!("Call {}", index + 1),
            hash: String::new(),
            today: String::new(),
            uri: notify::plain(uri),
        });
        let inputs = audited.inputs.into_iter().chain([prompt, profile]).chain(calls).collect();
        Audit {
            frame: self.frame(format!("Audit of {} {}", run.symbol, audited.what), ""),
            run: run.run_id.to_string(),
            symbol: run.symbol.to_string(),
            what: audited.what,
            headline,
            lede: analyst,
            facts: vec![
                ("Verified", verified.to_string(), format!("of {checked} numbers")),
                ("Repaired", repaired.to_string(), "wrong at first".to_owned()),
                ("Unverified", unverified.to_string(), "wrong, and shown so".to_owned()),
                (
                    "Cost",
                    money(step.result.cost_usd.unwrap_or_default()),
                    format!("{} calls", step.result.model_calls.unwrap_or_default()),
                ),
            ],
            rows: rows(&audited.checks, step.timeframe),
            inputs,
        }
    }

    /// The artifact is missing: what the journal says of it stays.
    fn gone(&self, run: &RunDocument, step: &StepDocument) -> Audit {
        let expired = format!("expired on {}", step.expire_at.strftime("%-d %b %Y"));
        let lede = match step.status {
            storage::Status::Done => format!("Its artifact is missing or damaged, or {expired}."),
            status => {
                let reason = notify::plain(step.result.reason.as_deref().unwrap_or_default());
                format!("The step is {}. {reason}", status.as_str())
            }
        };
        let result = &step.result;
        let of = |label: &str, uri: &str| Input {
            label: label.to_owned(),
            hash: String::new(),
            today: String::new(),
            uri: notify::plain(uri),
        };
        let candles = result.ohlcv_ref.iter().map(|uri| of("Candles", uri));
        let charts = result.chart_refs.iter().map(|uri| of("Chart", uri));
        let calls = result.call_refs.iter().map(|uri| of("Call", uri));
        Audit {
            frame: self.frame(format!("Audit of {} {}", run.symbol, step.step_id), ""),
            run: run.run_id.to_string(),
            symbol: run.symbol.to_string(),
            what: step.step_id.as_str().replacen('-', " ", 1),
            headline: "There is nothing to hold numbers against".to_owned(),
            lede,
            facts: Vec::new(),
            rows: Vec::new(),
            inputs: candles.chain(charts).chain(calls).collect(),
        }
    }
}

fn artifact(label: String, artifact: &ArtifactRef) -> Input {
    input(label, &artifact.sha256, &artifact.address())
}

fn input(label: String, sha256: &Sha256Hex, gcs_uri: &str) -> Input {
    Input { label, hash: sha256.short().to_owned(), today: String::new(), uri: notify::plain(gcs_uri) }
}

/// The version of a file, and whether it is the one of today.
fn version(label: &str, id: &ContentId, today: Option<Option<ContentId>>) -> Input {
    let today = match today {
        None => String::new(),
        Some(None) => "no longer in the catalog".to_owned(),
        Some(Some(now)) if now == *id => "the same".to_owned(),
        Some(Some(now)) => format!("now {now}"),
    };
    Input { label: label.to_owned(), hash: id.to_string(), today, uri: String::new() }
}

fn prompt_of(catalog: &Catalog, id: &ContentId) -> Option<ContentId> {
    let text = catalog.prompts.get(&format!("{}.prompt", id.name()))?;
    Some(ContentId::of(id.name(), text.as_bytes()))
}

/// A row for each number, problems first.
fn rows(checks: &Checks, timeframe: Option<Timeframe>) -> Vec<Row> {
    let mut items: Vec<&CheckItem> = checks.items.iter().collect();
    items.sort_by_key(|item| match item.status {
        CheckStatus::Unverified => 0,
        CheckStatus::Repaired => 1,
        _ => 2,
    });
    items.into_iter().map(|item| row(item, timeframe)).collect()
}

fn row(item: &CheckItem, timeframe: Option<Timeframe>) -> Row {
    let (class, mark, word) = match item.status {
        CheckStatus::Unverified => ("bad", "?", "unverified"),
        CheckStatus::Repaired => ("fix", "↻", "repaired"),
        CheckStatus::Derived => ("ok", "✓", "derived"),
        CheckStatus::Quoted => ("ok", "✓", "quoted"),
        CheckStatus::Verified => ("ok", "✓", "verified"),
    };
    let reference = notify::plain(&item.reference);
    let source = match timeframe {
        Some(timeframe) if !reference.is_empty() && !reference.contains(':') => {
            format!("{timeframe} {reference}")
        }
        _ => reference,
    };
    let was = item.was.as_deref().map(|was| format!("had been {}", notify::plain(was)));
    let why = item.why.as_deref().map(notify::plain);
    Row {
        class,
        text: notify::plain(&item.got),
        place: notify::plain(&item.path),
        source,
        value: notify::plain(&item.expected),
        mark,
        word,
        note: was.into_iter().chain(why).collect::<Vec<_>>().join("; "),
    }
}
