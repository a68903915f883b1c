//! Commands that a server carries out.

use std::path::Path;

use domain::RunId;
use flows::Flow;
use reqwest::Method;
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{flow, instant, run_id, symbol};
use crate::app::{self, PORT};
use crate::arguments::{Command, Means, Resume, Run};
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::remote::{Remote, finish, follow};
use crate::terminal::Terminal;

/// Has a server of somewhere else carry out the command.
pub(crate) async fn run(command: Command, server: &Remote, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Command::Run(run) => finish(&follow(server, &start(&run, server).await?, terminal).await?, terminal),
        Command::Resume(resume) => {
            finish(&follow(server, &go_on(&resume, server).await?, terminal).await?, terminal)
        }
        Command::Cancel(one) => cancel(&run_id(&one.run)?, server, terminal).await,
        _ => Err(Failure::usage("--remote goes with run, resume and cancel alone")),
    }
}

/// Has the server of this data folder carry out the command; what came of it is read from the folder.
pub(crate) async fn beside(
    command: Command,
    server: &Remote,
    data: &Path,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let href = match command {
        Command::Run(run) => start(&run, server).await?,
        Command::Resume(resume) => go_on(&resume, server).await?,
        Command::Cancel(one) => return cancel(&run_id(&one.run)?, server, terminal).await,
        _ => return Err(Failure::usage("the server of this data folder carries out run, resume and cancel")),
    };
    let followed = follow(server, &href, terminal).await?;
    let id: RunId = run_id(followed["run_id"].as_str().unwrap_or_default())?;
    let local = app::open(data, platform_local::Access::Read, PORT)?;
    let read = Outcome::read(&local, &id).await.map_err(|error| Failure::store(&error, data))?;
    let outcome = read.ok_or_else(|| Failure::run(format!("run {id} is not in the data folder")))?;
    flow::finish(&outcome, data, terminal)
}

/// Starts the run; answers its address.
async fn start(run: &Run, server: &Remote) -> Result<String, Failure> {
    let choices = &run.choices;
    no_means(&choices.means, "runs")?;
    let flow = Flow::numbered(&run.flow).map_err(Failure::usage)?;
    let as_of = choices.as_of.as_deref().map(instant).transpose()?;
    let body = json!({
        "flow": flow.number,
        "symbol": symbol(&run.symbol)?,
        "as_of": as_of,
        "language": choices.lang,
    });
    // one command is one run, however often it has to be sent
    let key = format!("cli-{}-{}", SystemClock.now(), std::process::id());
    href(&server.ask(Method::POST, "/v1/runs", Some(&key), Some(&body)).await?)
}

async fn go_on(resume: &Resume, server: &Remote) -> Result<String, Failure> {
    no_means(&resume.means, "goes on")?;
    let path = format!("/v1/runs/{}:resume", run_id(&resume.run)?);
    href(&server.ask(Method::POST, &path, None, None).await?)
}

/// Refuses means of this machine: what the server does, it does by its own.
fn no_means(means: &Means, does: &str) -> Result<(), Failure> {
    if means.catalog.is_none() && means.model.is_none() {
        return Ok(());
    }
    let what = format!("the server {does} by a catalog and a model of its own");
    Err(Failure::usage(what).advice("leave out --catalog and --model"))
}

async fn cancel(run_id: &RunId, server: &Remote, terminal: &Terminal) -> Result<(), Failure> {
    let run = server.ask(Method::POST, &format!("/v1/runs/{run_id}:cancel"), None, None).await?;
    if terminal.json() {
        terminal.line(&run.to_string());
    } else {
        terminal.line(&format!("{run_id}  cancelled"));
    }
    Ok(())
}

fn href(started: &Value) -> Result<String, Failure> {
    // an address of the server's own: nothing else is asked for with its token
    let href = started["href"].as_str().filter(|href| href.starts_with("/v1/runs/"));
    href.map(str::to_owned).ok_or_else(|| Failure::run("the server's answer names no run"))
}
