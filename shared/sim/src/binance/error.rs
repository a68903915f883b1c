use axum::response::Response;
use serde_json::json;

use crate::faults::answer::json_answer;
use crate::market::RecordedError;

/// An error in the exchange's words. All but the last come with status 400.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// -1100.
    Illegal { parameter: &'static str, range: &'static str },
    /// -1102.
    Missing(&'static str),
    /// -1120.
    Interval,
    /// -1121.
    Symbol,
    /// -1128.
    Combination,
    /// -1130.
    Value(&'static str),
    /// The recorded candles cannot be read: 500.
    Broken(String),
}

impl From<RecordedError> for ApiError {
    fn from(error: RecordedError) -> Self {
        tracing::error!(%error, "recorded candles cannot be served");
        Self::Broken(error.to_string())
    }
}

impl ApiError {
    pub(crate) fn response(&self) -> Response {
        let (status, code, text) = match self {
            Self::Illegal { parameter, range } => {
                let text =
                    format!("Illegal characters found in parameter '{parameter}'; legal range is '{range}'.");
                (400, -1100, text)
            }
            Self::Missing(parameter) => {
                let text =
                    format!("Mandatory parameter '{parameter}' was not sent, was empty/null, or malformed.");
                (400, -1102, text)
            }
            Self::Interval => (400, -1120, "Invalid interval.".to_owned()),
            Self::Symbol => (400, -1121, "Invalid symbol.".to_owned()),
            Self::Combination => (400, -1128, "Combination of optional parameters invalid.".to_owned()),
            Self::Value(parameter) => {
                (400, -1130, format!("Data sent for parameter '{parameter}' is not valid."))
            }
            Self::Broken(text) => (500, -1000, text.clone()),
        };
        json_answer(status, &json!({ "code": code, "msg": text }))
    }
}
