//! Every function of Topdown in one process, on SQLite and a folder, as the command `topdown`.

mod app;
mod arguments;
mod catalog;
mod commands;
mod environment;
mod failure;
mod outcome;
mod remote;
mod schedule;
mod server;
mod terminal;
mod weekly;
mod worker;
mod world;

use std::process::ExitCode;

pub use arguments::Arguments;
pub use environment::Environment;

use crate::terminal::Terminal;

/// Runs the command and answers its exit code: 0 if all is done, 2 for a usage error, 1 otherwise.
pub fn main(arguments: Arguments, environment: Environment) -> ExitCode {
    let terminal = Terminal::new(environment.colour, arguments.json());
    runtime::logs::start(&environment.log_level, terminal.log_writer());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return terminal.fail(&failure::Failure::run(format!("no async runtime: {error}"))),
    };
    match runtime.block_on(commands::run(arguments, &environment, &terminal)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => terminal.fail(&failure),
    }
}
