use std::collections::BTreeMap;

use domain::ohlcv::Ohlcv;
use domain::recommendation::SourceReport;
use domain::report::{ArtifactRef, ReportDocument};
use domain::series::{OrderFilters, SeriesDocument};
use domain::{Market, ReportId, Timeframe};
use flows::StepKind;
use llm::request::RecommendationInput;
use llm::{ModelProfile, Prompt, SourceGiven, Terms};
use runtime::{Batch, Catalog, Done, Services, Stop};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use storage::{Kind, RunDocument, StepDocument};

use super::account::{Account, holds_coins};
use crate::document::decimal;
use crate::inputs::{artifact, profile, prompt};
use crate::{Config, Risk};

/// Fee and slippage of one side, fractions of its price: the venue's taker rate without a discount, where the account
/// does not tell its own, and half a tick of a thin hour.
const SPOT_FEE: Decimal = Decimal::from_parts(10, 0, 0, false, 4);
const PERP_FEE: Decimal = Decimal::from_parts(5, 0, 0, false, 4);
const SLIPPAGE: Decimal = Decimal::from_parts(5, 0, 0, false, 4);

/// Everything a recommendation is made from, read once.
pub(crate) struct Inputs {
    pub(crate) run: RunDocument,
    pub(crate) prompt: Prompt,
    pub(crate) profile: ModelProfile,
    /// The reports as they are given, the longest timeframe first.
    pub(crate) given: Vec<SourceGiven>,
    /// The same, as they are recorded.
    pub(crate) sources: Vec<SourceReport>,
    /// Reports of the run that are not given.
    pub(crate) beside: Vec<SourceReport>,
    /// Numbers that hold and numbers checked, by report.
    pub(crate) checks: BTreeMap<ReportId, (u32, u32)>,
    pub(crate) terms: Terms,
    pub(crate) account: Account,
    /// What the exchange takes as an order, where there is an account to size a plan by and the run knows it.
    pub(crate) filters: Option<OrderFilters>,
    /// What a plan is sized by.
    pub(crate) risk: Risk,
    /// Whether the flow lets the model ask for more.
    pub(crate) tools: bool,
}

/// A report with the candles it was made from.
struct Read {
    document: ReportDocument,
    artifact: ArtifactRef,
    ohlcv: Ohlcv,
}

impl Inputs {
    pub(crate) async fn gather(
        services: &Services,
        batch: &Batch<'_>,
        catalog: &Catalog,
        step: &StepDocument,
        config: &Config,
    ) -> Result<Self, Stop> {
        let Some(StepKind::Recommendation(decision)) =
            batch.planned(step).map(|planned| planned.kind.clone())
        else {
            return Err(Stop::failed("this version's flow has no such recommendation"));
        };
        let prompt = prompt(catalog, decision.task)?;
        let profile = profile(catalog, config, &batch.run, &prompt)?;
        let done = batch.done_steps().await.map_err(|redeliver| Stop::Store(redeliver.0))?;
        let (mut given, mut sources, mut beside) = (Vec::new(), Vec::new(), Vec::new());
        let mut checks = BTreeMap::new();
        for read in reports(services, &done).await? {
            let counted = (read.document.checks.verified, read.document.checks.checked);
            checks.insert(read.document.report_id.clone(), counted);
            let recorded = recorded(&read);
            if decision.reads.contains(&read.document.timeframe) {
                given.push(SourceGiven::new(&read.document, &read.ohlcv));
                sources.push(recorded);
            } else {
                beside.push(recorded);
            }
        }
        if given.len() != decision.reads.len() {
            return Err(Stop::failed("the run lacks a report that this recommendation reads"));
        }
        let account = if decision.account {
            Account::gather(services, batch, &done).await?
        } else {
            Account::default()
        };
        let market = batch.run.market;
        let terms = terms(&given, &account, market)?;
        let filters = match (market, &account.read) {
            (_, None) => None,
            (Market::Spot, Some(_)) => filters(services, &done).await?,
            // those of spot are not a contract's
            (Market::Perp, Some(_)) => account.rates(market).and_then(|rates| rates.orders),
        };
        let (run, risk) = (batch.run.clone(), config.risk);
        let tools = batch.flow().is_some_and(|flow| flow.tools);
        Ok(Self {
            run,
            prompt,
            profile,
            given,
            sources,
            beside,
            checks,
            terms,
            account,
            filters,
            risk,
            tools,
        })
    }

    /// The exact bytes of the request.
    pub(crate) fn request(&self) -> Result<Vec<u8>, Stop> {
        let input = RecommendationInput {
            symbol: &self.run.symbol,
            as_of: self.run.as_of,
            language: &self.run.language,
            sources: &self.given,
            terms: &self.terms,
            account: self.account.read.as_ref().map(|(account, _)| account),
            tools: self.tools,
        };
        llm::request::build_recommendation(&self.prompt, &self.profile, &input).map_err(Stop::failed)
    }
}

/// The reports of the run, the longest timeframe first.
async fn reports(services: &Services, done: &Done) -> Result<Vec<Read>, Stop> {
    let mut all = Vec::new();
    for timeframe in [Timeframe::Month, Timeframe::Week, Timeframe::Day, Timeframe::Hour4] {
        let Some(step) = done.of(Kind::Report, timeframe).next() else { continue };
        let artifact = artifact(step).ok_or_else(|| Stop::failed("a report of the run has no artifact"))?;
        let document: ReportDocument = read(services, &artifact.gcs_uri).await?;
        let ohlcv: Ohlcv = read(services, &document.ohlcv_ref.gcs_uri).await?;
        all.push(Read { document, artifact, ohlcv });
    }
    Ok(all)
}

async fn read<D: DeserializeOwned>(services: &Services, gcs_uri: &str) -> Result<D, Stop> {
    let bytes = services.artifacts.get(gcs_uri).await?;
    serde_json::from_slice(&bytes).map_err(Stop::failed)
}

/// What the exchange takes as an order on its spot market, as the day's series has it.
async fn filters(services: &Services, done: &Done) -> Result<Option<OrderFilters>, Stop> {
    let step = done.of(Kind::Ohlcv, Timeframe::Day).next();
    let Some(uri) = step.and_then(|step| step.result.series_uri.as_ref()) else { return Ok(None) };
    Ok(read::<SeriesDocument>(services, uri).await?.orders)
}

fn recorded(read: &Read) -> SourceReport {
    let (document, odds) = (&read.document, &read.document.report.scenarios);
    SourceReport {
        timeframe: document.timeframe,
        report_id: document.report_id.clone(),
        artifact: read.artifact.clone(),
        bias: document.report.bias,
        regime: read.ohlcv.stats.regime.clone(),
        p_up: odds.p_up,
        p_neither: odds.p_neither,
        p_down: odds.p_down,
        last_bar: document.last_bar.clone(),
        trust: document.trust,
    }
}

/// What a plan has to reckon with, by the shortest timeframe that is read: the one it stands on.
fn terms(given: &[SourceGiven], account: &Account, market: Market) -> Result<Terms, Stop> {
    let day = &given.last().ok_or_else(|| Stop::failed("a recommendation needs reports"))?.ohlcv;
    let atr = day.indicators.last_t().and_then(|t| day.indicators.cell(t, "atr14"));
    let atr = atr.and_then(|text| Decimal::from_str_exact(text).ok()).filter(|atr| *atr > Decimal::ZERO);
    let no_atr =
        "the day has too few bars for an ATR14, so no plan can be measured; run flow 2 for its reports";
    let usual = match market {
        Market::Spot => SPOT_FEE,
        Market::Perp => PERP_FEE,
    };
    let rates = account.rates(market);
    let fee = rates.and_then(|rates| rates.taker_fee).filter(|fee| !fee.is_sign_negative()).unwrap_or(usual);
    let last_price = decimal(&day.stats.last_price)?;
    // on spot only what is held can be sold
    let is_held = account.document().is_some_and(|held| holds_coins(held, last_price, &day.price_unit));
    let tick = match rates.and_then(|rates| rates.tick) {
        Some(tick) => tick,
        None => decimal(&day.tick)?,
    };
    Ok(Terms {
        market,
        can_be_sold_short: market == Market::Perp || is_held,
        tick,
        price_unit: day.price_unit.clone(),
        last_price,
        atr14_1d: atr.ok_or_else(|| Stop::failed(no_atr))?,
        cost_per_side: fee + SLIPPAGE,
        mean_funding: rates.and_then(|rates| rates.mean_funding),
        funding_interval_hours: rates.and_then(|rates| rates.funding_interval_hours),
        leverage: rates.and_then(|rates| rates.leverage),
        maintenance_margin: rates.and_then(|rates| rates.maintenance_margin),
        account: account.state().as_str(),
    })
}
