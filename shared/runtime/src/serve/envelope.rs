//! The envelope in which Pub/Sub pushes a message.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// A pushed message. The emulator's envelope has fewer fields than the platform's: nothing else is relied on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Its bytes.
    pub data: Vec<u8>,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The id that Pub/Sub gave it: another one each time a publisher tries again.
    pub message_id: String,
}

/// The body is no envelope.
#[derive(Debug, thiserror::Error)]
pub(super) enum EnvelopeError {
    #[error("the body is no push of Pub/Sub (line {line}, column {column})")]
    Json { line: usize, column: usize },
    #[error("the message's data is no base64")]
    Base64,
}

#[derive(Deserialize)]
struct Envelope {
    message: Pushed,
}

#[derive(Deserialize)]
struct Pushed {
    #[serde(default)]
    data: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default, rename = "messageId")]
    message_id: String,
}

impl Delivery {
    /// Reads a body. What is not looked at is skipped, however deep, without recursion.
    pub(super) fn read(body: &[u8]) -> Result<Self, EnvelopeError> {
        let read: Result<Envelope, _> = serde_json::from_slice(body);
        // the parser's own words may quote the body
        let envelope =
            read.map_err(|error| EnvelopeError::Json { line: error.line(), column: error.column() })?;
        let Pushed { data, attributes, message_id } = envelope.message;
        let data = STANDARD.decode(data).map_err(|_| EnvelopeError::Base64)?;
        Ok(Self { data, attributes, message_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_envelope_is_read() {
        // after the example in Pub/Sub's documentation of push subscriptions
        let body = br#"{"deliveryAttempt":5,"message":{"attributes":{"key":"value"},
            "data":"SGVsbG8gQ2xvdWQgUHViL1N1YiEgSGVyZSBpcyBteSBtZXNzYWdlIQ==","messageId":"2070443601311540",
            "message_id":"2070443601311540","publishTime":"2021-02-26T19:13:55.749Z"},
            "subscription":"projects/myproject/subscriptions/mysubscription"}"#;
        let delivery = Delivery::read(body).unwrap();
        assert_eq!(delivery.data, b"Hello Cloud Pub/Sub! Here is my message!");
        assert_eq!(
            (delivery.attributes["key"].as_str(), delivery.message_id.as_str()),
            ("value", "2070443601311540")
        );
    }

    #[test]
    fn what_is_no_envelope_is_an_error_and_is_not_quoted() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "secret",
            r#"{"message":"secret"}"#,
            r#"{"message":{"data":5}}"#,
            r#"{"message":{"data":"%secret%"}}"#,
        ] {
            let error = Delivery::read(body.as_bytes()).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn what_is_nested_deep_overflows_no_stack() {
        let deep = |field: &str| {
            format!("{{\"message\":{{\"{field}\":{}1{}}}}}", "[".repeat(200_000), "]".repeat(200_000))
        };
        assert_eq!(Delivery::read(deep("x").as_bytes()).unwrap(), Delivery::default());
        assert!(Delivery::read(deep("attributes").as_bytes()).is_err());
    }
}
