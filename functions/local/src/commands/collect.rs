use runtime::{Clock, SystemClock};
use serde_json::json;

use super::{flow, symbol};
use crate::app::{self, Addresses, App, PORT};
use crate::arguments::Collect;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::world;

pub(crate) async fn run(
    arguments: Collect,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let symbols: Vec<_> = arguments.symbols.iter().map(|text| symbol(text)).collect::<Result<_, _>>()?;
    let data = arguments.folder.data;
    let rules = world::rules(SystemClock.now()).await?;
    let models = app::models(environment, &rules)?;
    let addresses = Addresses::real(environment)?;
    let app = App::new(&data, PORT, environment.sources.clone(), addresses, models)?;
    for symbol in &symbols {
        let watched = app::watched(&data, symbol.clone())?;
        flow::collect(&app, &watched, &data, terminal).await?;
    }
    if terminal.json() {
        terminal.line(&json!({ "collected": symbols }).to_string());
    }
    Ok(())
}
