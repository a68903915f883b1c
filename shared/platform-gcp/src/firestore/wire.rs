//! A document of the journal as Firestore's.

use std::collections::HashMap;

use firestore::FirestoreDb;
use firestore::gcloud_sdk::google::firestore::v1::precondition::ConditionType;
use firestore::gcloud_sdk::google::firestore::v1::value::ValueType;
use firestore::gcloud_sdk::google::firestore::v1::write::Operation;
use firestore::gcloud_sdk::google::firestore::v1::{Document, DocumentMask, Precondition, Value, Write};
use firestore::gcloud_sdk::prost_types;
use jiff::Timestamp;
use serde::Serialize;
use storage::StoreError;

pub(super) type Fields = HashMap<String, Value>;

/// Fields kept as Firestore's timestamps, to the microsecond: expiry and indexes need it, and consoles show dates.
pub(super) const TIMES: [&str; 8] = [
    "as_of",
    "created_at",
    "ended_at",
    "expire_at",
    "expires_at",
    "lease_until",
    "requested_at",
    "started_at",
];

/// The write that created the document, as `ID-NUMBER` with the document's place in it.
pub(super) const CREATED: &str = "created_write";
/// The write that changed it last.
pub(super) const CHANGED: &str = "changed_write";

/// The fields of a run or step.
pub(super) fn fields(document: &impl Serialize) -> Result<Fields, StoreError> {
    let unfit = |found: String| StoreError::Damaged { what: "a journal document".to_owned(), found };
    let mut fields =
        FirestoreDb::serialize_to_doc("", document).map_err(|error| unfit(error.to_string()))?.fields;
    for name in TIMES {
        let Some(Value { value_type: Some(kept) }) = fields.get_mut(name) else { continue };
        let ValueType::StringValue(text) = kept else { continue };
        let time: Timestamp = text.parse().map_err(|error| unfit(format!("{name}: {error}")))?;
        *kept = ValueType::TimestampValue(timestamp(time));
    }
    Ok(fields)
}

/// To the microsecond, as Firestore keeps them.
pub(super) fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    let micros = time.as_microsecond();
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1000).unwrap_or_default();
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

fn text(value: String) -> Value {
    Value { value_type: Some(ValueType::StringValue(value)) }
}

/// Creates a document if there is none of that name. `place` is its place in the write.
pub(super) fn create(name: String, mut fields: Fields, write_id: &str, place: usize) -> Write {
    fields.insert(CREATED.to_owned(), text(format!("{write_id}-{place}")));
    Write {
        operation: Some(Operation::Update(Document { name, fields, create_time: None, update_time: None })),
        current_document: Some(Precondition { condition_type: Some(ConditionType::Exists(false)) }),
        ..Write::default()
    }
}

/// Changes what differs between two states of a document, if it is as it was read. Fields that this version does
/// not know stay.
pub(super) fn change(read: &Document, before: &Fields, mut after: Fields, write_id: &str) -> Write {
    let gone = before.keys().filter(|name| !after.contains_key(*name)).cloned().collect::<Vec<_>>();
    after.retain(|name, value| before.get(name) != Some(value));
    after.insert(CHANGED.to_owned(), text(write_id.to_owned()));
    let field_paths = after.keys().cloned().chain(gone).collect();
    let unchanged = read.update_time.map(ConditionType::UpdateTime);
    Write {
        operation: Some(Operation::Update(Document {
            name: read.name.clone(),
            fields: after,
            create_time: None,
            update_time: None,
        })),
        update_mask: Some(DocumentMask { field_paths }),
        current_document: Some(Precondition { condition_type: unchanged }),
        ..Write::default()
    }
}
