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

pub(crate) use flow::seen_until;
use flows::Flow;
use jiff::Timestamp;
use llm::AdmitError;
use llm_analyst::{Config, ConfigError};
use runtime::{Catalog, Clock, SystemClock};

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

/// Refuses what these flows could not be read by, before a candle is asked for or anything is kept: `model`, or those
/// that the prompts name.
async fn require_model(
    models: &Config,
    catalog: &Catalog,
    flows: &[Flow],
    model: Option<&str>,
) -> Result<(), Failure> {
    let reports = flows.iter().flat_map(|flow| flow.reads).map(|reading| reading.task);
    let decisions = flows.iter().filter_map(|flow| flow.decides).map(|decision| decision.task);
    let Err(error) = models.require(catalog, reports.chain(decisions), model).await else { return Ok(()) };
    let from_environment = match &error {
        ConfigError::Admit(AdmitError::Address { profile } | AdmitError::Plain { profile, .. }) => {
            models.base_urls.contains_key(profile)
        }
        _ => false,
    };
    let failure = Failure::usage(error).at(if model.is_some() { "--model" } else { "prompts/models.toml" });
    Err(if from_environment {
        failure.at("the environment").advice("mend OPENAI_BASE_URL, such as https://HOST/v1, or unset it")
    } else {
        failure
    })
}

fn symbol(text: &str) -> Result<domain::Symbol, Failure> {
    text.parse().map_err(|error: domain::SymbolError| Failure::usage(error))
}

fn run_id(text: &str) -> Result<domain::RunId, Failure> {
    let advice = "`topdown runs` lists the runs of a data folder";
    text.parse().map_err(|error: domain::IdError| Failure::usage(error).advice(advice))
}
