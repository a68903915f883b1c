//! The chat that the environment names.

use std::time::Duration;

use runtime::http;
use runtime::settings::{Settings, SettingsError, Variable};

use crate::Telegram;

const TOKEN: Variable =
    Variable::secret("TELEGRAM_BOT_TOKEN", "the bot that sends notices; with TELEGRAM_CHAT_ID");
const CHAT: Variable =
    Variable::optional("TELEGRAM_CHAT_ID", "the chat that notices go to; without it they are log lines");
const URL: Variable =
    Variable::or("TOPDOWN_TELEGRAM_URL", "https://api.telegram.org", "base URL of Telegram's bot API");

/// A page of a few megabytes, uploaded.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// What the notifier takes from its environment.
pub const VARIABLES: &[Variable] = &[TOKEN, CHAT, URL];

/// The chat, if one is configured.
///
/// # Errors
/// [`SettingsError`] if half of it is.
pub fn telegram(settings: &Settings) -> Result<Option<Telegram>, SettingsError> {
    match (settings.secret(&TOKEN), settings.get(&CHAT)) {
        (Some(token), Some(chat)) => {
            let url = settings.need(&URL)?;
            let client = http::reaching(url, LONGEST_CALL);
            let client = client.map_err(|error| SettingsError::Impossible(error.to_string()))?;
            Ok(Some(Telegram::new(client, url, token, chat.to_owned())))
        }
        (None, None) => Ok(None),
        _ => Err(SettingsError::Impossible(
            "TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID belong together; set both or neither".to_owned(),
        )),
    }
}
