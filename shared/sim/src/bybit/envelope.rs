use axum::response::Response;
use serde_json::{Value, json};

use crate::faults::answer::json_answer;
use crate::market::RecordedError;

/// What an address is told that asks too much, with 403.
pub(crate) const TOO_FREQUENT: &[u8] = b"access too frequent";

/// Why a request is refused, in the exchange's words; HTTP says 200.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) i64, pub(super) String);

impl From<RecordedError> for Refusal {
    fn from(error: RecordedError) -> Self {
        tracing::error!(%error, "recorded candles cannot be served");
        Self(10_016, error.to_string())
    }
}

pub(super) fn answered(result: &Value, now_ms: i64) -> Response {
    json_answer(200, &envelope(0, "OK", result, now_ms))
}

pub(super) fn refused(Refusal(code, text): Refusal, now_ms: i64) -> Response {
    json_answer(200, &envelope(code, &text, &json!({}), now_ms))
}

fn envelope(code: i64, text: &str, result: &Value, now_ms: i64) -> Value {
    json!({ "retCode": code, "retMsg": text, "result": result, "retExtInfo": {}, "time": now_ms })
}

/// A decimal as this exchange prints it, without zeros at its end.
pub(super) fn print(value: i128) -> String {
    let text = crate::market::bar::print(value);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
