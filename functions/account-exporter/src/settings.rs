//! The account that the environment names.

use std::time::Duration;

use market::binance_account::AccountClient;
use runtime::http;
use runtime::settings::{Settings, SettingsError, Variable};

use crate::access::{AccountAccess, BINANCE, BINANCE_FUTURES};

const KEY: Variable =
    Variable::secret("BINANCE_API_KEY", "key of the account that is read; it may only read");
const SECRET: Variable = Variable::secret("BINANCE_API_SECRET", "what signs for the key");
const SPOT: Variable =
    Variable::or("TOPDOWN_BINANCE_ACCOUNT_URL", BINANCE, "base URL of the exchange's spot accounts");
const PERP: Variable =
    Variable::or("TOPDOWN_BINANCE_FUTURES_URL", BINANCE_FUTURES, "base URL of the exchange's USD-M futures");
const TOLERATED: Variable = Variable::optional(
    "TOPDOWN_TOLERATED_PERMISSIONS",
    "what the key may do beside reading, by the exchange's names, commas between them",
);

/// Longest call of the exchange.
const LONGEST_CALL: Duration = Duration::from_secs(20);

/// What the exporter of the account takes from its environment.
pub const VARIABLES: &[Variable] = &[KEY, SECRET, SPOT, PERP, TOLERATED];

/// The reader of the account, if its key is there.
///
/// # Errors
/// [`SettingsError`] if half a key is set, or its client cannot be built.
pub fn account(settings: &Settings) -> Result<Option<AccountClient>, SettingsError> {
    let impossible = |error: &dyn std::fmt::Display| SettingsError::Impossible(error.to_string());
    let spot_url = settings.need(&SPOT)?.to_owned();
    let http = http::reaching(&spot_url, LONGEST_CALL).map_err(|error| impossible(&error))?;
    let access = AccountAccess {
        spot_url,
        perp_url: settings.need(&PERP)?.to_owned(),
        key: settings.secret(&KEY),
        secret: settings.secret(&SECRET),
        tolerated: settings.get(&TOLERATED).unwrap_or_default().to_owned(),
    };
    access.client(http).map_err(|error| impossible(&error))
}
