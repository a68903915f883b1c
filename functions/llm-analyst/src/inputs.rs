use charts::Template;
use domain::ohlcv::Ohlcv;
use domain::report::{ArtifactRef, ChartRef, ReportDocument};
use domain::{Sha256Hex, Timeframe};
use flows::StepKind;
use llm::request::{ChartInput, ReportInput};
use llm::{ModelProfile, Models, ParentReport, Prompt};
use runtime::{Batch, Catalog, Done, Services, Stop};
use storage::{Kind, RunDocument, StepDocument};

use crate::Config;

/// Everything a report is made from, read once.
pub(crate) struct Inputs {
    pub(crate) run: RunDocument,
    pub(crate) timeframe: Timeframe,
    pub(crate) prompt: Prompt,
    pub(crate) profile: ModelProfile,
    pub(crate) ohlcv_json: String,
    pub(crate) ohlcv: Ohlcv,
    pub(crate) ohlcv_ref: ArtifactRef,
    pub(crate) charts: Vec<Chart>,
    pub(crate) parent: Option<ReportDocument>,
    /// Whether the flow lets the model ask for more.
    pub(crate) tools: bool,
}

pub(crate) struct Chart {
    pub(crate) reference: ChartRef,
    panes: String,
    png: Vec<u8>,
}

impl Inputs {
    pub(crate) async fn gather(
        services: &Services,
        batch: &Batch<'_>,
        catalog: &Catalog,
        step: &StepDocument,
        config: &Config,
    ) -> Result<Self, Stop> {
        let planned =
            batch.planned(step).ok_or_else(|| Stop::failed("this version's flow has no such report"))?;
        let (StepKind::Report(task), Some(timeframe)) = (planned.kind, step.timeframe) else {
            return Err(Stop::failed("the step is no report of a timeframe"));
        };
        let prompt = prompt(catalog, task)?;
        let profile = profile(catalog, config, &batch.run, &prompt)?;
        let done = batch.done_steps().await.map_err(|redeliver| Stop::Store(redeliver.0))?;
        let candles = done.of(Kind::Ohlcv, timeframe).next().and_then(artifact);
        let ohlcv_ref = candles.ok_or_else(|| Stop::failed("the run has no candles of this timeframe"))?;
        let bytes = services.artifacts.get(&ohlcv_ref.gcs_uri).await?;
        let ohlcv_json = String::from_utf8(bytes).map_err(Stop::failed)?;
        let ohlcv: Ohlcv = serde_json::from_str(&ohlcv_json).map_err(Stop::failed)?;
        let charts = match profile.capabilities.image {
            true => charts(services, catalog, &done, timeframe).await?,
            // a model that sees no pictures is given none
            false => Vec::new(),
        };
        let parent =
            match planned.needs.iter().find_map(|id| done.step(id).filter(|s| s.kind == Kind::Report)) {
                Some(step) => {
                    let reference =
                        artifact(step).ok_or_else(|| Stop::failed("the report above has no artifact"))?;
                    let bytes = services.artifacts.get(&reference.gcs_uri).await?;
                    Some(serde_json::from_slice(&bytes).map_err(Stop::failed)?)
                }
                None => None,
            };
        let (run, tools) = (batch.run.clone(), batch.flow().is_some_and(|flow| flow.tools));
        Ok(Self { run, timeframe, prompt, profile, ohlcv_json, ohlcv, ohlcv_ref, charts, parent, tools })
    }

    /// The exact bytes of the request.
    pub(crate) fn request(&self) -> Result<Vec<u8>, Stop> {
        let parent = self.parent_report();
        let input = ReportInput {
            symbol: &self.run.symbol,
            timeframe: self.timeframe,
            as_of: self.run.as_of,
            language: &self.run.language,
            ohlcv_json: &self.ohlcv_json,
            charts: self
                .charts
                .iter()
                .map(|chart| ChartInput {
                    provider: &chart.reference.chart_provider,
                    template: chart.reference.chart_template_id.name(),
                    panes: chart.panes.clone(),
                    last_bar: self.ohlcv.bars.last_t().unwrap_or_default(),
                    png: &chart.png,
                })
                .collect(),
            parent: parent.as_ref(),
            tools: self.tools,
        };
        llm::request::build(&self.prompt, &self.profile, &input).map_err(Stop::failed)
    }

    pub(crate) fn parent_report(&self) -> Option<ParentReport> {
        self.parent.as_ref().map(ParentReport::from)
    }
}

pub(crate) fn artifact(step: &StepDocument) -> Option<ArtifactRef> {
    let (gcs_uri, sha256) = (step.result.gcs_uri.clone()?, step.result.sha256.clone()?);
    Some(ArtifactRef { gcs_uri, sha256, generation: step.result.generation })
}

pub(crate) fn prompt(catalog: &Catalog, task: &str) -> Result<Prompt, Stop> {
    let file = format!("{task}.prompt");
    let missing = || Stop::failed(format!("the catalog has no prompt {file}; add it to prompts"));
    let text = catalog.prompts.get(&file).ok_or_else(missing)?;
    let all: Vec<_> = catalog.prompts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Prompt::parse(&file, text, &all).map_err(Stop::failed)
}

pub(crate) fn profile(
    catalog: &Catalog,
    config: &Config,
    run: &RunDocument,
    prompt: &Prompt,
) -> Result<ModelProfile, Stop> {
    let text =
        catalog.models.get("models.toml").ok_or_else(|| Stop::failed("the catalog has no models.toml"))?;
    let models = Models::parse(text).map_err(Stop::failed)?;
    let name = run.model.as_deref().unwrap_or(&prompt.front().model);
    config.profile(&models, name).map_err(Stop::failed)
}

async fn charts(
    services: &Services,
    catalog: &Catalog,
    done: &Done,
    timeframe: Timeframe,
) -> Result<Vec<Chart>, Stop> {
    let mut charts = Vec::new();
    for step in done.of(Kind::Chart, timeframe) {
        let (Some(reference), Some(template_id)) = (artifact(step), step.result.chart_template_id.clone())
        else {
            continue;
        };
        let png = services.artifacts.get(&reference.gcs_uri).await?;
        let provider = step.result.chart_provider.clone().unwrap_or_default();
        let text = catalog.templates.get(&format!("{}.toml", template_id.name()));
        let template = text.and_then(|text| Template::parse(template_id.name(), text).ok());
        let panes = match step.result.chart_studies.as_slice() {
            [] => template.map(|t| t.resolve(timeframe).describe()).unwrap_or_default(),
            studies => format!("price with {}", studies.join(", ")),
        };
        let reference = ChartRef {
            artifact: ArtifactRef { sha256: Sha256Hex::of(&png), ..reference },
            chart_template_id: template_id,
            chart_provider: provider,
        };
        charts.push(Chart { reference, panes, png });
    }
    Ok(charts)
}
