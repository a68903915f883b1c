//! The channels that the environment of a process names.

use runtime::settings::{Settings, SettingsError, Variable};

use crate::{ChannelAccess, Channels, Webhooks};

/// What the notifier takes from its environment.
pub const VARIABLES: &[Variable] = &[
    Variable::secret("TELEGRAM_BOT_TOKEN", "the bot that sends notices; with TELEGRAM_CHAT_ID"),
    Variable::optional("TELEGRAM_CHAT_ID", "the chat that notices go to"),
    Variable::or("TOPDOWN_TELEGRAM_URL", "https://api.telegram.org", "base URL of Telegram's bot API"),
    Variable::secret(
        "TOPDOWN_WEBHOOK_URL",
        "the webhook that notices are posted to, https; with TOPDOWN_WEBHOOK_SECRET",
    ),
    Variable::secret("TOPDOWN_WEBHOOK_SECRET", "what its notices are signed by, 16 characters or more"),
    Variable::secret("SLACK_WEBHOOK_URL", "the incoming webhook of the Slack channel that notices go to"),
    Variable::or("TOPDOWN_SLACK_URL", "https://hooks.slack.com", "base URL of Slack's incoming webhooks"),
    Variable::optional(
        "SMTP_URL",
        "the mail server, smtps://HOST or smtp://HOST for STARTTLS; with MAIL_FROM and MAIL_TO",
    ),
    Variable::optional("SMTP_USERNAME", "who is logged in there; with SMTP_PASSWORD"),
    Variable::secret("SMTP_PASSWORD", "the password of SMTP_USERNAME"),
    Variable::optional("MAIL_FROM", "the address that letters are sent from"),
    Variable::optional("MAIL_TO", "the addresses that letters go to, commas between them"),
];

/// The channels that are configured; without one notices are log lines.
///
/// # Errors
/// [`SettingsError`] if half of a channel is.
pub fn channels(settings: &Settings) -> Result<Channels, SettingsError> {
    let impossible = |error: &dyn std::fmt::Display| SettingsError::Impossible(error.to_string());
    let take = |name: &str| settings.named(name).map(str::to_owned);
    let access = ChannelAccess::read(take, |name| settings.secret_named(name));
    let access = access.map_err(|error| impossible(&error))?;
    access.channels(Webhooks::Public).map_err(|error| impossible(&error))
}
