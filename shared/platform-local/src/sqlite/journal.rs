use async_trait::async_trait;
use domain::{RunId, StepId};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use storage::{
    Claim, DOCUMENT_VERSION, Journal, Place, RunDocument, RunEnd, Status, StepDocument, StoreError,
};
use tracing::error;

use super::{Database, json_error, sql_error, sum};
use crate::fault;

/// All steps of a run.
const STEPS: &str = "SELECT document, sum FROM steps WHERE run_id = ?1 ORDER BY number";

/// The journal in SQLite: a row a document, each change one transaction.
pub struct SqliteJournal {
    database: Database,
}

impl SqliteJournal {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Ends every lease: called by the holder of the folder's lock, when no other worker can be alive.
    pub(crate) fn end_leases(&self) -> Result<(), StoreError> {
        let mut connection = self.database.lock();
        let transaction = connection.transaction().map_err(sql_error)?;
        let sql = "SELECT s.document, s.sum, s.run_id FROM steps s JOIN runs r USING (run_id) \
                   WHERE r.status = 'running'";
        let steps: Vec<StepDocument> = collect_readable(&transaction, sql, [])?;
        for mut step in steps {
            if step.status == Status::Running {
                step.status = Status::Pending;
                step.lease_until = None;
                update(&transaction, &step)?;
            }
        }
        transaction.commit().map_err(sql_error)
    }

    /// Reads the step, lets `change` alter it under its fence, and writes it back.
    fn fenced<T>(
        &self,
        ours: &StepDocument,
        change: impl FnOnce(StepDocument) -> (StepDocument, T),
    ) -> Result<T, StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            let kept = step(&transaction, &ours.run_id, &ours.step_id)?;
            if kept.fence != ours.fence || kept.status != Status::Running {
                return Err(StoreError::Fenced {
                    run: ours.run_id.to_string(),
                    step: ours.step_id.to_string(),
                    held: kept.fence,
                    ours: ours.fence,
                });
            }
            let (changed, answer) = change(kept);
            update(&transaction, &changed)?;
            transaction.commit().map_err(sql_error)?;
            Ok(answer)
        })
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn create_run(&self, run: &RunDocument) -> Result<bool, StoreError> {
        let document = serde_json::to_string(run).map_err(|e| json_error("run", &e))?;
        self.database.run(|connection| {
            let sql = "INSERT OR IGNORE INTO runs (run_id, requested_ms, status, document, sum) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            let (requested, sum) = (run.requested_at.as_millisecond(), sum::of([document.as_str()]));
            let row = params![run.run_id.as_str(), requested, run.status.as_str(), document, sum];
            fault::point("journal.create-run");
            let created = connection.execute(sql, row).map_err(sql_error)? == 1;
            fault::point("journal.run-created");
            Ok(created)
        })
    }

    async fn run(&self, run_id: &RunId) -> Result<Option<RunDocument>, StoreError> {
        self.database.run(|connection| read_run(connection, run_id))
    }

    async fn runs(&self, limit: usize) -> Result<Vec<RunDocument>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT document, sum, run_id FROM runs ORDER BY requested_ms DESC, run_id DESC LIMIT ?1";
        self.database.run(|connection| collect_readable(connection, sql, [limit]))
    }

    async fn runs_after(&self, place: &Place, limit: usize) -> Result<Vec<RunDocument>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT document, sum, run_id FROM runs WHERE (requested_ms, run_id) < (?1, ?2) \
                   ORDER BY requested_ms DESC, run_id DESC LIMIT ?3";
        let values = params![place.requested_at.as_millisecond(), place.run_id.as_str(), limit];
        self.database.run(|connection| collect_readable(connection, sql, values))
    }

    async fn unfinished(&self) -> Result<Vec<RunDocument>, StoreError> {
        let sql =
            "SELECT document, sum, run_id FROM runs WHERE status = 'running' ORDER BY requested_ms, run_id";
        self.database.run(|connection| {
            let mut whole = Vec::new();
            // a run with a step that cannot be read cannot be gone on with
            for run in collect_readable::<RunDocument>(connection, sql, [])? {
                match collect::<StepDocument>(connection, STEPS, [run.run_id.as_str()]) {
                    Ok(_) => whole.push(run),
                    Err(error @ (StoreError::Newer { .. } | StoreError::Damaged { .. })) => {
                        error!(run_id = %run.run_id, %error, "run {} left untouched: {error}", run.run_id);
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(whole)
        })
    }

    async fn stale(&self, now: Timestamp, pending_since: Timestamp) -> Result<Vec<StepDocument>, StoreError> {
        let sql = "SELECT document, sum, run_id FROM steps \
                   WHERE json_extract(document, '$.status') IN ('pending', 'running')";
        let mut steps: Vec<StepDocument> =
            self.database.run(|connection| collect_readable(connection, sql, []))?;
        let waits_since = |step: &StepDocument| match step.status {
            Status::Pending => Some(step.created_at).filter(|created| *created < pending_since),
            _ => step.lease_until.filter(|until| *until < now),
        };
        steps.retain(|step| waits_since(step).is_some());
        steps.sort_by_key(waits_since);
        Ok(steps)
    }

    async fn end_run(&self, run_id: &RunId, end: &RunEnd) -> Result<bool, StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            let Some(mut run) = read_run(&transaction, run_id)? else {
                return Err(StoreError::NotFound(format!("run {run_id}")));
            };
            if run.status != Status::Running {
                return Ok(false);
            }
            run.status = end.status;
            run.ended_at = Some(end.ended_at);
            run.reason = end.reason.clone();
            let document = serde_json::to_string(&run).map_err(|e| json_error("run", &e))?;
            let sql = "UPDATE runs SET status = ?2, document = ?3, sum = ?4 WHERE run_id = ?1";
            let sum = sum::of([document.as_str()]);
            let row = params![run_id.as_str(), run.status.as_str(), document, sum];
            transaction.execute(sql, row).map_err(sql_error)?;
            fault::point("journal.end-run");
            transaction.commit().map_err(sql_error)?;
            fault::point("journal.run-ended");
            Ok(true)
        })
    }

    async fn create_steps(&self, steps: &[StepDocument]) -> Result<Vec<StepId>, StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            let mut created = Vec::new();
            for step in steps {
                let document = serde_json::to_string(step).map_err(|e| json_error("step", &e))?;
                let sql =
                    "INSERT OR IGNORE INTO steps (run_id, step_id, document, sum) VALUES (?1, ?2, ?3, ?4)";
                let sum = sum::of([document.as_str()]);
                let row = params![step.run_id.as_str(), step.step_id.as_str(), document, sum];
                if transaction.execute(sql, row).map_err(sql_error)? == 1 {
                    created.push(step.step_id.clone());
                }
            }
            fault::point("journal.create-steps");
            transaction.commit().map_err(sql_error)?;
            fault::point("journal.steps-created");
            Ok(created)
        })
    }

    async fn steps(&self, run_id: &RunId) -> Result<Vec<StepDocument>, StoreError> {
        self.database.run(|connection| collect(connection, STEPS, [run_id.as_str()]))
    }

    async fn claim(
        &self,
        run_id: &RunId,
        steps: &[StepId],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Claim>, StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            let mut claims = Vec::with_capacity(steps.len());
            for step_id in steps {
                let mut kept = step(&transaction, run_id, step_id)?;
                if kept.status.is_terminal() {
                    claims.push(Claim::Terminal(kept));
                    continue;
                }
                if let Some(until) = kept.lease_until.filter(|until| *until > now) {
                    claims.push(Claim::Leased { until });
                    continue;
                }
                kept.status = Status::Running;
                kept.fence += 1;
                kept.lease_until = Some(now + lease);
                kept.started_at.get_or_insert(now);
                update(&transaction, &kept)?;
                claims.push(Claim::Held(kept));
            }
            transaction.commit().map_err(sql_error)?;
            Ok(claims)
        })
    }

    async fn intend(&self, step: &StepDocument, call: usize) -> Result<u32, StoreError> {
        self.fenced(step, |mut kept| {
            if kept.intents.len() <= call {
                kept.intents.resize(call + 1, 0);
            }
            let count = kept.intents.get_mut(call).map_or(0, |count| {
                *count += 1;
                *count
            });
            (kept, count)
        })
    }

    async fn commit(&self, step: &StepDocument) -> Result<(), StoreError> {
        let ended = step.clone();
        self.fenced(step, |kept| (StepDocument { lease_until: None, intents: kept.intents, ..ended }, ()))
    }

    async fn release(&self, step: &StepDocument) -> Result<(), StoreError> {
        self.fenced(step, |kept| (StepDocument { status: Status::Pending, lease_until: None, ..kept }, ()))
    }
}

fn read_run(connection: &Connection, run_id: &RunId) -> Result<Option<RunDocument>, StoreError> {
    let sql = "SELECT document, sum FROM runs WHERE run_id = ?1";
    let row = connection.query_row(sql, [run_id.as_str()], document).optional().map_err(sql_error)?;
    row.map(parse).transpose()
}

fn step(transaction: &Transaction<'_>, run_id: &RunId, step_id: &StepId) -> Result<StepDocument, StoreError> {
    let sql = "SELECT document, sum FROM steps WHERE run_id = ?1 AND step_id = ?2";
    let row = transaction
        .query_row(sql, params![run_id.as_str(), step_id.as_str()], document)
        .optional()
        .map_err(sql_error)?;
    let missing = || StoreError::NotFound(format!("step {step_id} of run {run_id}"));
    row.ok_or_else(missing).and_then(parse)
}

fn update(transaction: &Transaction<'_>, step: &StepDocument) -> Result<(), StoreError> {
    let document = serde_json::to_string(step).map_err(|e| json_error("step", &e))?;
    let sql = "UPDATE steps SET document = ?3, sum = ?4 WHERE run_id = ?1 AND step_id = ?2";
    let sum = sum::of([document.as_str()]);
    let row = params![step.run_id.as_str(), step.step_id.as_str(), document, sum];
    transaction.execute(sql, row).map_err(sql_error)?;
    Ok(())
}

fn collect<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(sql_error)?;
    let rows = statement.query_map(params, document).map_err(sql_error)?;
    rows.map(|row| row.map_err(sql_error).and_then(parse)).collect()
}

/// As [`collect`], without what this version cannot read: a newer version's documents, or damaged ones, are left
/// untouched and hold up nothing else. The third column is the run that is told of then.
fn collect_readable<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(sql_error)?;
    let rows = statement.query_map(params, |row| Ok((document(row)?, row.get::<_, String>(2)?)));
    let mut found = Vec::new();
    for row in rows.map_err(sql_error)? {
        let (document, run_id) = row.map_err(sql_error)?;
        match parse(document) {
            Ok(document) => found.push(document),
            Err(error @ (StoreError::Newer { .. } | StoreError::Damaged { .. })) => {
                error!(%run_id, %error, "run {run_id} left untouched: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// A document and its sum.
fn document(row: &Row<'_>) -> rusqlite::Result<(String, Option<u32>)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// A document of this version or an older one; a newer one is an error and stays as it is.
fn parse<T: DeserializeOwned>((text, kept): (String, Option<u32>)) -> Result<T, StoreError> {
    let text = sum::checked(WHAT, text, kept)?;
    let Version { v } = serde_json::from_str(&text).map_err(|e| json_error(WHAT, &e))?;
    if v > DOCUMENT_VERSION {
        return Err(StoreError::Newer { what: WHAT.to_owned(), found: v, known: DOCUMENT_VERSION });
    }
    serde_json::from_str(&text).map_err(|e| json_error(WHAT, &e))
}

const WHAT: &str = "a journal document";
