use runtime::{Clock, SystemClock};
use sim::{Fault, Rule, SimClock};

use super::instant;
use crate::arguments::Sim;
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::world;

pub(crate) async fn run(arguments: &Sim, terminal: &Terminal) -> Result<(), Failure> {
    let from = match arguments.as_of.as_deref() {
        Some(text) => instant(text)?,
        None => SystemClock.now(),
    };
    let clock = SimClock::running_from(from);
    let (world, _) = world::start(arguments.market.seed, arguments.market.candles.as_deref(), clock).await?;
    for late in &arguments.delay {
        world.faults().inject(Rule::next(late.service, Fault::Delay(late.time)).forever());
    }
    for (name, url) in [
        ("binance", world.binance_url()),
        ("chart-img", world.chart_img_url()),
        ("openai", world.openai_url()),
        ("telegram", world.telegram_url()),
        ("webhook", world.webhook_url()),
        ("slack", world.slack_url()),
        ("mail", world.mail_url()),
        ("bybit", world.bybit_url()),
    ] {
        terminal.line(&format!("{name} {url}"));
    }
    // until interrupted: the services run beside this
    let _ = tokio::signal::ctrl_c().await;
    Ok(())
}
