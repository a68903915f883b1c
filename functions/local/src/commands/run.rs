use coordinator::RunRequest;
use flows::Flow;
use runtime::{Clock, SystemClock};

use super::{asked, flow, instant, require_model, symbol};
use crate::app::{self, Addresses, App, PORT};
use crate::arguments::{Command, Means, Run};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::terminal::Terminal;
use crate::{catalog, world};

pub(crate) async fn run(
    arguments: Run,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let data = arguments.choices.folder.data.clone();
    if let Some(server) = Remote::beside(&data).await? {
        return asked::beside(Command::Run(arguments), &server, &data, terminal).await;
    }
    let choices = arguments.choices;
    let flow = Flow::numbered(&arguments.flow).map_err(Failure::usage)?;
    let symbol = symbol(&arguments.symbol)?;
    let watched = app::watched(&data, symbol)?;
    let symbol = &watched.symbol;
    let past = choices.as_of.as_deref().map(instant).transpose()?;
    let Means { catalog, model } = choices.means;
    let catalog = catalog::load(catalog.as_deref())?;
    let rules = world::rules(SystemClock.now()).await?;
    let models = app::models(environment, &rules)?;
    require_model(&models, &catalog, &[flow], model.as_deref()).await?;

    let addresses = Addresses::real(environment)?;
    let app = App::new(&data, PORT, environment.sources.clone(), addresses, models)?;
    let source = environment.sources.of(watched.venue).clone();
    flow::collect(&app, &watched, &data, terminal).await?;
    let requested_at = SystemClock.now();
    let as_of = match past {
        Some(past) => past,
        None => flow::present(&app, &source, symbol, requested_at, terminal)
            .await
            .map_err(|error| Failure::store(&error, &data))?,
    };
    let request = RunRequest {
        flow,
        key: format!("run {} {symbol} {requested_at} {}", flow.number, std::process::id()),
        watched,
        source,
        as_of,
        live: past.is_none(),
        language: choices.lang,
        model,
        asked: None,
        requested_at,
    };
    flow::require_history(&app, &request, &data).await?;
    flow::drive(&app, &request, &catalog, &data, terminal).await
}
