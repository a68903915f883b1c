//! Documents and messages as anybody may have left them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ArtifactKey, Message, RunDocument, StepDocument};

const STEP: &str = r#"{"v":1,"run_id":"r-7f3k9q2c","step_id":"1w-report","kind":"report","status":"done",
"symbol":"BTCUSDT","timeframe":"1w","requested_at":"2026-04-30T04:00:00Z","created_at":"2026-04-30T04:00:00Z",
"started_at":"2026-04-30T04:00:01Z","ended_at":"2026-04-30T04:00:09.5Z","fence":2,"intents":[1,2],"shard":7,
"expire_at":"2027-06-04T04:00:00Z","gcs_uri":"gs://local/runs/r-7f3k9q2c/1w-report.json",
"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","report_id":"rep-1w-8e02k7qd",
"chart_refs":["gs://local/a.png"],"model_calls":3,"prompt_tokens":10000,"cost_usd":"0.01835","reason":"x"}"#;

/// What is read is written as what is read again.
fn read_again<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &str) {
    if let Ok(read) = serde_json::from_str::<T>(text) {
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<T>(&written).unwrap(), read, "{written}");
    }
}

#[test]
fn any_text_is_answered() {
    assert!(serde_json::from_str::<StepDocument>(STEP).is_ok());
    bolero::check!().for_each(|bytes: &[u8]| {
        let [high, low, length, with @ ..] = bytes else { return };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % STEP.len();
        let end = STEP.len().min(at + usize::from(*length));
        let spliced = [&STEP.as_bytes()[..at], with, &STEP.as_bytes()[end..]].concat();
        for text in [with, &spliced] {
            let text = String::from_utf8_lossy(text);
            read_again::<StepDocument>(&text);
            read_again::<RunDocument>(&text);
            read_again::<Message>(&text);
            if let Ok(key) = ArtifactKey::new(&text) {
                assert!(!key.as_str().split('/').any(|part| matches!(part, "" | "." | "..")), "{key:?}");
            }
        }
    });
}
