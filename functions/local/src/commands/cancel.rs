use coordinator::Coordinator;
use platform_local::Access;
use serde_json::json;
use storage::{Journal, Status};

use super::{asked, run_id};
use crate::app::{self, PORT};
use crate::arguments::{Command, OneRun};
use crate::failure::Failure;
use crate::outcome::data_option;
use crate::remote::Remote;
use crate::terminal::Terminal;

pub(crate) async fn run(arguments: &OneRun, terminal: &Terminal) -> Result<(), Failure> {
    let id = run_id(&arguments.run)?;
    let data = &arguments.folder.data;
    if let Some(server) = Remote::beside(data).await? {
        return asked::beside(Command::Cancel(arguments.clone()), &server, data, terminal).await;
    }
    let store = |error: &storage::StoreError| Failure::store(error, data);
    let unknown = || {
        let list = format!("`topdown runs{}` lists them", data_option(data));
        Failure::usage(format!("there is no run {id}")).at(data.display()).advice(list)
    };
    // a folder is not made for a run that cannot be in it
    let there = app::open(data, Access::Read, PORT)?.journal.run(&id).await.map_err(|error| store(&error))?;
    there.ok_or_else(unknown)?;
    let local = app::open(data, Access::Write, PORT)?;
    let coordinator = Coordinator::new(app::services(&local));
    let reason = "cancelled by topdown cancel".to_owned();
    coordinator.cancel(&id, reason).await.map_err(|error| store(&error.0))?;
    let run = local.journal.run(&id).await.map_err(|error| store(&error))?.ok_or_else(unknown)?;
    if run.status != Status::Cancelled {
        let what = format!("run {id} is {}: nothing is left to cancel", run.status.as_str());
        return Err(Failure::usage(what).at(data.display()));
    }
    if terminal.json() {
        terminal.line(&json!({"run_id": id, "state": run.status.as_str()}).to_string());
    } else {
        terminal.line(&format!("{id}  cancelled"));
    }
    Ok(())
}
