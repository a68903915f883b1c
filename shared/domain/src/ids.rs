//! Names of runs, steps, reports and of versions of prompts, models and templates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Sha256Hex;

/// Why a name is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id: 1 to 64 of A-Z a-z 0-9 _ -, starting with a letter or digit")]
pub struct IdError(String);

fn check(text: &str) -> Result<String, IdError> {
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    let rest = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if first && rest && text.len() <= 64 {
        return Ok(text.to_owned());
    }
    Err(IdError(text.chars().filter(|c| !c.is_control()).take(80).collect()))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A run of a flow, `r-7f3k9q2c`.
    RunId
);
id!(
    /// A step of a run, `1w-report`; unique within its run.
    StepId
);
id!(
    /// A report, `rep-1w-8e02k7qd`.
    ReportId
);
id!(
    /// A recommendation, `rec-8e02k7qd`.
    RecommendationId
);

/// A version of a prompt, model profile or template: `name@` and eight hex digits of its content's hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentId(String);

impl ContentId {
    /// The id of the version of `name` whose bytes are `content`.
    pub fn of(name: &str, content: &[u8]) -> Self {
        Self(format!("{name}@{}", Sha256Hex::of(content).short()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before `@`.
    pub fn name(&self) -> &str {
        self.0.split('@').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_name_a_path() {
        for bad in ["", "..", "a/b", "%2e%2e%2f", "-a", "a\0b", "ünder", &"a".repeat(65)] {
            assert!(bad.parse::<RunId>().is_err(), "{bad:?}");
        }
        assert!("1M-chart-trend".parse::<StepId>().is_ok());
    }

    #[test]
    fn an_id_is_checked_when_it_is_read_from_json() {
        assert!(serde_json::from_str::<RunId>("\"../x\"").is_err());
    }
}
