use domain::Source;
use serde_json::json;

use super::{flow, symbol};
use crate::app::{App, PORT};
use crate::arguments::Collect;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) async fn run(
    arguments: Collect,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let symbols: Vec<_> = arguments.symbols.iter().map(|text| symbol(text)).collect::<Result<_, _>>()?;
    let data = arguments.folder.data;
    let app = App::new(&data, PORT, Source::Binance, super::run::real(environment, None)?, environment)?;
    for symbol in &symbols {
        flow::collect(&app, symbol, &data, terminal).await?;
    }
    if terminal.json() {
        terminal.line(&json!({ "collected": symbols }).to_string());
    }
    Ok(())
}
