use storage::StoreError;

/// Why the work on a step ends before its result: what is wrong with the step is told to a person, what is wrong
/// with storage is decided by [`Batch::conclude`](crate::Batch::conclude).
#[derive(Debug)]
pub enum Stop {
    /// The step has failed, for this reason.
    Failed(String),
    /// The step's lease ends too soon for what is left to do: it is given back and handed over again.
    NoTime,
    /// Storage could not be read or written, or has other bytes than it promised.
    Store(StoreError),
}

impl Stop {
    /// The step has failed because of `error`.
    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
