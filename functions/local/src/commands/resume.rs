use coordinator::ResumeError;
use platform_local::Access;
use runtime::{Clock, SystemClock};
use storage::Journal;

use super::{asked, flow, known_model, run_id};
use crate::app::{self, Addresses, App, PORT};
use crate::arguments::{Command, Resume};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::terminal::Terminal;
use crate::{catalog, world};

pub(crate) async fn run(
    arguments: Resume,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let id = run_id(&arguments.run)?;
    let data = arguments.folder.data.clone();
    if let Some(server) = Remote::beside(&data).await? {
        return asked::beside(Command::Resume(arguments), &server, &data, terminal).await;
    }
    let store = |error: &storage::StoreError| Failure::store(error, &data);
    let earlier =
        app::open(&data, Access::Read, PORT)?.journal.run(&id).await.map_err(|error| store(&error))?;
    let earlier =
        earlier.ok_or_else(|| Failure::usage(ResumeError::Unknown(id.clone())).at(data.display()))?;
    let catalog = catalog::load(arguments.catalog.as_deref())?;
    let model = arguments.model.or(earlier.model);
    if let Some(model) = &model {
        known_model(&catalog, model)?;
    }
    let rules = world::rules(SystemClock.now()).await?;
    let addresses = Addresses::real(environment, &rules)?;
    let app = App::new(&data, PORT, earlier.source, addresses, environment)?;
    let resumed = app.coordinator.resume(&id, &catalog, model).await.map_err(|error| match &error {
        ResumeError::Store(error) => store(error),
        _ => Failure::usage(&error).at(data.display()),
    })?;
    terminal.progress("resume", &format!("{id} as {resumed}"));
    flow::drive_run(&app, &resumed, &data, terminal).await
}
