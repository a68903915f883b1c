//! Draws the charts of a timeframe from the series that the run exported: never from a second query.
//!
//! Where a vendor is configured it draws the charts of live runs; what it refuses, and every chart of a past
//! instant, which it would draw with the present, the built-in renderer draws. The journal says who drew.

#[cfg(feature = "gcp")]
pub mod settings;
mod vendor;

use async_trait::async_trait;
use charts::Template;
use charts::chart_img::Client;
use domain::series::SeriesDocument;
use flows::StepKind;
use runtime::{Batch, Catalog, Done, Function, Redeliver, Services, Stop, artifact_key, begin};
use storage::{Kind, Message, StepDocument, StepResult, Topic};

use crate::vendor::Vendor;

/// The journal's name for the renderer of this program.
pub const BUILT_IN: &str = "built-in";

/// The exporter of charts.
pub struct ChartExporter {
    services: Services,
    vendor: Option<Vendor>,
}

impl ChartExporter {
    /// An exporter on these ports; without Chart-IMG the built-in renderer draws everything.
    pub fn new(services: Services, chart_img: Option<Client>) -> Self {
        Self { services, vendor: chart_img.map(Vendor::new) }
    }

    async fn export(
        &self,
        batch: &Batch<'_>,
        done: &Done,
        catalog: &Catalog,
        step: &StepDocument,
    ) -> Result<StepResult, Stop> {
        let template = template(batch, catalog, step)?;
        let series = step.timeframe.and_then(|timeframe| done.of(Kind::Ohlcv, timeframe).next());
        let series_uri = series.and_then(|step| step.result.series_uri.clone());
        let series_uri =
            series_uri.ok_or_else(|| Stop::failed("the run has no candles of this timeframe"))?;
        let bytes = self.services.artifacts.get(&series_uri).await?;
        let series: SeriesDocument =
            serde_json::from_slice(&bytes).map_err(|error| Stop::Failed(format!("{series_uri}: {error}")))?;
        let mut result = StepResult { chart_template_id: Some(template.id()), ..StepResult::default() };
        let png = match self.vendor(batch, step, &series, &template, &mut result).await? {
            Some(png) => png,
            None => {
                result.chart_provider = Some(BUILT_IN.to_owned());
                // a tenth of a second of drawing must not hold up the other steps of this process
                let drawn =
                    tokio::task::block_in_place(|| charts::render_png(&series, &template, None, None));
                drawn.map_err(Stop::failed)?
            }
        };
        let key = artifact_key(&batch.run.run_id, &format!("{}.png", step.step_id))?;
        let put = self.services.artifacts.put(&key, "image/png", &png).await?;
        Ok(result.with(put.artifact))
    }

    /// The vendor's picture, where there is a vendor, the run is live and the vendor draws it.
    async fn vendor(
        &self,
        batch: &Batch<'_>,
        step: &StepDocument,
        series: &SeriesDocument,
        template: &Template,
        result: &mut StepResult,
    ) -> Result<Option<Vec<u8>>, Stop> {
        let Some(vendor) = self.vendor.as_ref().filter(|_| batch.run.live) else { return Ok(None) };
        match vendor.draw(&self.services, &batch.run, step, series.timeframe, template).await? {
            Ok(picture) => {
                result.chart_provider = Some(vendor::CHART_IMG.to_owned());
                result.chart_studies = picture.studies;
                Ok(Some(picture.png))
            }
            Err(reason) => {
                tracing::warn!(run_id = %batch.run.run_id, step_id = %step.step_id, reason, "drawn built-in");
                result.reason = Some(reason);
                Ok(None)
            }
        }
    }
}

/// The template that the flow names for this step, as the run fixed it.
fn template(batch: &Batch<'_>, catalog: &Catalog, step: &StepDocument) -> Result<Template, Stop> {
    let name = match batch.planned(step).map(|planned| planned.kind) {
        Some(StepKind::Chart(name)) => name,
        _ => return Err(Stop::failed("this version's flow has no such chart")),
    };
    let text = catalog.templates.get(&format!("{name}.toml")).ok_or_else(|| {
        Stop::Failed(format!("the catalog has no chart template {name}.toml; add it to chart_templates"))
    })?;
    Template::parse(name, text).map_err(Stop::failed)
}

#[async_trait]
impl Function for ChartExporter {
    fn topic(&self) -> Topic {
        Topic::ChartExport
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        let Some(batch) = begin(&self.services, message).await? else { return Ok(()) };
        let done = batch.done_steps().await?;
        let catalog = match Catalog::pinned(&self.services, &batch.run.pins).await {
            Ok(catalog) => catalog,
            Err(error) => return batch.stop(error.into()).await,
        };
        for step in &batch.steps {
            let outcome = self.export(&batch, &done, &catalog, step).await;
            batch.conclude(step, outcome).await?;
        }
        Ok(())
    }
}
