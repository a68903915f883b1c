use serde::{Deserialize, Serialize};

/// `sendMessage`.
#[derive(Serialize)]
pub(super) struct SendMessage<'a> {
    pub(super) chat_id: &'a str,
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parse_mode: Option<&'static str>,
    pub(super) link_preview_options: LinkPreview,
    pub(super) disable_notification: bool,
}

/// A preview would fetch a signed link.
#[derive(Serialize)]
pub(super) struct LinkPreview {
    pub(super) is_disabled: bool,
}

/// Every answer.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) ok: bool,
    pub(super) result: Option<SentMessage>,
    pub(super) error_code: Option<u16>,
    pub(super) description: Option<String>,
    pub(super) parameters: Option<Parameters>,
}

#[derive(Deserialize)]
pub(super) struct SentMessage {
    pub(super) message_id: i64,
}

#[derive(Deserialize)]
pub(super) struct Parameters {
    pub(super) retry_after: Option<u32>,
    pub(super) migrate_to_chat_id: Option<i64>,
}
