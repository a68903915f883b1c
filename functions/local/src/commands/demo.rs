use coordinator::RunRequest;
use flows::Flow;
use jiff::Timestamp;
use runtime::{Clock, SystemClock};
use sim::SimClock;

use super::{flow, instant, require_model, symbol};
use crate::app::{self, Addresses, App, PORT};
use crate::arguments::{Demo, Market};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::{catalog, world};

/// The instant the demo sees unless told.
const AS_OF: &str = "2026-04-30T04:00:00Z";

pub(crate) async fn run(
    arguments: Demo,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let choices = arguments.choices;
    let flow = Flow::numbered(&arguments.flow).map_err(Failure::usage)?;
    let symbol = symbol(&arguments.symbol)?;
    let as_of: Timestamp = instant(choices.as_of.as_deref().unwrap_or(AS_OF))?;
    let catalog = catalog::load(choices.means.catalog.as_deref())?;
    let model = choices.means.model.unwrap_or_else(|| "rule-analyst".to_owned());
    let data = choices.folder.data;
    let watched = app::watched(&data, symbol)?;

    let Market { candles, seed } = arguments.market;
    let (world, sources) = world::start(seed, candles.as_deref(), SimClock::fixed(as_of)).await?;
    if let Some(folder) = &candles {
        world.load(watched.symbol.as_str()).map_err(|error| Failure::usage(error).at(folder.display()))?;
    }
    let models = app::models(environment, &world)?;
    require_model(&models, &catalog, &[flow], Some(&model)).await?;
    let world_of = match candles {
        Some(_) => "recorded candles".to_owned(),
        None => format!("seed {seed}"),
    };
    terminal.progress("sim", &format!("exchange, charts, model, Telegram on 127.0.0.1, {world_of}"));
    let addresses = Addresses::simulated(&world)?;
    let app = App::new(&data, PORT, sources.clone(), addresses, models)?;
    let source = sources.of(watched.venue).clone();
    let language = choices.lang;
    // the same arguments are the same run, whenever they are given
    let key =
        format!("demo {} {watched} {source} {as_of} {model} {language} {}", flow.number, catalog.hash());
    let requested_at = SystemClock.now();
    let (live, asked) = (false, None);
    let model = Some(model);
    let request =
        RunRequest { flow, watched, source, as_of, live, language, model, requested_at, asked, key };
    flow::collect(&app, &request.watched, &data, terminal).await?;
    flow::require_history(&app, &request, &data).await?;
    flow::drive(&app, &request, &catalog, &data, terminal).await
}
