use std::future::Future;
use std::time::Duration;

use storage::StoreError;
use tracing::warn;

use super::error::Failure;

const ATTEMPTS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Repeats a call that failed for a reason that passes, with longer and longer waits: eight seconds of them in all.
/// What is repeated changes nothing, or may happen twice.
pub(super) async fn retried<T, F>(what: &str, call: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, Failure>>,
{
    let (mut attempt, mut wait) = (1, FIRST_WAIT);
    loop {
        match call().await {
            Ok(answer) => return Ok(answer),
            Err(failure) if failure.passing && attempt < ATTEMPTS => {
                warn!(what, attempt, error = %failure.error, "{what} is tried again");
                tokio::time::sleep(wait).await;
                (attempt, wait) = (attempt + 1, wait * 3);
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}
