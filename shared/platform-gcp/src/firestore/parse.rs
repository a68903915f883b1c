//! A document of Firestore as the journal's.

use firestore::FirestoreDb;
use firestore::gcloud_sdk::google::firestore::v1::Document;
use firestore::gcloud_sdk::google::firestore::v1::value::ValueType;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use storage::{DOCUMENT_VERSION, StoreError};
use tracing::error;

use super::wire::{CHANGED, CREATED, TIMES};

/// A run or step of this version or an older one; a newer one is an error and stays as it is.
pub(super) fn parse<T: DeserializeOwned>(document: &Document) -> Result<T, StoreError> {
    let what = || path(document).to_owned();
    let damaged = |found: String| StoreError::Damaged { what: what(), found };
    let version = match value(document, "v") {
        Some(ValueType::IntegerValue(version)) => u32::try_from(*version).unwrap_or(u32::MAX),
        _ => return Err(damaged("it has no version".to_owned())),
    };
    if version > DOCUMENT_VERSION {
        return Err(StoreError::Newer { what: what(), found: version, known: DOCUMENT_VERSION });
    }
    let mut plain = document.clone();
    for name in TIMES {
        let Some(kept) = plain.fields.get_mut(name).and_then(|value| value.value_type.as_mut()) else {
            continue;
        };
        let ValueType::TimestampValue(time) = kept else { continue };
        let time = Timestamp::new(time.seconds, time.nanos).map_err(|error| damaged(error.to_string()))?;
        *kept = ValueType::StringValue(time.to_string());
    }
    FirestoreDb::deserialize_doc_to(&plain).map_err(|error| damaged(error.to_string()))
}

/// All documents that can be read. A newer version's or damaged ones are left untouched and hold up nothing else.
pub(super) fn readable<T: DeserializeOwned>(documents: &[Document]) -> Vec<T> {
    let parsed = documents.iter().filter_map(|document| match parse(document) {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            error!(%error, "left untouched: {error}");
            None
        }
    });
    parsed.collect()
}

/// Whether the write of that id created the document or changed it last.
pub(super) fn written_by(document: &Document, write_id: &str) -> bool {
    let is = |name, fits: &dyn Fn(&str) -> bool| match value(document, name) {
        Some(ValueType::StringValue(id)) => fits(id),
        _ => false,
    };
    is(CHANGED, &|id| id == write_id)
        || is(CREATED, &|id| id.strip_prefix(write_id).is_some_and(|rest| rest.starts_with('-')))
}

/// Sorts documents by creation: the time of the commit, and the place within it.
pub(super) fn created(document: &Document) -> (Option<(i64, i32)>, usize) {
    let place = match value(document, CREATED) {
        Some(ValueType::StringValue(id)) => id.rsplit('-').next().and_then(|place| place.parse().ok()),
        _ => None,
    };
    (document.create_time.map(|time| (time.seconds, time.nanos)), place.unwrap_or_default())
}

fn value<'a>(document: &'a Document, name: &str) -> Option<&'a ValueType> {
    document.fields.get(name)?.value_type.as_ref()
}

/// `flow_runs/RUN/steps/STEP`: the name without project and database.
fn path(document: &Document) -> &str {
    document.name.split_once("/documents/").map_or(&document.name, |(_, path)| path)
}
