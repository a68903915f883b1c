use std::collections::BTreeMap;

use domain::ohlcv::Table;
use domain::tool::Unit;

/// An answer: rows, figures, what they measure, and what a reader should know of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Rows, oldest first.
    pub table: Option<Table>,
    /// Figures by name, as decimals.
    pub stats: BTreeMap<String, String>,
    /// What each column and figure measures.
    pub units: BTreeMap<String, Unit>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Sheet {
    /// A figure, if there is one.
    pub(super) fn figure(&mut self, name: &str, unit: Unit, value: Option<String>) {
        if let Some(value) = value {
            self.stats.insert(name.to_owned(), value);
            self.units.insert(name.to_owned(), unit);
        }
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// The rows, whose columns stand after their time. A column without a unit holds words.
    pub(super) fn rows(&mut self, columns: &[(&str, Option<Unit>)], rows: Vec<String>) {
        let names: Vec<&str> = std::iter::once("t").chain(columns.iter().map(|(name, _)| *name)).collect();
        for (name, unit) in columns {
            self.units.extend(unit.map(|unit| ((*name).to_owned(), unit)));
        }
        self.table = Some(Table { columns: names.join(","), order: "oldest_first".to_owned(), rows });
    }
}
