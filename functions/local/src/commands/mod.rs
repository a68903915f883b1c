//! The commands, a file each.

mod asked;
mod cancel;
mod cat;
mod collect;
mod demo;
mod flow;
mod open;
mod resume;
mod run;
mod runs;
mod serve;
mod show;
mod sim;

pub(crate) use flow::exchange_clock;
use jiff::Timestamp;
use runtime::{Clock, SystemClock};

use crate::arguments::{Arguments, Command};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::terminal::Terminal;

/// Runs the command.
pub(crate) async fn run(
    arguments: Arguments,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    if let Some(url) = &arguments.remote {
        let server = Remote::at(url, environment)?;
        return asked::run(arguments.command, &server, terminal).await;
    }
    match arguments.command {
        Command::Demo(demo) => demo::run(demo, environment, terminal).await,
        Command::Run(run) => run::run(run, environment, terminal).await,
        Command::Collect(collect) => collect::run(collect, environment, terminal).await,
        Command::Runs(folder) => runs::run(&folder, terminal).await,
        Command::Show(one) => show::run(&one, terminal).await,
        Command::Resume(resume) => resume::run(resume, environment, terminal).await,
        Command::Cancel(one) => cancel::run(&one, terminal).await,
        Command::Open(one) => open::run(&one, terminal).await,
        Command::Cat(cat) => cat::run(&cat, terminal).await,
        Command::Sim(sim) => sim::run(&sim, terminal).await,
        Command::Serve(serve) => serve::run(serve, environment, terminal).await,
    }
}

/// An instant of the past.
fn instant(text: &str) -> Result<Timestamp, Failure> {
    let example = "name an instant such as 2026-04-30T04:00:00Z";
    // jiff takes a leap second for the second before it
    let parsed = text.parse().ok().filter(|_| !text.contains(":60"));
    let at: Timestamp = parsed.ok_or_else(|| {
        Failure::usage(format!("`{text}` is no instant in UTC")).at("--as-of").advice(example)
    })?;
    if at > SystemClock.now() {
        let what = format!("--as-of {text} is in the future: nothing has happened by then");
        return Err(Failure::usage(what).advice(example));
    }
    Ok(at)
}

/// Refuses a model that no profile of the catalog describes, before anything is started.
fn known_model(catalog: &runtime::Catalog, name: &str) -> Result<(), Failure> {
    let text = catalog.models.get("models.toml").map(String::as_str).unwrap_or_default();
    let models = llm::Models::parse(text).map_err(Failure::usage)?;
    llm_analyst::named(&models, name).map(|_| ()).map_err(|error| Failure::usage(error).at("--model"))
}

fn symbol(text: &str) -> Result<domain::Symbol, Failure> {
    text.parse().map_err(|error: domain::SymbolError| Failure::usage(error))
}

fn run_id(text: &str) -> Result<domain::RunId, Failure> {
    let advice = "`topdown runs` lists the runs of a data folder";
    text.parse().map_err(|error: domain::IdError| Failure::usage(error).advice(advice))
}
