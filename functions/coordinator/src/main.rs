//! The coordinator as a process.

use std::process::ExitCode;
use std::sync::Arc;

use coordinator::api::{Api, BucketDesk, behind_door};
use coordinator::{Coordinator, Followed, OnSchedule, OnSweep, settings};
use platform_gcp::{ACCOUNT_FILES, BIGQUERY, CANDLES, CATALOG, Cloud, FIRESTORE, PUBSUB, STORAGE, id_token};
use runtime::program::Program;
use runtime::settings::Variable;
use runtime::{Services, SystemClock};

const PROGRAM: Program = Program {
    name: "coordinator",
    variables: &[
        &Variable::table(&FIRESTORE),
        &Variable::table(&STORAGE),
        &Variable::table(&ACCOUNT_FILES),
        &Variable::table(&PUBSUB),
        &Variable::table(&CATALOG),
        &Variable::table(&BIGQUERY),
        &Variable::table(&CANDLES),
        settings::VARIABLES,
    ],
    verifier: id_token::verifier,
};

#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn main() -> ExitCode {
    PROGRAM.main(std::env::args_os(), std::env::vars_os(), async |settings, server| {
        let (scheduled, watch) = (settings::scheduled(&settings)?, settings::watch(&settings)?);
        let cloud = Cloud::new(|name| settings.named(name));
        let services = Services {
            artifacts: cloud.artifacts_with_account_files()?,
            journal: cloud.journal()?,
            bus: cloud.bus()?,
            clock: Arc::new(SystemClock),
        };
        let clock = services.clock.clone();
        let files = cloud.catalog()?;
        let retention = settings::retention(&settings)?;
        let coordinator = Arc::new(Coordinator::new(services.clone()).keeping_for(retention));
        let candles = cloud.candles()?;
        let (sources, model) = (scheduled.sources.clone(), scheduled.model.clone());
        let (files_of_desk, collected) = (files.clone(), candles.clone());
        let desk =
            Arc::new(BucketDesk { files: files_of_desk, candles: collected, sources: sources.clone() });
        let followed = Followed::on(candles.clone());
        let api = Arc::new(Api::new(coordinator.clone(), services.clone(), desk, followed, sources, model));
        let on_schedule = OnSchedule::new(coordinator.clone(), files, candles, clock, scheduled);
        Ok(server
            .function(services, coordinator.clone())
            .tick("/tick", Arc::new(on_schedule))
            .tick("/sweep", Arc::new(OnSweep { coordinator, watch }))
            .routes(behind_door(api)))
    })
}
