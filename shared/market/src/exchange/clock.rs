use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// An exchange's clock as it runs on from when it was read.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<(Timestamp, Instant)>>);

impl ServerClock {
    /// What it shows, if it was read.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        let (server, at) = (*self.lock())?;
        let passed = SignedDuration::try_from(at.elapsed()).unwrap_or_default();
        server.checked_add(passed).ok()
    }

    /// Enters what it shows now; nothing if that is not believed any longer.
    pub(crate) fn set(&self, server: Option<Timestamp>) {
        *self.lock() = server.map(|server| (server, Instant::now()));
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Timestamp, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
