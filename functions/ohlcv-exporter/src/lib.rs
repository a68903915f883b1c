//! Writes the candles of a run as artifacts: one read for all timeframes, one document for the model and one
//! series for charts and pages each.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{CandleRevision, Instrument, Timeframe};
use market::artifact::{self, Built, Input};
use runtime::{Batch, Catalog, Function, Redeliver, Services, Stop, artifact_key, begin};
use storage::{CandleQuery, CandleStore, Message, StepDocument, StepResult, Topic};

/// The exporter of candles.
pub struct OhlcvExporter {
    services: Services,
    candles: Arc<dyn CandleStore>,
}

impl OhlcvExporter {
    /// An exporter on these ports.
    pub fn new(services: Services, candles: Arc<dyn CandleStore>) -> Self {
        Self { services, candles }
    }

    /// What the artifacts of a run are built from.
    async fn read(&self, batch: &Batch<'_>) -> Result<Candles, Stop> {
        let run = &batch.run;
        let Some(instrument) = self.candles.instrument(&run.source, &run.symbol).await? else {
            let what = format!(
                "nothing is known of {0}; let the collector fetch it (`topdown collect {0}`) first",
                run.symbol
            );
            return Err(Stop::Failed(what));
        };
        let timeframes: Vec<Timeframe> = batch.steps.iter().filter_map(|step| step.timeframe).collect();
        // the bars in progress, and the ones before them in case they were not collected after their close
        let hours_since = timeframes.iter().map(|t| t.previous_open(t.open_of(run.as_of))).min();
        let mut wants: Vec<_> = timeframes.iter().map(|timeframe| (*timeframe, None)).collect();
        if !timeframes.contains(&Timeframe::Day) {
            wants.push((Timeframe::Day, None));
        }
        wants.push((Timeframe::Hour, hours_since));
        let query =
            CandleQuery { source: run.source.clone(), symbol: run.symbol.clone(), as_of: run.as_of, wants };
        let mut series = self.candles.read(&query).await?;
        let hours = series.remove(&Timeframe::Hour).unwrap_or_default();
        Ok(Candles { instrument, hours, series })
    }

    async fn inputs(&self, batch: &Batch<'_>) -> Result<(Candles, Catalog), Stop> {
        let catalog = Catalog::pinned(&self.services, &batch.run.pins).await?;
        Ok((self.read(batch).await?, catalog))
    }

    async fn export(
        &self,
        batch: &Batch<'_>,
        candles: &Candles,
        catalog: &Catalog,
        step: &StepDocument,
    ) -> Result<StepResult, Stop> {
        let timeframe =
            step.timeframe.ok_or_else(|| Stop::failed("an export of candles without a timeframe"))?;
        let built = candles.build(batch, catalog, timeframe)?;
        let ohlcv = serde_json::to_vec(&built.ohlcv).map_err(Stop::failed)?;
        let series = serde_json::to_vec(&built.series).map_err(Stop::failed)?;
        let run_id = &batch.run.run_id;
        let put = |name: String, bytes: Vec<u8>| async move {
            self.services.artifacts.put(&artifact_key(run_id, &name)?, "application/json", &bytes).await
        };
        let series = put(format!("{timeframe}-series.json"), series).await?;
        let ohlcv = put(format!("{timeframe}-ohlcv.json"), ohlcv).await?;
        let result = StepResult { series_uri: Some(series.artifact.gcs_uri), ..StepResult::default() };
        Ok(result.with(ohlcv.artifact))
    }
}

#[async_trait]
impl Function for OhlcvExporter {
    fn topic(&self) -> Topic {
        Topic::OhlcvExport
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        let Some(batch) = begin(&self.services, message).await? else { return Ok(()) };
        let (candles, catalog) = match self.inputs(&batch).await {
            Ok(inputs) => inputs,
            Err(stop) => return batch.stop(stop).await,
        };
        for step in &batch.steps {
            let outcome = self.export(&batch, &candles, &catalog, step).await;
            batch.conclude(step, outcome).await?;
        }
        Ok(())
    }
}

struct Candles {
    instrument: Instrument,
    hours: Vec<CandleRevision>,
    series: std::collections::BTreeMap<Timeframe, Vec<CandleRevision>>,
}

impl Candles {
    fn build(&self, batch: &Batch<'_>, catalog: &Catalog, timeframe: Timeframe) -> Result<Built, Stop> {
        let extra_indicators = wanted(catalog, timeframe)?;
        let bars = |timeframe: Timeframe| self.series.get(&timeframe).map_or(&[][..], Vec::as_slice);
        let closed = |bars: &[CandleRevision]| -> Vec<CandleRevision> {
            bars.iter().filter(|bar| bar.is_closed()).cloned().collect()
        };
        let built = artifact::build(&Input {
            instrument: &self.instrument,
            venue: batch.run.venue.as_str(),
            source: &batch.run.source,
            timeframe,
            as_of: batch.run.as_of,
            bars: &closed(bars(timeframe)),
            hours: &self.hours,
            days: &closed(bars(Timeframe::Day)),
            extra_indicators: &extra_indicators,
        });
        built.map_err(Stop::failed)
    }
}

/// What the run's chart templates draw.
fn wanted(catalog: &Catalog, timeframe: Timeframe) -> Result<Vec<String>, Stop> {
    let mut names = Vec::new();
    for (file, text) in &catalog.templates {
        let name = file.trim_end_matches(".toml");
        let template = charts::Template::parse(name, text).map_err(Stop::failed)?;
        names.extend(template.indicators_wanted(timeframe));
    }
    names.sort();
    names.dedup();
    Ok(names)
}
