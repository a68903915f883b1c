use std::time::Duration;

use firestore::gcloud_sdk::google::firestore::v1::{Document, Write};
use storage::StoreError;
use tracing::warn;
use uuid::Uuid;

use super::client::{Client, Committed};
use super::parse::written_by;

/// Attempts at one change. Each conflict means that another writer got on, so many are rare.
const ATTEMPTS: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(30);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The documents that a change is about.
pub(super) struct Subject<'a> {
    /// Name of the document above their collection, or of the database's root.
    pub(super) parent: &'a str,
    pub(super) collection: &'a str,
    pub(super) ids: &'a [&'a str],
    /// Whether they probably do not exist: the first attempt then goes without reading.
    pub(super) new: bool,
}

/// What to write, and what to answer once it is written. Without writes the answer stands at once.
pub(super) struct Decision<T> {
    pub(super) writes: Vec<Write>,
    pub(super) answer: T,
}

impl Client {
    /// Reads documents, lets `decide` say what to write, and writes it if they are still as they were read, else
    /// starts again. `decide` is given the id to leave in what it writes.
    ///
    /// After a commit whose outcome is unknown the documents are read again: where one bears the id, all was
    /// written. A late arrival of such a commit does no harm: its preconditions hold only as long as nothing else
    /// was written, and all attempts bear one id.
    pub(super) async fn change<T>(
        &self,
        subject: Subject<'_>,
        decide: impl Fn(&[Option<Document>], &str) -> Result<Decision<T>, StoreError>,
    ) -> Result<T, StoreError> {
        let write_id = Uuid::new_v4().simple().to_string();
        let mut found = match subject.new {
            true => vec![None; subject.ids.len()],
            false => self.get(subject.parent, subject.collection, subject.ids).await?,
        };
        let mut last = None;
        for attempt in 0..ATTEMPTS {
            let Decision { writes, answer } = decide(&found, &write_id)?;
            if writes.is_empty() {
                return Ok(answer);
            }
            match self.commit(writes).await? {
                Committed::Yes => return Ok(answer),
                Committed::Refused(error) => return Err(error),
                Committed::Conflict => {}
                Committed::Unknown(error) => {
                    warn!(%error, "a commit's outcome is unknown: reading again");
                    last = Some(error);
                }
            }
            wait(attempt, &write_id).await;
            found = self.get(subject.parent, subject.collection, subject.ids).await?;
            if found.iter().flatten().any(|document| written_by(document, &write_id)) {
                return Ok(answer);
            }
        }
        let busy =
            || StoreError::Unavailable("Firestore: others keep changing the same documents".to_owned());
        Err(last.unwrap_or_else(busy))
    }
}

/// Longer from attempt to attempt, and not the same for two writers that met.
async fn wait(attempt: u32, write_id: &str) {
    let longest = FIRST_WAIT.saturating_mul(1 << attempt.min(8)).min(LONGEST_WAIT);
    let part = u32::from_str_radix(write_id.get(..2).unwrap_or_default(), 16).unwrap_or_default();
    tokio::time::sleep(longest / 2 + longest * part / 512).await;
}
