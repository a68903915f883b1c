use notify::ALERT_LINE;
use notify::page::{
    self, InputRow, MissingReport, PageInput, Parent, Picture, PlanChart, RecommendationInput, ReportPage,
    RunFacts,
};
use runtime::{Batch, Services, Stop};
use rust_decimal::Decimal;
use storage::{Artifact, ArtifactKey, Kind};

use crate::readings::{Advice, CHART_CSS, Reading, Readings};

/// A page that was written.
pub(crate) struct Written {
    pub(crate) artifact: Artifact,
    pub(crate) html: String,
}

/// Writes the page of the reading at `index`; the last one's is the run's, unless the run has a recommendation.
pub(crate) async fn write(
    services: &Services,
    batch: &Batch<'_>,
    readings: &Readings,
    index: usize,
) -> Result<Written, Stop> {
    let reading = readings.list.get(index).ok_or_else(|| Stop::failed("no such reading"))?;
    let html = render(batch, readings, index, reading)?;
    put(services, &name(batch, readings, index), html).await
}

/// Writes the page of the run's recommendation, which is the run's.
pub(crate) async fn write_recommendation(
    services: &Services,
    batch: &Batch<'_>,
    readings: &Readings,
    advice: &Advice,
) -> Result<Written, Stop> {
    let html = render_recommendation(batch, readings, advice)?;
    put(services, &format!("{}.html", batch.run.run_id), html).await
}

async fn put(services: &Services, name: &str, html: String) -> Result<Written, Stop> {
    let key = ArtifactKey::new(&format!("pages/{name}")).map_err(Stop::failed)?;
    let put = services.artifacts.put(&key, "text/html; charset=utf-8", html.as_bytes()).await?;
    let html = if put.created {
        html
    } else {
        String::from_utf8(services.artifacts.get(&put.artifact.gcs_uri).await?).map_err(Stop::failed)?
    };
    Ok(Written { artifact: put.artifact, html })
}

fn name(batch: &Batch<'_>, readings: &Readings, index: usize) -> String {
    let run_id = &batch.run.run_id;
    match readings.list.get(index) {
        Some(reading) if index + 1 < readings.list.len() || readings.advice().is_some() => {
            format!("{run_id}-{}.html", reading.document.timeframe)
        }
        _ => format!("{run_id}.html"),
    }
}

fn render(batch: &Batch<'_>, readings: &Readings, index: usize, reading: &Reading) -> Result<String, Stop> {
    let above =
        index.checked_sub(1).and_then(|above| readings.list.get(above).map(|reading| (above, reading)));
    let page = above.map(|(above, _)| name(batch, readings, above));
    let parent = match above {
        Some((_, parent)) => Parent::Report { reading: part(parent, true), page: page.as_deref() },
        None => Parent::None,
    };
    let pictures: Vec<_> =
        reading.pictures.iter().map(|(name, png)| Picture { name, png: png.as_slice() }).collect();
    let missing: Vec<_> = readings.missing.iter().map(|m| (m.timeframe.to_string(), m.sentence())).collect();
    let inputs: Vec<_> = missing
        .iter()
        .map(|(timeframe, sentence)| InputRow { label: timeframe, description: sentence, id: "" })
        .collect();
    page::render(&PageInput {
        reading: part(reading, false),
        parent,
        chart_css: CHART_CSS,
        pictures: &pictures,
        inputs: &inputs,
        prompt_version: reading.prompt_version,
        run: facts(batch, readings),
        no_recommendation: readings.no_recommendation(),
    })
    .map_err(Stop::failed)
}

fn render_recommendation(batch: &Batch<'_>, readings: &Readings, advice: &Advice) -> Result<String, Stop> {
    let names: Vec<_> = (0..readings.list.len()).map(|index| name(batch, readings, index)).collect();
    let pages: Vec<_> = readings
        .list
        .iter()
        .zip(&names)
        .map(|(reading, page)| ReportPage { report_id: &reading.document.report_id, page })
        .collect();
    let missing: Vec<_> = readings
        .missing
        .iter()
        .map(|missing| MissingReport { timeframe: missing.timeframe, reason: &missing.reason })
        .collect();
    page::render_recommendation(&RecommendationInput {
        document: &advice.document,
        chart: Some(PlanChart {
            svgs: &advice.charts,
            timeframe: advice.timeframe,
            has_forming: advice.has_forming,
        }),
        chart_css: CHART_CSS,
        lifecycle: None,
        folder: "",
        pages: &pages,
        missing: &missing,
        alert_line: ALERT_LINE,
        prompt_version: advice.prompt_version,
        run: facts(batch, readings),
    })
    .map_err(Stop::failed)
}

fn part(reading: &Reading, small: bool) -> page::Reading<'_> {
    page::Reading {
        document: &reading.document,
        ohlcv: &reading.ohlcv,
        series: &reading.series,
        charts: if small { &reading.small } else { &reading.charts },
    }
}

fn facts(batch: &Batch<'_>, readings: &Readings) -> RunFacts {
    let asked = [Kind::Report, Kind::Recommendation];
    let reports = || readings.steps.iter().filter(|step| asked.contains(&step.kind));
    let begun =
        readings.steps.iter().filter_map(|step| step.started_at).min().unwrap_or(batch.run.created_at);
    let ended = reports().filter_map(|step| step.ended_at).max().unwrap_or(batch.run.created_at);
    RunFacts {
        wall_ms: u64::try_from(ended.duration_since(begun).as_millis()).unwrap_or_default(),
        calls: reports().filter_map(|step| step.result.model_calls).sum(),
        cost_usd: reports().filter_map(|step| step.result.cost_usd).sum::<Decimal>(),
    }
}
