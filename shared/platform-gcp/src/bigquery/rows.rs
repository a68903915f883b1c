//! Rows as BigQuery answers them: every value a text.

use std::str::FromStr;
use std::sync::Arc;

use gcp_bigquery_client::model::query_response::QueryResponse;
use gcp_bigquery_client::model::table_row::TableRow;
use jiff::Timestamp;
use serde_json::Value;
use storage::StoreError;

use super::error::Failure;

/// The rows of a result.
#[derive(Default)]
pub(crate) struct Rows {
    names: Arc<Vec<String>>,
    rows: Vec<TableRow>,
}

impl Rows {
    /// Adds a page.
    pub(super) fn take(&mut self, page: QueryResponse) -> Result<(), Failure> {
        let fields = page.schema.and_then(|schema| schema.fields);
        if let Some(fields) = fields
            && self.names.is_empty()
        {
            self.names = Arc::new(fields.into_iter().map(|field| field.name).collect());
        }
        let rows = page.rows.unwrap_or_default();
        if self.names.is_empty() && !rows.is_empty() {
            return Err(Failure::lasting("rows without a schema"));
        }
        self.rows.extend(rows);
        Ok(())
    }

    /// The rows in the order of the answer.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row { names: &self.names, row })
    }
}

/// One row, by the names of its columns.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    names: &'a [String],
    row: &'a TableRow,
}

impl<'a> Row<'a> {
    fn cell(&self, name: &str) -> Result<&'a Value, StoreError> {
        let place = self.names.iter().position(|column| column == name);
        let cell = place.and_then(|place| self.row.columns.as_ref()?.get(place));
        let cell = cell.ok_or_else(|| damaged(name, "no such column"))?;
        Ok(cell.value.as_ref().unwrap_or(&Value::Null))
    }

    /// The value of a column; `None` for NULL.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<&'a str>, StoreError> {
        match self.cell(name)? {
            Value::String(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            other => Err(damaged(name, other)),
        }
    }

    /// The values of a repeated column, each in a cell of its own.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<&'a str>, StoreError> {
        let cell = self.cell(name)?;
        let text = |cell: &'a Value| cell.get("v").and_then(Value::as_str);
        let values = cell.as_array().and_then(|cells| cells.iter().map(text).collect());
        values.ok_or_else(|| damaged(name, cell))
    }

    /// The value of a column that is never NULL.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str, StoreError> {
        self.optional(name)?.ok_or_else(|| damaged(name, "NULL"))
    }

    /// The value of a column as whatever a text can be parsed into.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<T, StoreError> {
        let text = self.text(name)?;
        text.parse().map_err(|_| damaged(name, text))
    }

    /// A column of milliseconds since 1970.
    pub(crate) fn ms(&self, name: &str) -> Result<Timestamp, StoreError> {
        let ms: i64 = self.parsed(name)?;
        Timestamp::from_millisecond(ms).map_err(|_| damaged(name, ms))
    }
}

/// A value that nothing here has written.
pub(crate) fn damaged(column: &str, found: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged { what: format!("column {column} of a row in BigQuery"), found: found.to_string() }
}
