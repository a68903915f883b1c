//! The analyst as a process.

use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use llm_analyst::{Caller, LlmAnalyst, settings};
use platform_gcp::{ACCOUNT_FILES, BIGQUERY, CATALOG, Cloud, FIRESTORE, Identity, PUBSUB, STORAGE, id_token};
use runtime::program::Program;
use runtime::settings::Variable;
use runtime::{Services, SystemClock};
use secrecy::SecretString;

const PROGRAM: Program = Program {
    name: "llm-analyst",
    variables: &[
        &Variable::table(&FIRESTORE),
        &Variable::table(&STORAGE),
        &Variable::table(&ACCOUNT_FILES),
        &Variable::table(&PUBSUB),
        &Variable::table(&BIGQUERY),
        &Variable::table(&CATALOG),
        settings::VARIABLES,
    ],
    verifier: id_token::verifier,
};

/// This service, to the models of its platform.
struct Itself(Identity);

#[async_trait]
impl Caller for Itself {
    async fn token(&self) -> Result<SecretString, String> {
        let token = self.0.token().await.map_err(|error| error.to_string())?;
        token.ok_or_else(|| "an emulator knows nobody".to_owned())
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let mut config = settings::config(&settings)?;
        let cloud = Cloud::new(|name| settings.named(name));
        if settings::is_vertex(&settings) {
            config.caller = Some(Arc::new(Itself(cloud.caller()?)));
        }
        let services = Services {
            artifacts: cloud.artifacts_with_account_files()?,
            journal: cloud.journal()?,
            bus: cloud.bus()?,
            clock: Arc::new(SystemClock),
        };
        let clock = services.clock.clone();
        let reports = cloud.reports(Arc::new(move || clock.now()))?;
        let markets = settings::markets(&settings, cloud.catalog()?)?;
        let analyst = LlmAnalyst::new(services.clone(), reports, config, markets);
        Ok(server.function(services, Arc::new(analyst)))
    })
}
