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

/// The tables as JSON, a list of variables.
///
/// # Errors
/// None that a table of constants can have.
pub fn describe(tables: &[&[Variable]]) -> Result<String, serde_json::Error> {
    let all: Vec<&Variable> = tables.iter().copied().flatten().collect();
    serde_json::to_string_pretty(&all)
}
