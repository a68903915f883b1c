//! What is found by an index rather than by name. `infra/firestore.indexes.json` lists the indexes.

use domain::RunId;
use firestore::FirestoreDb;
use firestore::gcloud_sdk::google::firestore::v1::Value;
use firestore::gcloud_sdk::google::firestore::v1::value::ValueType;
use firestore::select_builder::FirestoreSelectDocBuilder;
use firestore::select_filter_builder::FirestoreQueryFilterBuilder;
use firestore::{FirestoreQueryCursor, FirestoreQueryFilter, FirestoreValue};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use storage::{Place, RunDocument, SHARDS, Status, StepDocument, StoreError};

use super::client::{Client, all};
use super::parse::{created, parse, readable};
use super::wire::timestamp;

pub(super) const RUNS: &str = "flow_runs";
pub(super) const STEPS: &str = "steps";

/// Stale steps of each kind that one sweep takes up.
const STALE: u32 = 500;

type Filter = Option<FirestoreQueryFilter>;

/// Every shard: each index begins with it, for one over growing times alone takes 500 writes a second at most.
fn sharded(query: &FirestoreQueryFilterBuilder) -> Filter {
    query.field("shard").is_in((0..SHARDS).collect::<Vec<_>>())
}

fn with_status(query: &FirestoreQueryFilterBuilder, status: Status) -> Filter {
    query.field("status").eq(status.as_str())
}

fn value(of: ValueType) -> FirestoreValue {
    FirestoreValue::from(Value { value_type: Some(of) })
}

/// The first `limit` documents of a query that can be read, page by page: what cannot hides nothing behind it. The query
/// is ordered by `field`, then by name.
async fn first_readable<T: DeserializeOwned>(
    query: FirestoreSelectDocBuilder<'_, FirestoreDb>,
    field: &str,
    limit: u32,
) -> Result<Vec<T>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut query = query.limit(limit);
    let mut found = Vec::new();
    loop {
        let page = all(|| query.clone().stream_query_with_errors()).await?;
        found.extend(readable(&page));
        let last = page.last().filter(|_| page.len() >= wanted && found.len() < wanted);
        let place = last.and_then(|last| Some((last.fields.get(field)?.clone(), last.name.clone())));
        let Some((at, name)) = place else { break };
        let place = vec![FirestoreValue::from(at), value(ValueType::ReferenceValue(name))];
        query = query.start_at(FirestoreQueryCursor::AfterValue(place));
    }
    found.truncate(wanted);
    Ok(found)
}

fn before(query: &FirestoreQueryFilterBuilder, field: &str, time: Timestamp) -> Filter {
    query.field(field).less_than(value(ValueType::TimestampValue(timestamp(time))))
}

impl Client {
    /// All steps of a run, in order of creation.
    pub(super) async fn steps(&self, run_id: &RunId) -> Result<Vec<StepDocument>, StoreError> {
        let (database, parent) = (self.database().await?, self.name(&format!("{RUNS}/{run_id}")).await?);
        let query = database.fluent().select().from(STEPS).parent(parent);
        let mut documents = all(|| query.clone().stream_query_with_errors()).await?;
        documents.sort_by_key(created);
        documents.iter().map(parse).collect()
    }

    /// The newest runs by request, from the beginning of that list or after a place in it.
    pub(super) async fn newest(
        &self,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Vec<RunDocument>, StoreError> {
        let query =
            self.database().await?.fluent().select().from(RUNS).filter(|query| sharded(&query)).order(
                |order| order.fields([order.field("requested_at").desc(), order.field("__name__").desc()]),
            );
        let query = match after {
            Some(place) => {
                let name = self.name(&format!("{RUNS}/{}", place.run_id)).await?;
                let place = [
                    ValueType::TimestampValue(timestamp(place.requested_at)),
                    ValueType::ReferenceValue(name),
                ];
                query.start_at(FirestoreQueryCursor::AfterValue(place.map(value).to_vec()))
            }
            None => query,
        };
        first_readable(query, "requested_at", u32::try_from(limit).unwrap_or(u32::MAX)).await
    }

    /// Runs that have not ended, oldest first.
    pub(super) async fn running(&self) -> Result<Vec<RunDocument>, StoreError> {
        let query = self
            .database()
            .await?
            .fluent()
            .select()
            .from(RUNS)
            .filter(|query| query.for_all([sharded(&query), with_status(&query, Status::Running)]))
            .order(|order| order.fields([order.field("requested_at").asc()]));
        Ok(readable(&all(|| query.clone().stream_query_with_errors()).await?))
    }

    /// Steps of that status whose `field` is before `time`, oldest first.
    pub(super) async fn waiting(
        &self,
        status: Status,
        field: &'static str,
        time: Timestamp,
    ) -> Result<Vec<StepDocument>, StoreError> {
        let query = self
            .database()
            .await?
            .fluent()
            .select()
            .from(STEPS)
            .all_descendants()
            .filter(|query| {
                query.for_all([sharded(&query), with_status(&query, status), before(&query, field, time)])
            })
            .order(|order| order.fields([order.field(field).asc(), order.field("__name__").asc()]));
        first_readable(query, field, STALE).await
    }
}
