use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::letter::{Envelope, letter};
use super::server::Server;
use crate::delivery::{DeliveryError, later};
use crate::notice::Notice;
use crate::text::{capped, plain};

/// From the first packet to a login that was taken.
pub(super) const CONNECT: Duration = Duration::from_secs(20);

/// A page of a few megabytes, handed over and taken.
const HAND_OVER: Duration = Duration::from_secs(60);

/// Who the server knows.
#[derive(Clone)]
pub struct Account {
    /// The name.
    pub user: String,
    /// Its password.
    pub password: SecretString,
}

/// A mailbox that notices are sent from.
#[derive(Clone)]
pub struct Client {
    server: Server,
    account: Option<Account>,
    envelope: Envelope,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Client {
    /// Letters of `envelope` through `server`; without an account the server is not logged in to.
    pub fn new(server: Server, account: Option<Account>, envelope: Envelope) -> Self {
        Self { server, account, envelope }
    }

    /// Sends the notice, dated `now`.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`]; its variants say what to do.
    pub async fn send(&self, notice: &Notice<'_>, now: Timestamp) -> Result<(), DeliveryError> {
        let letter = letter(&self.envelope, notice, now)?;
        let mut connection = match timeout(CONNECT, self.open()).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(self.refusal(&error, false)),
            Err(_) => return Err(later("the mail server does not answer".to_owned(), None)),
        };
        let sent = timeout(HAND_OVER, connection.send(letter.envelope(), &letter.formatted())).await;
        match sent {
            Ok(Ok(_)) => {
                // the letter is the server's, whatever it says to a farewell
                let _ = timeout(CONNECT, connection.quit()).await;
                Ok(())
            }
            Ok(Err(error)) => Err(self.refusal(&error, true)),
            Err(_) => Err(DeliveryError::Unknown {
                why: "the mail server took too long over the letter".to_owned(),
            }),
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let mut connection = self.server.connect().await?;
        if let Some(Account { user, password }) = &self.account {
            let login = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &login).await?;
        }
        Ok(connection)
    }

    fn refusal(&self, error: &Error, is_handed_over: bool) -> DeliveryError {
        let code = error.status().map(u16::from);
        let why = match code {
            Some(code) => format!("the mail server answers {code}: {}", self.words(error)),
            None => format!("the mail server: {}", self.words(error)),
        };
        if error.is_transient() {
            return later(why, None);
        }
        if code.is_some_and(|code| (530..=538).contains(&code)) {
            return DeliveryError::Refused { why: format!("{why}; mend SMTP_USERNAME and SMTP_PASSWORD") };
        }
        // what it does not offer, or answers that cannot be read
        if error.is_permanent() || error.is_client() || error.is_tls() {
            return DeliveryError::Refused { why };
        }
        if is_handed_over { DeliveryError::Unknown { why } } else { later(why, None) }
    }

    /// The server's own words, which may repeat what it was sent.
    fn words(&self, error: &Error) -> String {
        let mut words = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        if let Some(Account { user, password }) = &self.account {
            let password = password.expose_secret();
            let login = STANDARD_NO_PAD.encode(format!("\0{user}\0{password}"));
            for secret in [login, STANDARD_NO_PAD.encode(password), password.to_owned()] {
                words = words.replace(&secret, "[password]");
            }
        }
        capped(plain(&words).trim(), 200)
    }
}
