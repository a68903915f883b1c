//! The notifier as a process: pages and notices of the runs that ended.

use std::process::ExitCode;
use std::sync::Arc;

use notifier::{Notifier, settings};
use platform_gcp::{Cloud, FIRESTORE, PUBSUB, STORAGE, id_token};
use runtime::program::Program;
use runtime::settings::Variable;
use runtime::{Services, SystemClock};

const PROGRAM: Program = Program {
    name: "notifier",
    variables: &[
        &Variable::table(&FIRESTORE),
        &Variable::table(&STORAGE),
        &Variable::table(&PUBSUB),
        settings::VARIABLES,
    ],
    verifier: id_token::verifier,
};

#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let channels = settings::channels(&settings)?;
        let cloud = Cloud::new(|name| settings.named(name));
        let services = Services {
            artifacts: cloud.artifacts()?,
            journal: cloud.journal()?,
            bus: cloud.bus()?,
            clock: Arc::new(SystemClock),
        };
        Ok(server.function(services.clone(), Arc::new(Notifier::new(services, channels))))
    })
}
