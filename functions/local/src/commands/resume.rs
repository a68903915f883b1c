use coordinator::ResumeError;
use flows::Flow;
use platform_local::Access;
use runtime::{Clock, SystemClock};
use storage::Journal;

use super::{asked, flow, require_model, run_id};
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
    let catalog = catalog::load(arguments.means.catalog.as_deref())?;
    let model = arguments.means.model.or(earlier.model);
    let rules = world::rules(SystemClock.now()).await?;
    let models = app::models(environment, &rules)?;
    // a flow of a newer version is refused where it is gone on with
    if let Ok(flow) = Flow::numbered(&earlier.flow.to_string()) {
        require_model(&models, &catalog, &[flow], model.as_deref()).await?;
    }
    // of a simulated market nobody in the real world is told
    let addresses = if earlier.source.is_simulated() {
        Addresses::simulated(&rules)?
    } else {
        Addresses::real(environment)?
    };
    let app = App::new(&data, PORT, earlier.source.into(), addresses, models)?;
    let resumed = app.coordinator.resume(&id, &catalog, model).await.map_err(|error| match &error {
        ResumeError::Store(error) => store(error),
        _ => Failure::usage(&error).at(data.display()),
    })?;
    terminal.progress("resume", &format!("{id} as {resumed}"));
    flow::drive_run(&app, &resumed, &data, terminal).await
}
