use std::collections::BTreeSet;

use market::binance_account::{AccountClient, AccountError, Hosts};
use secrecy::SecretString;

/// The exchange's own host of spot accounts.
pub const BINANCE: &str = "https://api.binance.com";
/// The exchange's own host of USD-M futures.
pub const BINANCE_FUTURES: &str = "https://fapi.binance.com";

/// Why there is no reader of an account: its operator mends the environment. No value is ever named.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// One of two that need each other.
    #[error("BINANCE_API_KEY and BINANCE_API_SECRET belong together; set both or neither")]
    Half,
    /// A key sent in clear.
    #[error("{variable} is not https; a key is sent in clear to this machine alone")]
    Clear {
        /// The variable.
        variable: &'static str,
    },
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] AccountError),
}

/// What the environment gives of an account.
pub struct AccountAccess {
    /// Base URL of spot accounts, and of what a key may do.
    pub spot_url: String,
    /// Base URL of USD-M futures.
    pub perp_url: String,
    /// `BINANCE_API_KEY`.
    pub key: Option<SecretString>,
    /// `BINANCE_API_SECRET`.
    pub secret: Option<SecretString>,
    /// Permissions that are tolerated beside reading: the exchange's names, commas between them.
    pub tolerated: String,
}

impl AccountAccess {
    /// The reader of the account, if there is a key. `http` reaches both hosts.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn client(self, http: reqwest::Client) -> Result<Option<AccountClient>, AccessError> {
        let (key, secret) = match (self.key, self.secret) {
            (Some(key), Some(secret)) => (key, secret),
            (None, None) => return Ok(None),
            _ => return Err(AccessError::Half),
        };
        for (variable, url) in
            [("TOPDOWN_BINANCE_ACCOUNT_URL", &self.spot_url), ("TOPDOWN_BINANCE_FUTURES_URL", &self.perp_url)]
        {
            if !url.starts_with("https://") && !runtime::http::is_loopback(url) {
                return Err(AccessError::Clear { variable });
            }
        }
        let names = self.tolerated.split(',').map(str::trim).filter(|name| !name.is_empty());
        let tolerated: BTreeSet<String> = names.map(str::to_owned).collect();
        let hosts = Hosts { spot: self.spot_url, perp: self.perp_url };
        Ok(Some(AccountClient::new(http, &hosts, &key, secret, tolerated)?))
    }
}
