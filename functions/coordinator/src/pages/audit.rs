//! What was this based on?

use askama::Template;
use axum::extract::Path;
use domain::report::{Analyst, ArtifactRef, CheckItem, CheckStatus, Checks};
use domain::tool::ToolUse;
use domain::{ContentId, Sha256Hex, Timeframe};
use notify::fill;
use notify::words::Audit as Words;
use runtime::Catalog;
use storage::{Kind, RunDocument, StepDocument, StoreError};

use super::live::{provider, step_name};
use super::shown::{money, status};
use super::{Frame, Page, Viewer};

pub(super) struct Row {
    class: &'static str,
    text: String,
    place: String,
    source: String,
    value: String,
    mark: &'static str,
    word: &'static str,
    note: String,
    /// Why it does not hold, in English.
    told: String,
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
    /// Why there is nothing, as it was recorded.
    told: String,
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
    /// Versions of the templates of its charts, each once.
    templates: Vec<ContentId>,
    inputs: Vec<Input>,
    tools: Vec<ToolUse>,
}

pub(super) async fn show(pages: Viewer, Path((run_id, step_id)): Path<(String, String)>) -> Page {
    let run = pages.run(&run_id).await?;
    let steps = pages.api.services.journal.steps(&run.run_id).await.map_err(|error| pages.failed(error))?;
    let step = steps.iter().find(|step| step.step_id.as_str() == step_id).ok_or_else(|| pages.nothing())?;
    let audited = pages.audited(step).await.map_err(|error| pages.failed(error))?;
    let catalog = pages.api.desk.catalog().await.ok();
    let mut audit = match audited {
        Some(audited) => pages.audit(&run, step, audited, catalog.as_ref()),
        None => pages.gone(&run, step),
    };
    pages.look_up(&mut audit.inputs, step).await.map_err(|error| pages.failed(error))?;
    pages.render(&audit)
}

impl Viewer {
    async fn audited(&self, step: &StepDocument) -> Result<Option<Audited>, StoreError> {
        let w = &self.w.audit;
        if step.kind == Kind::Recommendation {
            return Ok(self.recommendation(step).await?.map(|found| Audited {
                what: w.recommendation.clone(),
                checks: found.checks.clone(),
                analyst: found.analyst,
                model: found.llm_model.clone(),
                prompt: found.llm_prompt_id.clone(),
                profile: found.llm_model_id.clone(),
                templates: Vec::new(),
                inputs: found
                    .source_reports
                    .iter()
                    .map(|source| {
                        let label = fill(&w.report_of, &[("tf", source.timeframe.as_str())]);
                        artifact(label, &source.artifact)
                    })
                    .chain(found.account_ref.iter().map(|account| artifact(w.account.clone(), account)))
                    .collect(),
                tools: found.tools.clone(),
            }));
        }
        let Some(found) = self.report(step).await? else { return Ok(None) };
        let charts = found.chart_refs.iter().map(|chart| {
            let drawn = provider(&self.w.run, &chart.chart_provider);
            let values = [("name", chart.chart_template_id.name()), ("provider", &drawn)];
            let label = fill(&w.chart, &values);
            artifact(label, &chart.artifact)
        });
        let mut templates: Vec<_> =
            found.chart_refs.iter().map(|chart| chart.chart_template_id.clone()).collect();
        templates.sort();
        templates.dedup();
        let parent = found.parent_report_id.iter().map(|parent| Input {
            label: w.above.clone(),
            hash: parent.to_string(),
            today: String::new(),
            uri: String::new(),
        });
        Ok(Some(Audited {
            what: fill(&w.report, &[("tf", found.timeframe.as_str())]),
            checks: found.checks.clone(),
            analyst: found.analyst,
            model: found.llm_model.clone(),
            prompt: found.llm_prompt_id.clone(),
            profile: found.llm_model_id.clone(),
            templates,
            inputs: std::iter::once(artifact(w.candles.clone(), &found.ohlcv_ref))
                .chain(charts)
                .chain(parent)
                .collect(),
            tools: found.tools.clone(),
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
        let w = &self.w.audit;
        let of = |template: &str, n: u32| {
            let (n, verified, checked) = (n.to_string(), verified.to_string(), checked.to_string());
            fill(template, &[("n", &n), ("verified", &verified), ("checked", &checked)])
        };
        let headline = match (checked, unverified) {
            (0, _) => w.no_number.clone(),
            (_, 0) => of(&w.holds, 0),
            (_, 1) => of(&w.one, 1),
            (_, wrong) => of(&w.many, wrong),
        };
        let analyst = match audited.analyst {
            Analyst::Rules => w.by_rules.clone(),
            Analyst::Model => fill(&w.by_model, &[("name", &notify::plain(&audited.model))]),
        };
        let now = today.map(|catalog| prompt_of(catalog, &audited.prompt));
        let prompt = version(w, &w.prompt, &audited.prompt, now);
        let now = today.map(|catalog| profile_of(catalog, &audited.profile, &audited.model));
        let profile = version(w, &w.profile, &audited.profile, now);
        let templates = audited.templates.iter().map(|id| {
            let now = today.map(|catalog| template_of(catalog, id));
            version(w, &w.template, id, now)
        });
        let calls = step.result.call_refs.iter().enumerate().map(|(index, uri)| Input {
            label: fill(&w.call, &[("n", &(index + 1).to_string())]),
            hash: String::new(),
            today: String::new(),
            uri: notify::plain(uri),
        });
        let tools = audited.tools.iter().map(|used| {
            let (n, name) = (used.tool.to_string(), notify::plain(&used.name));
            let values = [("n", n.as_str()), ("name", &name), ("status", used.status.as_str())];
            artifact(fill(&w.tool, &values), &used.artifact)
        });
        let inputs = audited
            .inputs
            .into_iter()
            .chain([prompt, profile])
            .chain(templates)
            .chain(calls)
            .chain(tools)
            .collect();
        Audit {
            frame: self.frame(self.title(&run.symbol, &audited.what), ""),
            run: run.run_id.to_string(),
            symbol: run.symbol.to_string(),
            what: audited.what,
            headline,
            lede: analyst,
            told: String::new(),
            facts: vec![
                (w.verified.as_str(), verified.to_string(), of(&w.of, 0)),
                (w.repaired.as_str(), repaired.to_string(), w.repaired_note.clone()),
                (w.unverified.as_str(), unverified.to_string(), w.unverified_note.clone()),
                (
                    w.cost.as_str(),
                    money(step.result.cost_usd.unwrap_or_default()),
                    of(&w.calls, step.result.model_calls.unwrap_or_default()),
                ),
            ],
            rows: rows(w, &audited.checks, step.timeframe),
            inputs,
        }
    }

    /// Looks for each input; of one that is gone its row stays, and no command that would fail.
    async fn look_up(&self, inputs: &mut [Input], step: &StepDocument) -> Result<(), StoreError> {
        let w = &self.w.audit;
        for input in inputs.iter_mut().filter(|input| !input.uri.is_empty()) {
            // without the number of its version, which a store looks up by itself
            let gcs_uri = input.uri.split_once('#').map_or(input.uri.as_str(), |(uri, _)| uri);
            match self.api.services.artifacts.get(gcs_uri).await {
                Ok(_) => {}
                Err(StoreError::NotFound(_) | StoreError::Damaged { .. }) => {
                    input.today = fill(&w.expired, &[("date", &self.tongue.date(step.expire_at))]);
                    input.uri = String::new();
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn title(&self, symbol: &domain::Symbol, what: &str) -> String {
        fill(&self.w.audit.title, &[("what", &format!("{symbol} {what}"))])
    }

    /// The artifact is missing: what the journal says of it stays.
    fn gone(&self, run: &RunDocument, step: &StepDocument) -> Audit {
        let w = &self.w.audit;
        let lede = match step.status {
            storage::Status::Done => fill(&w.expired, &[("date", &self.tongue.date(step.expire_at))]),
            other => fill(&w.step_is, &[("state", status(self.tongue, other))]),
        };
        let told = step.result.reason.as_deref().map(notify::plain).unwrap_or_default();
        let what = step_name(self.w, step);
        let result = &step.result;
        let of = |label: &str, uri: &str| Input {
            label: label.to_owned(),
            hash: String::new(),
            today: String::new(),
            uri: notify::plain(uri),
        };
        let candles = result.ohlcv_ref.iter().map(|uri| of(&w.candles, uri));
        let charts = result.chart_refs.iter().map(|uri| of(&w.a_chart, uri));
        let calls = result.call_refs.iter().map(|uri| of(&w.a_call, uri));
        let tools = result.tool_refs.iter().map(|uri| of(&w.a_tool, uri));
        Audit {
            frame: self.frame(self.title(&run.symbol, &what), ""),
            run: run.run_id.to_string(),
            symbol: run.symbol.to_string(),
            what,
            headline: w.nothing.clone(),
            lede,
            told,
            facts: Vec::new(),
            rows: Vec::new(),
            inputs: candles.chain(charts).chain(calls).chain(tools).collect(),
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
fn version(w: &Words, label: &str, id: &ContentId, today: Option<Option<ContentId>>) -> Input {
    let today = match today {
        None => String::new(),
        Some(None) => w.gone_today.clone(),
        Some(Some(now)) if now == *id => w.same.clone(),
        Some(Some(now)) => fill(&w.now, &[("id", &now.to_string())]),
    };
    Input { label: label.to_owned(), hash: id.to_string(), today, uri: String::new() }
}

fn prompt_of(catalog: &Catalog, id: &ContentId) -> Option<ContentId> {
    let text = catalog.prompts.get(&format!("{}.prompt", id.name()))?;
    Some(ContentId::of(id.name(), text.as_bytes()))
}

fn template_of(catalog: &Catalog, id: &ContentId) -> Option<ContentId> {
    let text = catalog.templates.get(&format!("{}.toml", id.name()))?;
    Some(ContentId::of(id.name(), text.as_bytes()))
}

/// The version of a profile; one that was asked by another model's name is a version of its own.
fn profile_of(catalog: &Catalog, id: &ContentId, model: &str) -> Option<ContentId> {
    let models = llm::Models::parse(catalog.models.get("models.toml")?).ok()?;
    let profile = models.profile(id.name())?;
    let asked = profile.clone().with_model(model);
    Some(if asked.id() == id { id.clone() } else { profile.id().clone() })
}

/// A row for each number, problems first.
fn rows(w: &'static Words, checks: &Checks, timeframe: Option<Timeframe>) -> Vec<Row> {
    let mut items: Vec<&CheckItem> = checks.items.iter().collect();
    items.sort_by_key(|item| match item.status {
        CheckStatus::Unverified => 0,
        CheckStatus::Repaired => 1,
        _ => 2,
    });
    items.into_iter().map(|item| row(w, item, timeframe)).collect()
}

fn row(w: &'static Words, item: &CheckItem, timeframe: Option<Timeframe>) -> Row {
    let (class, mark, word) = match item.status {
        CheckStatus::Unverified => ("bad", "?", w.word_unverified.as_str()),
        CheckStatus::Repaired => ("fix", "↻", w.word_repaired.as_str()),
        CheckStatus::Derived => ("ok", "✓", w.word_derived.as_str()),
        CheckStatus::Quoted => ("ok", "✓", w.word_quoted.as_str()),
        CheckStatus::Verified => ("ok", "✓", w.word_verified.as_str()),
    };
    let reference = notify::plain(&item.reference);
    let source = match timeframe {
        Some(timeframe) if !reference.is_empty() && !reference.contains(':') => {
            format!("{timeframe} {reference}")
        }
        _ => reference,
    };
    let was = item.was.as_deref().map(|was| fill(&w.had_been, &[("was", &notify::plain(was))]));
    Row {
        class,
        text: notify::plain(&item.got),
        place: notify::plain(&item.path),
        source,
        value: notify::plain(&item.expected),
        mark,
        word,
        note: was.unwrap_or_default(),
        told: item.why.as_deref().map(notify::plain).unwrap_or_default(),
    }
}
