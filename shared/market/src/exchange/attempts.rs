use std::time::Duration;

use tokio::time::sleep;

use super::error::MarketError;

/// Attempts at one question, and the pauses between them.
pub(crate) struct Attempts {
    left: u32,
    made: u32,
    backoff: Duration,
}

impl Attempts {
    /// So many attempts in all, the second of them after `backoff`, which doubles.
    pub(crate) fn new(all: u32, backoff: Duration) -> Self {
        Self { left: all, made: 0, backoff }
    }

    /// Takes in that an attempt has failed, and returns when the next one may be made.
    ///
    /// # Errors
    /// The failure itself, if it is the last or asking again would not help.
    pub(crate) async fn failed(&mut self, endpoint: &str, error: MarketError) -> Result<(), MarketError> {
        (self.left, self.made) = (self.left.saturating_sub(1), self.made + 1);
        let attempt = self.made;
        match &error {
            _ if self.left == 0 => return Err(error),
            MarketError::Unavailable { said } => {
                tracing::warn!(endpoint, attempt, said, "exchange unavailable, retrying");
                sleep(self.backoff).await;
                self.backoff *= 2;
            }
            // the next turn waits the silence out, or says that it is too long
            MarketError::RateLimited { wait, .. } => {
                tracing::warn!(endpoint, attempt, wait_s = wait.as_secs(), "exchange wants silence");
            }
            _ => return Err(error),
        }
        Ok(())
    }
}
