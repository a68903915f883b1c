//! `topdown`: every function in one process.

use std::process::ExitCode;

use clap::Parser;
use local::{Arguments, Environment};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // the one place the environment is read
    #[expect(clippy::disallowed_methods, reason = "main reads the environment and passes it on")]
    let environment = Environment::from_variables(std::env::vars());
    local::main(arguments, environment)
}
