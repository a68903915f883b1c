use std::sync::atomic::{AtomicU32, Ordering};

use crate::left_out;

/// An emulator of Google Cloud that `tests/emulators/run` started, by the variable that holds its address.
#[derive(Debug, Clone, Copy)]
pub enum Emulator {
    /// `HOST:PORT`.
    Firestore,
    /// `HOST:PORT`.
    PubSub,
    /// `http://HOST:PORT`.
    Storage,
    /// `http://HOST:PORT`.
    BigQuery,
    /// `HOST:PORT` of BigQuery's Storage API.
    BigQueryStorage,
}

impl Emulator {
    fn variable(self) -> &'static str {
        match self {
            Self::Firestore => "FIRESTORE_EMULATOR_HOST",
            Self::PubSub => "PUBSUB_EMULATOR_HOST",
            Self::Storage => "STORAGE_EMULATOR_HOST",
            Self::BigQuery => "BIGQUERY_EMULATOR_HOST",
            Self::BigQueryStorage => "BIGQUERY_STORAGE_EMULATOR_HOST",
        }
    }

    /// Its address; `None`, and one line, where it does not run.
    pub fn address(self, test: &str) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
        let address = std::env::var(self.variable()).ok().filter(|address| !address.is_empty());
        if address.is_none() {
            left_out(test, &format!("{} is not set; tests/emulators/run sets it", self.variable()));
        }
        address
    }
}

/// A name for a project, bucket or dataset that no other test of any process has: the emulators' state is shared.
pub fn unique(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "a name wants another time at each start of a process")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |t| t.as_micros());
    format!("{prefix}-{}-{}-{now}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
