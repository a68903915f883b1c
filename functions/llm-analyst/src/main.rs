//! The analyst as a process.

use std::process::ExitCode;
use std::sync::Arc;

use llm_analyst::{LlmAnalyst, settings};
use platform_gcp::{BIGQUERY, Cloud, FIRESTORE, PUBSUB, STORAGE, id_token};
use runtime::program::Program;
use runtime::settings::Variable;
use runtime::{Services, SystemClock};

const PROGRAM: Program = Program {
    name: "llm-analyst",
    variables: &[
        &Variable::table(&FIRESTORE),
        &Variable::table(&STORAGE),
        &Variable::table(&PUBSUB),
        &Variable::table(&BIGQUERY),
        settings::VARIABLES,
    ],
    verifier: id_token::verifier,
};

fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let config = settings::config(&settings)?;
        let cloud = Cloud::new(|name| settings.named(name));
        let services = Services {
            artifacts: cloud.artifacts()?,
            journal: cloud.journal()?,
            bus: cloud.bus()?,
            clock: Arc::new(SystemClock),
        };
        let clock = services.clock.clone();
        let reports = cloud.reports(Arc::new(move || clock.now()))?;
        let analyst = LlmAnalyst::new(services.clone(), reports, config);
        Ok(server.function(services, Arc::new(analyst)))
    })
}
