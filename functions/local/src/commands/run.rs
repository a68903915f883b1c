use coordinator::RunRequest;
use domain::Source;
use flows::Flow;
use notifier::Telegram;
use runtime::{Clock, SystemClock};

use super::{flow, instant, known_model, symbol};
use crate::app::{self, Addresses, App, PORT};
use crate::arguments::Run;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{catalog, world};

pub(crate) async fn run(
    arguments: Run,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let choices = arguments.choices;
    let flow = Flow::numbered(&arguments.flow).map_err(Failure::usage)?;
    let symbol = symbol(&arguments.symbol)?;
    let past = choices.as_of.as_deref().map(instant).transpose()?;
    let catalog = catalog::load(choices.catalog.as_deref())?;
    let model = choices.model.unwrap_or_else(|| default_model(environment).to_owned());
    known_model(&catalog, &model)?;
    let data = choices.folder.data;

    let rules = model.starts_with("rule-analyst");
    let world = if rules { Some(world::analyst(SystemClock.now()).await?) } else { None };
    let addresses = real(environment, world.as_ref().map(sim::World::openai_url))?;
    let app = App::new(&data, PORT, Source::Binance, addresses, environment)?;
    flow::collect(&app, &symbol, &data, terminal).await?;
    let requested_at = SystemClock.now();
    let request = RunRequest {
        flow,
        key: format!("run {} {symbol} {requested_at} {}", flow.number, std::process::id()),
        symbol,
        source: Source::Binance,
        as_of: past.unwrap_or(requested_at),
        live: past.is_none(),
        language: choices.lang,
        model: Some(model),
        requested_at,
    };
    flow::require_history(&app, &request, &data).await?;
    flow::drive(&app, &request, &catalog, &data, terminal).await
}

/// The profile that runs without being asked for.
pub(crate) fn default_model(environment: &Environment) -> &'static str {
    if environment.has_openai_key() { "openai" } else { "rule-analyst" }
}

/// The outside world as the environment has it; the analyst on rules, where one was started.
pub(crate) fn real(environment: &Environment, analyst: Option<String>) -> Result<Addresses, Failure> {
    let http = app::http()?;
    let chart_img = environment
        .chart_img_key
        .clone()
        .map(|key| charts::chart_img::Client::new(http.clone(), &environment.chart_img_url, key));
    let telegram = environment
        .telegram
        .as_ref()
        .map(|(token, chat)| Telegram::new(http, &environment.telegram_url, token.clone(), chat.clone()));
    Ok(Addresses { binance: environment.binance_url.clone(), analyst, chart_img, telegram })
}
