//! What BigQuery's failures mean to a caller.

use gcp_bigquery_client::error::BQError;
use gcp_bigquery_client::model::error_proto::ErrorProto;
use storage::StoreError;
use tonic::{Code, Status};

/// A failed call, and whether the same call may succeed soon.
pub(super) struct Failure {
    pub(super) passing: bool,
    pub(super) error: StoreError,
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// Reasons of a refusal that passes by itself.
const PASSING: [&str; 5] =
    ["backendError", "internalError", "rateLimitExceeded", "jobRateLimitExceeded", "jobBackendError"];

impl Failure {
    pub(super) fn lasting(said: impl std::fmt::Display) -> Self {
        Self { passing: false, error: StoreError::Unavailable(format!("BigQuery: {said}")) }
    }

    fn passing(said: impl std::fmt::Display) -> Self {
        Self { passing: true, ..Self::lasting(said) }
    }

    /// Of a list of errors in an answer that says 200.
    pub(super) fn of_errors(errors: &[ErrorProto]) -> Self {
        let said = |error: &ErrorProto| {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{} ({})", text(&error.message), text(&error.reason))
        };
        let all: Vec<String> = errors.iter().map(said).collect();
        let passes = |error: &ErrorProto| error.reason.as_deref().is_some_and(|r| PASSING.contains(&r));
        Self { passing: errors.iter().any(passes), ..Self::lasting(all.join("; ")) }
    }

    /// Of an append.
    pub(super) fn of_status(status: &Status) -> Self {
        let said = format!("{:?}: {}", status.code(), status.message());
        match status.code() {
            Code::Unavailable
            | Code::Aborted
            | Code::Internal
            | Code::Unknown
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::ResourceExhausted => Self::passing(said),
            _ => Self::lasting(said),
        }
    }
}

impl From<BQError> for Failure {
    fn from(error: BQError) -> Self {
        match error {
            BQError::ResponseError { error } => {
                let error = error.error;
                let reason = |of: &std::collections::HashMap<String, String>| {
                    of.get("reason").is_some_and(|reason| PASSING.contains(&reason.as_str()))
                };
                let passing = matches!(error.code, 408 | 429 | 500..=599) || error.errors.iter().any(reason);
                Self { passing, ..Self::lasting(format!("{} ({})", error.message, error.code)) }
            }
            // an address names a project and a job: neither belongs into a log
            BQError::RequestError(error) => Self::passing(causes(&error.without_url())),
            other => Self::lasting(other),
        }
    }
}

/// The message with those of its causes, such as a connection that was refused.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(": ");
        said.push_str(&error.to_string());
        cause = error.source();
    }
    said
}
