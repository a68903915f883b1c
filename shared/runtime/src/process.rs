//! The process itself: its memory is left to nobody, and what stops it says where, never with what.

use std::io::Write;
use std::panic::PanicHookInfo;

use rustix::process::{Resource, Rlimit, setrlimit};

/// The process cannot be made safe to hold secrets: it must not start.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The system refused.
    #[error("the system does not let this process keep its memory to itself: {0}")]
    Refused(std::io::Error),
    /// A release build has points that kill it.
    #[error("this binary was built together with the tests; build it with `cargo build --release`")]
    FailPoints,
}

/// To be called first in `main`, before a secret is read: no core dump, no other process of the same user in its
/// memory or environment, and a panic that prints its place alone, for its message may hold a value.
///
/// # Errors
/// [`ProcessError`].
pub fn harden() -> Result<(), ProcessError> {
    std::panic::set_hook(Box::new(|panic| {
        // there is no other place left to write to
        let _ = std::io::stderr().lock().write_all(last_words(panic).as_bytes());
    }));
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(|error| ProcessError::Refused(error.into()))?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| ProcessError::Refused(error.into()))?;
    #[cfg(feature = "failpoints")]
    {
        if !cfg!(debug_assertions) {
            return Err(ProcessError::FailPoints);
        }
        crate::fault::arm();
    }
    Ok(())
}

fn last_words(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    format!(
        "error: topdown met a fault of its own\n  where  {place}\n  do     give the same command again, a run \
         goes on where it stopped; if it comes back, report that place\n"
    )
}
