/// Why storage could not do what it was asked. A variant is a decision of the caller.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is kept under that name: tell the user, or create it.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The fence has moved on: another worker holds the step, so this one's result is dropped.
    #[error("step {step} of run {run} is held by another worker now (fence {held}, ours {ours})")]
    Fenced {
        /// The run.
        run: String,
        /// The step.
        step: String,
        /// The fence in the journal.
        held: u64,
        /// The fence of the caller.
        ours: u64,
    },
    /// The bytes are not those that were stored: never served; export again.
    #[error("{what} is damaged ({found}); export it again with a new run")]
    Damaged {
        /// The artifact.
        what: String,
        /// What was found instead.
        found: String,
    },
    /// Another process writes here: wait or choose another place.
    #[error("the data folder is in use by another topdown{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    InUse {
        /// The holder of the lock, where it left its number.
        pid: Option<u32>,
    },
    /// Written by a newer version of this program: left untouched.
    #[error(
        "{what} was written by a newer version of topdown ({found}, this one knows {known}); update topdown"
    )]
    Newer {
        /// The document or folder.
        what: String,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// No room left: free some, then resume.
    #[error("disk full in {0}; free some space, then resume the run")]
    Full(String),
    /// Not before a person has done what it says: no retry helps.
    #[error("{0}")]
    Unusable(String),
    /// Not now: retry later.
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
}
