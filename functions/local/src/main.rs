//! `topdown`: every function in one process.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use local::{Arguments, Environment};

fn main() -> ExitCode {
    if let Err(error) = runtime::process::harden() {
        let _ = writeln!(std::io::stderr(), "error: {error}");
        return ExitCode::FAILURE;
    }
    let arguments = Arguments::parse();
    match Environment::from_variables(variables()) {
        Ok(environment) => local::main(arguments, environment),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The one place the environment is read. A variable that is no text is none of ours.
#[expect(clippy::disallowed_methods, reason = "the environment is read once")]
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
