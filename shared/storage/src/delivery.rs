use serde::{Deserialize, Serialize};

/// What became of a notice on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// `telegram`, `webhook`, `slack` or `mail`.
    pub channel: String,
    /// Whether the other side took it.
    pub delivered: bool,
    /// How often it was sent.
    pub tries: u32,
    /// Why it was not, or what a person should know all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
