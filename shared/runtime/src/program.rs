//! The `main` of a function: from its environment to its end.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::serve::{self, MakeVerifier, Server};
use crate::settings::{Settings, SettingsError, Variable, describe};
use crate::{logs, process};

/// The project, which log lines name their traces by.
pub const PROJECT: Variable =
    Variable::required("GOOGLE_CLOUD_PROJECT", "the project's id, by which everything in it is addressed");
/// The level of the log.
pub const LEVEL: Variable =
    Variable::or("RUST_LOG", "info", "how much is logged: error, warn, info, debug or trace");

const OWN: &[Variable] = &[PROJECT, LEVEL];

/// A function as a process.
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// What it takes from its environment, besides what every function does.
    pub variables: &'static [&'static [Variable]],
    /// Checks the signatures of tokens.
    pub verifier: MakeVerifier,
}

/// Why a function did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The environment must be mended: exit code 2.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The identity or the ports that it describes are not to be had: exit code 1.
    #[error(transparent)]
    Store(#[from] storage::StoreError),
    /// Something else: exit code 1.
    #[error("{0}")]
    Other(String),
}

impl StartError {
    /// Whatever else keeps a function from starting.
    pub fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }
}

impl Program {
    /// Runs the function until it is told to stop. `build` puts it on its ports, behind its paths. With `--env` it
    /// says what it takes from its environment, and ends.
    pub fn main<F>(
        &self,
        mut arguments: impl Iterator<Item = OsString>,
        environment: impl Iterator<Item = (OsString, OsString)>,
        build: impl FnOnce(Settings, Server) -> F,
    ) -> ExitCode
    where
        F: Future<Output = Result<Server, StartError>>,
    {
        if let Err(error) = process::harden() {
            return self.failed(&error, ExitCode::FAILURE);
        }
        let tables: Vec<&[Variable]> =
            [OWN, serve::VARIABLES].into_iter().chain(self.variables.iter().copied()).collect();
        match arguments.nth(1) {
            Some(argument) if argument == "--env" => return self.describe(&tables),
            Some(_) => return self.failed(&format!("usage: {} [--env]", self.name), ExitCode::from(2)),
            None => {}
        }
        match self.run(&tables, environment, build) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error @ StartError::Settings(_)) => self.failed(&error, ExitCode::from(2)),
            Err(error) => self.failed(&error, ExitCode::FAILURE),
        }
    }

    fn run<F>(
        &self,
        tables: &[&[Variable]],
        environment: impl Iterator<Item = (OsString, OsString)>,
        build: impl FnOnce(Settings, Server) -> F,
    ) -> Result<(), StartError>
    where
        F: Future<Output = Result<Server, StartError>>,
    {
        let settings = Settings::read(tables, environment)?;
        no_emulator_in_the_cloud(tables, &settings)?;
        // clients of other people's take whatever is installed
        let _ = rustls::crypto::ring::default_provider().install_default();
        let level = settings.get(&LEVEL).unwrap_or_default();
        logs::stackdriver::start(level, settings.need(&PROJECT)?, std::io::stderr);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.map_err(StartError::other)?.block_on(async {
            // before anything can be in work
            let mut stop = signal(SignalKind::terminate()).map_err(StartError::other)?;
            let server = Server::new(&settings, self.verifier)?;
            let server = build(settings, server).await?;
            let stop = async move { _ = stop.recv().await };
            server
                .run(stop)
                .await
                .map_err(|error| StartError::Other(format!("no port to listen on: {error}")))
        })
    }

    fn describe(&self, tables: &[&[Variable]]) -> ExitCode {
        let described = describe(tables).map_err(StartError::other);
        let written = described
            .and_then(|json| writeln!(std::io::stdout().lock(), "{json}").map_err(StartError::other));
        written.map_or_else(|error| self.failed(&error, ExitCode::FAILURE), |()| ExitCode::SUCCESS)
    }

    fn failed(&self, why: &dyn std::fmt::Display, code: ExitCode) -> ExitCode {
        // there is no other place left to write to
        let _ = writeln!(std::io::stderr().lock(), "error: {}: {why}", self.name);
        code
    }
}

/// An emulator asks nobody who he is: it has no place where the platform does.
fn no_emulator_in_the_cloud(tables: &[&[Variable]], settings: &Settings) -> Result<(), SettingsError> {
    if settings.get(&serve::K_SERVICE).is_none() {
        return Ok(());
    }
    let all = tables.iter().copied().flatten();
    let emulator = all.filter(|variable| variable.name.ends_with("_EMULATOR_HOST"));
    match emulator.into_iter().find(|variable| settings.get(variable).is_some()) {
        Some(set) => Err(SettingsError::Impossible(format!("{} is set on Cloud Run; unset it", set.name))),
        None => Ok(()),
    }
}
