//! The collector's state as Firestore's writes. None has a precondition: a document that is missing is made.

use std::collections::HashMap;

use domain::Instrument;
use firestore::FirestoreDb;
use firestore::gcloud_sdk::google::firestore::v1::document_transform::FieldTransform;
use firestore::gcloud_sdk::google::firestore::v1::document_transform::field_transform::TransformType;
use firestore::gcloud_sdk::google::firestore::v1::value::ValueType;
use firestore::gcloud_sdk::google::firestore::v1::write::Operation;
use firestore::gcloud_sdk::google::firestore::v1::{
    ArrayValue, Document, DocumentMask, MapValue, Value, Write,
};
use jiff::Timestamp;
use storage::{Gap, SeriesKey, StoreError};

use super::VERSION;

/// Most marks of one write: Firestore takes five hundred transforms.
pub(super) const MOST_MARKS: usize = 400;

/// Name of a series within its document of marks.
pub(super) fn mark(series: &SeriesKey) -> String {
    format!("{}:{}", series.symbol, series.timeframe)
}

fn value(of: ValueType) -> Value {
    Value { value_type: Some(of) }
}

fn ms(at: Timestamp) -> Value {
    value(ValueType::IntegerValue(at.as_millisecond()))
}

fn map(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    value(ValueType::MapValue(MapValue { fields: fields.into_iter().collect() }))
}

/// A path to a member of a map, whatever characters its name has.
fn path(field: &str, name: &str) -> String {
    format!("{field}.`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// Writes these members and leaves all others.
fn merge(name: String, mut fields: HashMap<String, Value>, mut paths: Vec<String>) -> Write {
    fields.insert("v".to_owned(), value(ValueType::IntegerValue(VERSION.into())));
    paths.push("v".to_owned());
    Write {
        operation: Some(Operation::Update(Document { name, fields, ..Document::default() })),
        update_mask: Some(DocumentMask { field_paths: paths }),
        ..Write::default()
    }
}

pub(super) fn advance(name: String, newest: &[(&SeriesKey, Timestamp)]) -> Write {
    let transform = |(series, open): &(&SeriesKey, Timestamp)| FieldTransform {
        field_path: path("closed", &mark(series)),
        transform_type: Some(TransformType::Maximum(ms(*open))),
    };
    Write {
        update_transforms: newest.iter().map(transform).collect(),
        ..merge(name, HashMap::new(), Vec::new())
    }
}

pub(super) fn refresh(name: String, refreshed: &[(&SeriesKey, Timestamp)]) -> Write {
    let marks = map(refreshed.iter().map(|(series, at)| (mark(series), ms(*at))));
    let paths = refreshed.iter().map(|(series, _)| path("refreshed", &mark(series))).collect();
    merge(name, HashMap::from([("refreshed".to_owned(), marks)]), paths)
}

fn of_timeframe(name: String, field: &str, series: &SeriesKey, value: Value) -> Write {
    let member = map([(series.timeframe.to_string(), value)]);
    let paths = vec![path(field, series.timeframe.as_str())];
    merge(name, HashMap::from([(field.to_owned(), member)]), paths)
}

pub(super) fn history_from(name: String, series: &SeriesKey, from: Timestamp) -> Write {
    of_timeframe(name, "history_from", series, ms(from))
}

pub(super) fn gaps(name: String, series: &SeriesKey, gaps: &[Gap]) -> Write {
    let gap = |gap: &Gap| {
        let ends = [("from", Some(gap.from)), ("to", Some(gap.to)), ("asked_at", gap.asked_at)];
        map(ends.into_iter().filter_map(|(name, at)| Some((name.to_owned(), ms(at?)))))
    };
    let values = ArrayValue { values: gaps.iter().map(gap).collect() };
    of_timeframe(name, "gaps", series, value(ValueType::ArrayValue(values)))
}

pub(super) fn instrument(name: String, instrument: &Instrument) -> Result<Write, StoreError> {
    let fields = FirestoreDb::serialize_to_doc("", instrument)
        .map_err(|error| StoreError::Damaged { what: "an instrument".to_owned(), found: error.to_string() })?
        .fields;
    let fields = HashMap::from([("instrument".to_owned(), map(fields))]);
    Ok(merge(name, fields, vec!["instrument".to_owned()]))
}
