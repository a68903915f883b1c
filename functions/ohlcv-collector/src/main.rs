//! The collector as a process.

use std::process::ExitCode;
use std::sync::Arc;

use ohlcv_collector::{Collector, Collectors, Shards, settings};
use platform_gcp::{BIGQUERY, CANDLES, CATALOG, Cloud, FIRESTORE, PUBSUB, id_token};
use runtime::program::Program;
use runtime::settings::Variable;

const PROGRAM: Program = Program {
    name: "ohlcv-collector",
    variables: &[
        &Variable::table(&BIGQUERY),
        &Variable::table(&CANDLES),
        &Variable::table(&FIRESTORE),
        &Variable::table(&CATALOG),
        &Variable::table(&PUBSUB),
        settings::VARIABLES,
    ],
    verifier: id_token::verifier,
};

#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let (binance, bybit) = (settings::binance(&settings)?, settings::bybit(&settings)?);
        let cloud = Cloud::new(|name| settings.named(name));
        let candles = cloud.candles()?;
        let collector = |(exchange, source)| Collector::new(candles.clone(), exchange, source);
        let collectors = Collectors { binance: collector(binance), bybit: collector(bybit) };
        let files = cloud.catalog()?;
        let shards = Shards::new(collectors, files, cloud.shards()?);
        let shards = Arc::new(shards);
        Ok(server.push(shards.clone()).tick("/tick", shards))
    })
}
