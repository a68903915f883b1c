//! The exporter of the account as a process.

use std::process::ExitCode;
use std::sync::Arc;

use account_exporter::{AccountExporter, settings};
use platform_gcp::{ACCOUNT_FILES, Cloud, FIRESTORE, PUBSUB, id_token};
use runtime::program::Program;
use runtime::settings::Variable;
use runtime::{Services, SystemClock};

const PROGRAM: Program = Program {
    name: "account-exporter",
    variables: &[
        &Variable::table(&FIRESTORE),
        &Variable::table(&ACCOUNT_FILES),
        &Variable::table(&PUBSUB),
        settings::VARIABLES,
    ],
    verifier: id_token::verifier,
};

#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let accounts = settings::accounts(&settings)?;
        let cloud = Cloud::new(|name| settings.named(name));
        let services = Services {
            artifacts: cloud.account_files()?,
            journal: cloud.journal()?,
            bus: cloud.bus()?,
            clock: Arc::new(SystemClock),
        };
        Ok(server.function(services.clone(), Arc::new(AccountExporter::new(services, accounts))))
    })
}
