use domain::RunId;
use ohlcv_collector::CollectError;
use runtime::Redeliver;
use storage::StoreError;

/// What a command ends with when it cannot do what it was asked: what happened, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) place: Option<String>,
    pub(crate) advice: Option<String>,
    /// 2 for a usage error, 1 otherwise.
    pub(crate) code: u8,
}

impl Failure {
    /// The command was used wrongly.
    pub(crate) fn usage(what: impl std::fmt::Display) -> Self {
        Self { what: what.to_string(), place: None, advice: None, code: 2 }
    }

    /// The command was right and could not be carried out.
    pub(crate) fn run(what: impl std::fmt::Display) -> Self {
        Self { what: what.to_string(), place: None, advice: None, code: 1 }
    }

    pub(crate) fn at(self, place: impl std::fmt::Display) -> Self {
        Self { place: Some(place.to_string()), ..self }
    }

    pub(crate) fn advice(self, advice: impl std::fmt::Display) -> Self {
        Self { advice: Some(advice.to_string()), ..self }
    }

    /// A fault of the data folder.
    pub(crate) fn store(error: &StoreError, folder: &std::path::Path) -> Self {
        let failure = Self::run(error).at(folder.display());
        match error {
            StoreError::InUse { .. } => failure.advice("stop it, or pass another --data DIR"),
            StoreError::NotFound(_) => {
                Self { code: 2, ..failure.advice("pass the --data DIR of an earlier run") }
            }
            _ => failure,
        }
    }

    /// A fault of a collection.
    pub(crate) fn collect(error: &CollectError, folder: &std::path::Path) -> Self {
        match error {
            CollectError::Store(error) => Self::store(error, folder),
            CollectError::Market(error @ market::MarketError::UnknownSymbol { .. }) => Self::usage(error),
            CollectError::Market(error) => Self::run(error),
        }
    }

    /// A fault of the folder while a run was driven.
    pub(crate) fn redeliver(error: &Redeliver, run: &RunId, folder: &std::path::Path) -> Self {
        let failure = Self::store(&error.0, folder);
        let again = "mend that, then give the same command again: the run goes on where it stopped";
        Self { what: format!("run {run} stopped: {}", failure.what), ..failure }.advice(again)
    }
}
