use charts::scene::PlanPrices;
use charts::{Language, SVG_CSS, SvgLayout, Template, render_plan_svg, render_svg_in};
use domain::ohlcv::Ohlcv;
use domain::recommendation::{Direction, RecommendationDocument};
use domain::report::ReportDocument;
use domain::series::SeriesDocument;
use domain::{ContentId, Timeframe};
use notify::page::ChartSvgs;
use runtime::{Batch, Catalog, Services, Stop};
use serde::de::DeserializeOwned;
use storage::{Kind, Status, StepDocument};

/// The reports of a run, the longest timeframe first, and those that are missing.
pub(crate) struct Readings {
    pub(crate) list: Vec<Reading>,
    pub(crate) missing: Vec<Missing>,
    /// What the run ended in, where it was to end in a recommendation.
    pub(crate) decided: Option<Decided>,
    pub(crate) steps: Vec<StepDocument>,
}

/// A report with everything its page shows.
pub(crate) struct Reading {
    pub(crate) document: ReportDocument,
    pub(crate) ohlcv: Ohlcv,
    pub(crate) series: SeriesDocument,
    pub(crate) charts: ChartSvgs,
    pub(crate) small: ChartSvgs,
    pub(crate) pictures: Vec<(String, Vec<u8>)>,
    pub(crate) prompt_version: Option<u32>,
}

/// How the recommendation of a run ended.
pub(crate) enum Decided {
    /// It is there.
    Recommendation(Box<Advice>),
    /// It is not, for this reason.
    Missing(String),
}

/// A recommendation with everything its page shows.
pub(crate) struct Advice {
    pub(crate) document: RecommendationDocument,
    pub(crate) charts: ChartSvgs,
    pub(crate) timeframe: Timeframe,
    pub(crate) has_forming: bool,
    pub(crate) prompt_version: Option<u32>,
}

/// A report that a run should have and has not.
pub(crate) struct Missing {
    pub(crate) timeframe: Timeframe,
    pub(crate) reason: String,
}

impl Missing {
    pub(crate) fn sentence(&self) -> String {
        format!("{} is missing: {}", self.timeframe, self.reason)
    }
}

/// The rules of the charts' classes.
pub(crate) const CHART_CSS: &str = SVG_CSS;

impl Readings {
    pub(crate) async fn gather(services: &Services, batch: &Batch<'_>) -> Result<Self, Stop> {
        let steps = services.journal.steps(&batch.run.run_id).await?;
        let catalog = Catalog::pinned(services, &batch.run.pins).await?;
        let (mut list, mut missing) = (Vec::new(), Vec::new());
        for step in steps.iter().filter(|step| step.kind == Kind::Report) {
            let Some(timeframe) = step.timeframe else { continue };
            if step.status == Status::Done {
                list.push(reading(services, &steps, step, timeframe, &catalog).await?);
            } else {
                let reason = step.result.reason.clone().unwrap_or_else(|| step.status.as_str().to_owned());
                missing.push(Missing { timeframe, reason });
            }
        }
        list.sort_by_key(|reading: &Reading| reading.document.timeframe);
        let decided = match steps.iter().find(|step| step.kind == Kind::Recommendation) {
            Some(step) => Some(decided(services, step, &list, &catalog).await?),
            None => None,
        };
        Ok(Self { list, missing, decided, steps })
    }

    /// The recommendation of the run.
    pub(crate) fn advice(&self) -> Option<&Advice> {
        match &self.decided {
            Some(Decided::Recommendation(advice)) => Some(advice),
            _ => None,
        }
    }

    /// Why the run has no recommendation, where it was to have one.
    pub(crate) fn no_recommendation(&self) -> Option<&str> {
        match &self.decided {
            Some(Decided::Missing(reason)) => Some(reason),
            _ => None,
        }
    }
}

async fn decided(
    services: &Services,
    step: &StepDocument,
    list: &[Reading],
    catalog: &Catalog,
) -> Result<Decided, Stop> {
    if step.status != Status::Done {
        let reason = step.result.reason.clone().unwrap_or_else(|| step.status.as_str().to_owned());
        return Ok(Decided::Missing(reason));
    }
    let document: RecommendationDocument = read(services, step.result.gcs_uri.as_deref()).await?;
    // the shortest timeframe it was given: what the plan stands on
    let given = document.source_report_id.first();
    let day = list.iter().find(|reading| Some(&reading.document.report_id) == given);
    let day = day.ok_or_else(|| Stop::failed("the report that the recommendation stands on is missing"))?;
    let charts = draw_plan(&document, &day.series);
    let prompt_version = prompt_version(catalog, &document.llm_prompt_id);
    let (timeframe, has_forming) = (day.series.timeframe, day.series.forming.is_some());
    Ok(Decided::Recommendation(Box::new(Advice { document, charts, timeframe, has_forming, prompt_version })))
}

fn draw_plan(document: &RecommendationDocument, series: &SeriesDocument) -> ChartSvgs {
    let language = if document.language == "ru" { Language::Ru } else { Language::En };
    let label = format!("{} {}; numbers are beside.", document.symbol, series.timeframe);
    let prices = document.plan.as_ref().map(|plan| PlanPrices {
        is_long: document.recommendation.direction == Direction::Long,
        entry_low: plan.entry_low,
        entry_high: plan.entry_high,
        stop: plan.stop,
        targets: plan.targets.iter().map(|target| target.price).collect(),
    });
    let svg = |layout| render_plan_svg(series, prices.as_ref(), layout, &label, language);
    ChartSvgs { wide: svg(SvgLayout::Half), narrow: svg(SvgLayout::Narrow) }
}

async fn reading(
    services: &Services,
    steps: &[StepDocument],
    step: &StepDocument,
    timeframe: Timeframe,
    catalog: &Catalog,
) -> Result<Reading, Stop> {
    let document: ReportDocument = read(services, step.result.gcs_uri.as_deref()).await?;
    let candles = steps.iter().find(|s| s.kind == Kind::Ohlcv && s.timeframe == Some(timeframe));
    let ohlcv: Ohlcv = read(services, candles.and_then(|s| s.result.gcs_uri.as_deref())).await?;
    let series: SeriesDocument = read(services, candles.and_then(|s| s.result.series_uri.as_deref())).await?;
    let mut pictures = Vec::new();
    for chart in &document.chart_refs {
        let png = services.artifacts.get(&chart.artifact.gcs_uri).await?;
        pictures.push((chart.chart_template_id.name().to_owned(), png));
    }
    let main = document.chart_refs.first().map_or("trend", |chart| chart.chart_template_id.name());
    let text = catalog.templates.get(&format!("{main}.toml"));
    let text = text.ok_or_else(|| Stop::failed(format!("the catalog has no chart template {main}.toml")))?;
    let template = Template::parse(main, text).map_err(Stop::failed)?;
    let charts = draw(&document, &series, &template, SvgLayout::Wide);
    let small = draw(&document, &series, &Template::parent(), SvgLayout::Half);
    let prompt_version = prompt_version(catalog, &document.llm_prompt_id);
    Ok(Reading { document, ohlcv, series, charts, small, pictures, prompt_version })
}

fn draw(
    document: &ReportDocument,
    series: &SeriesDocument,
    template: &Template,
    wide: SvgLayout,
) -> ChartSvgs {
    let language = if document.language == "ru" { Language::Ru } else { Language::En };
    let (symbol, timeframe, last) = (&document.symbol, document.timeframe, &document.last_bar);
    let label =
        format!("{symbol} {timeframe}, closed bars to {last} and the one in progress; numbers are below.");
    let svg = |layout| render_svg_in(series, template, layout, &label, language);
    ChartSvgs { wide: svg(wide), narrow: svg(SvgLayout::Narrow) }
}

fn prompt_version(catalog: &Catalog, llm_prompt_id: &ContentId) -> Option<u32> {
    let name = format!("{}.prompt", llm_prompt_id.name());
    let all: Vec<_> = catalog.prompts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let prompt = llm::Prompt::parse(&name, catalog.prompts.get(&name)?, &all).ok()?;
    Some(prompt.front().version)
}

async fn read<T: DeserializeOwned>(services: &Services, gcs_uri: Option<&str>) -> Result<T, Stop> {
    let gcs_uri = gcs_uri.ok_or_else(|| Stop::failed("an artifact of the report is missing"))?;
    let bytes = services.artifacts.get(gcs_uri).await?;
    serde_json::from_slice(&bytes).map_err(|error| Stop::failed(format!("{gcs_uri}: {error}")))
}
