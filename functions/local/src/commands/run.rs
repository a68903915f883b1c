use coordinator::RunRequest;
use flows::Flow;
use runtime::{Clock, SystemClock};

use super::{asked, flow, instant, known_model, symbol};
use crate::app::{Addresses, App, PORT};
use crate::arguments::{Command, Run};
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
    let past = choices.as_of.as_deref().map(instant).transpose()?;
    let catalog = catalog::load(choices.catalog.as_deref())?;
    if let Some(model) = &choices.model {
        known_model(&catalog, model)?;
    }

    let rules = world::rules(SystemClock.now()).await?;
    let addresses = Addresses::real(environment, &rules)?;
    let app = App::new(&data, PORT, environment.source.clone(), addresses, environment)?;
    flow::collect(&app, &symbol, &data, terminal).await?;
    let requested_at = SystemClock.now();
    let as_of = match past {
        Some(past) => past,
        None => flow::present(&app, &environment.source, &symbol, requested_at, terminal)
            .await
            .map_err(|error| Failure::store(&error, &data))?,
    };
    let request = RunRequest {
        flow,
        key: format!("run {} {symbol} {requested_at} {}", flow.number, std::process::id()),
        symbol,
        source: environment.source.clone(),
        as_of,
        live: past.is_none(),
        language: choices.lang,
        model: choices.model,
        asked: None,
        requested_at,
    };
    flow::require_history(&app, &request, &data).await?;
    flow::drive(&app, &request, &catalog, &data, terminal).await
}
