//! Sums of rows. SQLite notices a broken structure, not a byte that changed within a value: a price would be served
//! with another digit.

use storage::StoreError;

/// CRC-32 of a row's values. It finds every change of up to 32 bits in a row.
pub(super) fn of<'a>(values: impl IntoIterator<Item = &'a str>) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    for value in values {
        sum.update(value.as_bytes());
        sum.update(b"\n");
    }
    sum.finalize()
}

/// The text of a document if it is what was written. Rows from before there were sums have none.
pub(super) fn checked(what: &str, text: String, sum: Option<u32>) -> Result<String, StoreError> {
    match sum {
        Some(sum) if sum != of([text.as_str()]) => {
            Err(StoreError::Damaged { what: what.to_owned(), found: "it is not what was written".to_owned() })
        }
        _ => Ok(text),
    }
}

/// A row of values that are not those that were written.
#[derive(Debug, thiserror::Error)]
#[error("a row is not what was written")]
pub(super) struct Changed;
