//! The channels that notices go out by, each for itself: one that fails keeps no other waiting.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use notify::{DeliveryError, Notice, mail, slack, webhook};
use storage::Delivery;
use tracing::{info, warn};

use crate::patience;
use crate::telegram::{Chat, Telegram};

/// The channels that are configured.
#[derive(Clone, Default)]
pub struct Channels {
    /// A chat.
    pub telegram: Option<Telegram>,
    /// A webhook.
    pub webhook: Option<webhook::Client>,
    /// A channel of Slack.
    pub slack: Option<slack::Client>,
    /// Mailboxes.
    pub mail: Option<mail::Client>,
}

/// Whoever tells people, with what is known of their channels by now.
pub struct Messenger {
    chat: Option<Chat>,
    webhook: Option<Line>,
    slack: Option<Line>,
    mail: Option<Line>,
}

/// A channel of which nothing is remembered between two notices.
enum Line {
    Webhook(webhook::Client),
    Slack(slack::Client),
    Mail(mail::Client),
}

impl Line {
    fn name(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::Mail(_) => "mail",
        }
    }

    async fn send(&self, notice: &Notice<'_>, at: Timestamp) -> Result<(), DeliveryError> {
        match self {
            Self::Webhook(webhook) => webhook.send(notice, at).await,
            Self::Slack(slack) => slack.send(notice).await,
            Self::Mail(mail) => mail.send(notice, at).await,
        }
    }

    /// Sends `notice` from `now` on, again where that is worth it.
    async fn tell(&self, notice: &Notice<'_>, now: Timestamp) -> Delivery {
        let (mut tries, mut waited) = (0, Duration::ZERO);
        loop {
            let since = SignedDuration::try_from(waited).unwrap_or_default();
            let sent = self.send(notice, now.saturating_add(since).unwrap_or(now)).await;
            tries += 1;
            let error = match sent {
                Ok(()) => return fate(self.name(), tries, Ok(None)),
                Err(error) => error,
            };
            let asked = match &error {
                DeliveryError::Later { wait, .. } => patience::wait(tries, waited, *wait),
                // what may have arrived is not sent twice, nor what is refused
                _ => None,
            };
            let Some(wait) = asked else { return fate(self.name(), tries, Err(error.to_string())) };
            info!(channel = self.name(), %error, seconds = wait.as_secs(), "the notice is sent again");
            tokio::time::sleep(wait).await;
            waited += wait;
        }
    }
}

/// What became of a notice: told, perhaps with a note, or not.
pub(crate) fn fate(channel: &str, tries: u32, told: Result<Option<String>, String>) -> Delivery {
    let (delivered, reason) = match told {
        Ok(note) => (true, note),
        Err(why) => (false, Some(why)),
    };
    Delivery { channel: channel.to_owned(), delivered, tries, reason }
}

impl Messenger {
    /// Nothing is known of the channels yet.
    pub fn new(channels: Channels) -> Self {
        Self {
            chat: channels.telegram.map(Chat::new),
            webhook: channels.webhook.map(Line::Webhook),
            slack: channels.slack.map(Line::Slack),
            mail: channels.mail.map(Line::Mail),
        }
    }

    /// Whether nobody is told of anything.
    pub fn is_silent(&self) -> bool {
        self.chat.is_none() && !self.needs_link() && self.mail.is_none()
    }

    /// Whether a channel carries no page, but a link to it.
    pub(crate) fn needs_link(&self) -> bool {
        self.webhook.is_some() || self.slack.is_some() || self.mail.is_some()
    }

    /// Sends `notice` at `now` by every channel at once, and says what became of it on each.
    pub async fn tell(&self, notice: &Notice<'_>, now: Timestamp) -> Vec<Delivery> {
        let chat = async {
            match &self.chat {
                Some(chat) => Some(chat.tell(notice, now).await),
                None => None,
            }
        };
        let line = async |line: &Option<Line>| match line {
            Some(line) => Some(line.tell(notice, now).await),
            None => None,
        };
        let (chat, webhook, slack, mail) =
            tokio::join!(chat, line(&self.webhook), line(&self.slack), line(&self.mail));
        let deliveries: Vec<Delivery> = [chat, webhook, slack, mail].into_iter().flatten().collect();
        for Delivery { channel, delivered, reason, .. } in &deliveries {
            if !delivered {
                let (run_id, error) = (notice.run_id, reason.as_deref().unwrap_or_default());
                warn!(%run_id, channel, error, "{} was not reached", shown(channel));
            }
        }
        deliveries
    }
}

/// What a person should know of the deliveries, each with the name of its channel.
pub fn reasons(deliveries: &[Delivery]) -> Option<String> {
    let said = deliveries.iter().filter_map(|delivery| {
        let reason = delivery.reason.as_ref()?;
        Some(format!("{}: {reason}", shown(&delivery.channel)))
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// The name of a channel as it stands in a sentence.
fn shown(channel: &str) -> &str {
    match channel {
        "telegram" => "Telegram",
        "slack" => "Slack",
        "mail" => "Mail",
        "webhook" => "Webhook",
        other => other,
    }
}
