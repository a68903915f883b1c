//! The exporter of candles as a process.

use std::process::ExitCode;
use std::sync::Arc;

use ohlcv_exporter::OhlcvExporter;
use platform_gcp::{BIGQUERY, CANDLES, Cloud, FIRESTORE, PUBSUB, STORAGE, id_token};
use runtime::program::Program;
use runtime::settings::Variable;
use runtime::{Services, SystemClock};

const PROGRAM: Program = Program {
    name: "ohlcv-exporter",
    variables: &[
        &Variable::table(&FIRESTORE),
        &Variable::table(&STORAGE),
        &Variable::table(&PUBSUB),
        &Variable::table(&BIGQUERY),
        &Variable::table(&CANDLES),
    ],
    verifier: id_token::verifier,
};

#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let cloud = Cloud::new(|name| settings.named(name));
        let services = Services {
            artifacts: cloud.artifacts()?,
            journal: cloud.journal()?,
            bus: cloud.bus()?,
            clock: Arc::new(SystemClock),
        };
        let exporter = OhlcvExporter::new(services.clone(), cloud.candles()?);
        Ok(server.function(services, Arc::new(exporter)))
    })
}
