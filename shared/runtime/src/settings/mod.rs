//! What a function takes from its environment: a table of variables, read once, checked before anything starts.

mod read;

pub use read::{Settings, SettingsError};
use serde::Serialize;

/// A variable of the environment. A function reads what stands in its table and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it means, for a person who sets it.
    pub meaning: &'static str,
    /// What counts where it is not set.
    pub default: Option<&'static str>,
    /// Whether the function does not start without it.
    pub required: bool,
    /// Whether its value is told to nobody. A secret may stand in a file instead, named by `NAME_FILE`.
    pub secret: bool,
}

impl Variable {
    /// One that must be set.
    pub const fn required(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, default: None, required: true, secret: false }
    }

    /// One that may be left out.
    pub const fn optional(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, default: None, required: false, secret: false }
    }

    /// One with a default.
    pub const fn or(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, default: Some(default), required: false, secret: false }
    }

    /// A secret that may be left out.
    pub const fn secret(name: &'static str, meaning: &'static str) -> Self {
        Self { name, meaning, default: None, required: false, secret: true }
    }
}

/// A variable as a row: name, meaning, default, whether it is required.
pub type Row = (&'static str, &'static str, Option<&'static str>, bool);

impl Variable {
    /// The rows of a crate that does not know this one.
    pub const fn table<const N: usize>(rows: &[Row; N]) -> [Self; N] {
        let mut table = [Self::optional("", ""); N];
        let mut at = 0;
        while at < N {
            let (name, meaning, default, required) = rows[at];
            table[at] = Self { name, meaning, default, required, secret: false };
            at += 1;
        }
        table
    }
}

/// The tables as JSON, a list of variables.
///
/// # Errors
/// None that a table of constants can have.
pub fn describe(tables: &[&[Variable]]) -> Result<String, serde_json::Error> {
    let mut all: Vec<&Variable> = Vec::new();
    for variable in tables.iter().copied().flatten() {
        // two ports may take the same one
        if !all.contains(&variable) {
            all.push(variable);
        }
    }
    serde_json::to_string_pretty(&all)
}
