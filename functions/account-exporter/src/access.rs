use std::collections::BTreeSet;

use market::binance_account::{self, AccountError, Hosts};
use market::bybit_account;
use secrecy::SecretString;

/// The exchange's own host of spot accounts.
pub const BINANCE: &str = "https://api.binance.com";
/// The exchange's own host of USD-M futures.
pub const BINANCE_FUTURES: &str = "https://fapi.binance.com";
/// Bybit's own host.
pub const BYBIT: &str = "https://api.bybit.com";

/// Why there is no reader of an account: its operator mends the environment. No value is ever named.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// One of two that need each other.
    #[error("{key} and {secret} belong together; set both or neither")]
    Half {
        /// The variable of the key.
        key: &'static str,
        /// The variable of what signs for it.
        secret: &'static str,
    },
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

/// What the environment gives of a Binance account.
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
    pub fn client(
        self,
        http: reqwest::Client,
    ) -> Result<Option<binance_account::AccountClient>, AccessError> {
        let Some((key, secret)) = both(self.key, self.secret, "BINANCE_API_KEY", "BINANCE_API_SECRET")?
        else {
            return Ok(None);
        };
        for (variable, url) in
            [("TOPDOWN_BINANCE_ACCOUNT_URL", &self.spot_url), ("TOPDOWN_BINANCE_FUTURES_URL", &self.perp_url)]
        {
            closed(variable, url)?;
        }
        let hosts = Hosts { spot: self.spot_url, perp: self.perp_url };
        let tolerated = tolerated(&self.tolerated);
        Ok(Some(binance_account::AccountClient::new(http, &hosts, &key, secret, tolerated)?))
    }
}

/// What the environment gives of a Bybit account.
pub struct BybitAccess {
    /// Base URL.
    pub url: String,
    /// `BYBIT_API_KEY`.
    pub key: Option<SecretString>,
    /// `BYBIT_API_SECRET`.
    pub secret: Option<SecretString>,
    /// Permissions that are tolerated beside reading, such as `Wallet.AccountTransfer`, commas between them.
    pub tolerated: String,
}

impl BybitAccess {
    /// The reader of the account, if there is a key. `http` reaches its host.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn client(self, http: reqwest::Client) -> Result<Option<bybit_account::AccountClient>, AccessError> {
        let Some((key, secret)) = both(self.key, self.secret, "BYBIT_API_KEY", "BYBIT_API_SECRET")? else {
            return Ok(None);
        };
        closed("TOPDOWN_BYBIT_ACCOUNT_URL", &self.url)?;
        let tolerated = tolerated(&self.tolerated);
        Ok(Some(bybit_account::AccountClient::new(http, &self.url, &key, secret, tolerated)?))
    }
}

/// A key and what signs for it, or neither.
fn both(
    key: Option<SecretString>,
    secret: Option<SecretString>,
    key_name: &'static str,
    secret_name: &'static str,
) -> Result<Option<(SecretString, SecretString)>, AccessError> {
    match (key, secret) {
        (Some(key), Some(secret)) => Ok(Some((key, secret))),
        (None, None) => Ok(None),
        _ => Err(AccessError::Half { key: key_name, secret: secret_name }),
    }
}

/// Refuses an address to which a key would travel in clear.
fn closed(variable: &'static str, url: &str) -> Result<(), AccessError> {
    let is_safe = url.starts_with("https://") || runtime::http::is_loopback(url);
    if is_safe { Ok(()) } else { Err(AccessError::Clear { variable }) }
}

fn tolerated(names: &str) -> BTreeSet<String> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
