//! The channels that an environment names.

use std::time::Duration;

use egress::EgressError;
use notify::{mail, slack, webhook};
use runtime::http::{self, ClientError};
use secrecy::{ExposeSecret, SecretString};

use crate::messenger::Channels;
use crate::telegram::Telegram;

const TELEGRAM: &str = "https://api.telegram.org";
const SLACK: &str = "https://hooks.slack.com";

/// A page of a few megabytes, uploaded.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// Fewest characters of what a webhook's notices are signed by.
const SHORTEST_SECRET: usize = 16;

/// Which webhooks are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhooks {
    /// Those of the public internet: of everything deployed.
    Public,
    /// And the one of this machine that the operator's own environment names by its literal address: on a laptop.
    OrHere,
}

/// What the environment says of channels: each is switched on by its variables.
#[derive(Debug, Clone)]
pub struct ChannelAccess {
    /// `TELEGRAM_BOT_TOKEN` and `TELEGRAM_CHAT_ID`, and `TOPDOWN_TELEGRAM_URL`: base URL of the bot API.
    pub telegram: Option<(SecretString, String)>,
    telegram_url: String,
    webhook: Option<(webhook::Address, SecretString)>,
    slack: Option<(slack::Address, String)>,
    mail: Option<mail::Client>,
}

/// Why no channel can be made of the environment: its operator mends it. No value is ever named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// One of two that need each other.
    #[error("TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID belong together; set both or neither")]
    Telegram,
    /// One of two that need each other.
    #[error("TOPDOWN_WEBHOOK_URL and TOPDOWN_WEBHOOK_SECRET belong together; set both or neither")]
    Webhook,
    /// A secret that can be guessed.
    #[error("TOPDOWN_WEBHOOK_SECRET is shorter than 16 characters; make one with `openssl rand -hex 32`")]
    WebhookSecret,
    /// No address.
    #[error("TOPDOWN_WEBHOOK_URL: {0}")]
    WebhookAddress(#[from] webhook::AddressError),
    /// No address of Slack's.
    #[error("SLACK_WEBHOOK_URL: {0}")]
    Slack(#[from] slack::AddressError),
    /// One of three that need each other.
    #[error("SMTP_URL, MAIL_FROM and MAIL_TO belong together; set all or none")]
    Mail,
    /// One of two that need each other, and nowhere to use them.
    #[error("SMTP_USERNAME and SMTP_PASSWORD belong together, beside SMTP_URL; set both or neither")]
    MailAccount,
    /// No server.
    #[error("SMTP_URL: {0}")]
    MailServer(#[from] mail::ServerError),
    /// No addresses.
    #[error("MAIL_FROM, MAIL_TO: {0}")]
    MailEnvelope(#[from] mail::EnvelopeError),
}

/// A client could not be built: the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// A vendor's.
    #[error(transparent)]
    Vendor(#[from] ClientError),
    /// The webhook's.
    #[error("the webhook's client could not be built: {0}")]
    Webhook(#[from] EgressError),
}

/// Two that need each other, or neither.
fn both<A, B>(a: Option<A>, b: Option<B>, half: AccessError) -> Result<Option<(A, B)>, AccessError> {
    if a.is_some() == b.is_some() { Ok(a.zip(b)) } else { Err(half) }
}

impl ChannelAccess {
    /// What `take` and `secret` give by the names of variables.
    ///
    /// # Errors
    /// [`AccessError`]: half a channel stops the start, rather than being left out in silence.
    pub fn read(
        take: impl Fn(&str) -> Option<String>,
        secret: impl Fn(&str) -> Option<SecretString>,
    ) -> Result<Self, AccessError> {
        let telegram = both(secret("TELEGRAM_BOT_TOKEN"), take("TELEGRAM_CHAT_ID"), AccessError::Telegram)?;
        let webhook =
            both(secret("TOPDOWN_WEBHOOK_URL"), secret("TOPDOWN_WEBHOOK_SECRET"), AccessError::Webhook)?;
        let webhook = webhook.map(|(url, key)| {
            let is_short = key.expose_secret().chars().count() < SHORTEST_SECRET;
            if is_short { Err(AccessError::WebhookSecret) } else { Ok((webhook::Address::parse(&url)?, key)) }
        });
        let slack_url = take("TOPDOWN_SLACK_URL").unwrap_or_else(|| SLACK.to_owned());
        let slack = secret("SLACK_WEBHOOK_URL").map(|url| slack::Address::parse(&url, &slack_url));
        Ok(Self {
            telegram,
            telegram_url: take("TOPDOWN_TELEGRAM_URL").unwrap_or_else(|| TELEGRAM.to_owned()),
            webhook: webhook.transpose()?,
            slack: slack.transpose()?.map(|address| (address, slack_url)),
            mail: mail(take, secret)?,
        })
    }

    /// The channels.
    ///
    /// # Errors
    /// [`ChannelError`], at start only.
    pub fn channels(&self, webhooks: Webhooks) -> Result<Channels, ChannelError> {
        let telegram = self.telegram.clone().map(|(token, chat)| {
            let http = http::reaching(&self.telegram_url, LONGEST_CALL)?;
            Ok::<_, ClientError>(Telegram::new(http, &self.telegram_url, token, chat))
        });
        let webhook = self.webhook.clone().map(|(address, secret)| {
            let local = address.local_server().filter(|_| webhooks == Webhooks::OrHere);
            let egress = match local {
                Some(server) => egress::Client::beside(http::tls()?, server)?,
                None => egress::Client::public(http::tls()?)?,
            };
            Ok::<_, ChannelError>(webhook::Client::new(egress, address, secret))
        });
        let slack = self.slack.clone().map(|(address, base_url)| {
            Ok::<_, ClientError>(slack::Client::new(http::reaching(&base_url, LONGEST_CALL)?, address))
        });
        Ok(Channels {
            telegram: telegram.transpose()?,
            webhook: webhook.transpose()?,
            slack: slack.transpose()?,
            mail: self.mail.clone(),
        })
    }
}

fn mail(
    take: impl Fn(&str) -> Option<String>,
    secret: impl Fn(&str) -> Option<SecretString>,
) -> Result<Option<mail::Client>, AccessError> {
    let account = both(take("SMTP_USERNAME"), secret("SMTP_PASSWORD"), AccessError::MailAccount)?;
    let account = account.map(|(user, password)| mail::Account { user, password });
    match (take("SMTP_URL"), take("MAIL_FROM"), take("MAIL_TO")) {
        (None, None, None) if account.is_some() => Err(AccessError::MailAccount),
        (None, None, None) => Ok(None),
        (Some(server), Some(from), Some(to)) => {
            let envelope = mail::Envelope::parse(&from, &to)?;
            Ok(Some(mail::Client::new(server.parse()?, account, envelope)))
        }
        _ => Err(AccessError::Mail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOOK: (&str, &str) = ("TOPDOWN_WEBHOOK_URL", "https://hooks.example.org/a-secret-path");
    const KEY: (&str, &str) = ("TOPDOWN_WEBHOOK_SECRET", "sixteen-letters!");
    const SERVER: (&str, &str) = ("SMTP_URL", "smtps://smtp.example.org");
    const FROM: (&str, &str) = ("MAIL_FROM", "Topdown <topdown@example.org>");
    const TO: (&str, &str) = ("MAIL_TO", "a@example.org, Б <b@example.org>");
    const USER: (&str, &str) = ("SMTP_USERNAME", "topdown");
    const PASSWORD: (&str, &str) = ("SMTP_PASSWORD", "a secret word");

    fn read(pairs: &[(&str, &str)]) -> Result<Channels, AccessError> {
        let take =
            |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        ChannelAccess::read(take, |name| take(name).map(SecretString::from))
            .map(|access| access.channels(Webhooks::Public).unwrap())
    }

    fn is_on(channels: &Channels) -> [bool; 4] {
        [
            channels.telegram.is_some(),
            channels.webhook.is_some(),
            channels.slack.is_some(),
            channels.mail.is_some(),
        ]
    }

    #[test]
    fn each_channel_is_switched_on_by_its_own_variables() {
        let on = |pairs: &[(&str, &str)]| is_on(&read(pairs).unwrap());
        assert_eq!(on(&[]), [false; 4]);
        assert_eq!(
            on(&[("TELEGRAM_BOT_TOKEN", "1:a"), ("TELEGRAM_CHAT_ID", "1")]),
            [true, false, false, false]
        );
        assert_eq!(on(&[HOOK, KEY]), [false, true, false, false]);
        let slack = ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T0/B0/x");
        assert_eq!(on(&[slack]), [false, false, true, false]);
        assert_eq!(on(&[SERVER, FROM, TO]), [false, false, false, true]);
        assert_eq!(on(&[SERVER, FROM, TO, USER, PASSWORD, HOOK, KEY, slack]), [false, true, true, true]);
    }

    #[test]
    fn half_a_channel_stops_the_start_and_names_no_value() {
        let refused = |pairs: &[(&str, &str)]| read(pairs).err().unwrap();
        assert_eq!(refused(&[("TELEGRAM_BOT_TOKEN", "1:a")]), AccessError::Telegram);
        for half in [HOOK, KEY] {
            assert_eq!(refused(&[half]), AccessError::Webhook);
        }
        assert_eq!(
            refused(&[HOOK, ("TOPDOWN_WEBHOOK_SECRET", "short-a-secret")]),
            AccessError::WebhookSecret
        );
        for half in [&[SERVER][..], &[FROM, TO], &[SERVER, TO]] {
            assert_eq!(refused(half), AccessError::Mail);
        }
        for half in [&[SERVER, FROM, TO, USER][..], &[SERVER, FROM, TO, PASSWORD], &[USER, PASSWORD]] {
            assert_eq!(refused(half), AccessError::MailAccount);
        }
        let elsewhere = "https://evil.example/services/a-secret-path";
        for wrong in [
            &[("SLACK_WEBHOOK_URL", elsewhere)][..],
            &[("SLACK_WEBHOOK_URL", "https://hooks.slack.com.evil.example/a-secret-path")],
            &[("SLACK_WEBHOOK_URL", "http://hooks.slack.com/a-secret-path")],
            &[("SLACK_WEBHOOK_URL", "https://a-secret@hooks.slack.com/x")],
            &[("TOPDOWN_WEBHOOK_URL", "a-secret-path"), KEY],
            &[("SMTP_URL", "smtps://topdown:a-secret@smtp.example.org"), FROM, TO],
            &[SERVER, ("MAIL_FROM", "a-secret\r\nBcc: x@example.org"), TO],
            &[SERVER, FROM, ("MAIL_TO", "a-secret")],
        ] {
            let error = refused(wrong);
            assert!(!format!("{error} {error:?}").contains("a-secret"), "{error:?}");
        }
    }
}
