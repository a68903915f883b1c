//! The accounts that the environment names.

use std::time::Duration;

use runtime::http;
use runtime::settings::{Settings, SettingsError, Variable};

use crate::Accounts;
use crate::access::{AccountAccess, BINANCE, BINANCE_FUTURES, BYBIT, BybitAccess};

const KEY: Variable =
    Variable::secret("BINANCE_API_KEY", "key of the Binance account that is read; it may only read");
const SECRET: Variable = Variable::secret("BINANCE_API_SECRET", "what signs for the key");
const SPOT: Variable =
    Variable::or("TOPDOWN_BINANCE_ACCOUNT_URL", BINANCE, "base URL of Binance's spot accounts");
const PERP: Variable =
    Variable::or("TOPDOWN_BINANCE_FUTURES_URL", BINANCE_FUTURES, "base URL of Binance's USD-M futures");
const BYBIT_KEY: Variable =
    Variable::secret("BYBIT_API_KEY", "key of the Bybit account that is read; it may only read");
const BYBIT_SECRET: Variable = Variable::secret("BYBIT_API_SECRET", "what signs for that key");
const BYBIT_URL: Variable = Variable::or("TOPDOWN_BYBIT_ACCOUNT_URL", BYBIT, "base URL of Bybit's accounts");
const TOLERATED: Variable = Variable::optional(
    "TOPDOWN_TOLERATED_PERMISSIONS",
    "what the keys may do beside reading, by their exchanges' names, commas between them",
);

/// Longest call of the exchange.
const LONGEST_CALL: Duration = Duration::from_secs(20);

/// What the exporter of the account takes from its environment.
pub const VARIABLES: &[Variable] = &[KEY, SECRET, SPOT, PERP, BYBIT_KEY, BYBIT_SECRET, BYBIT_URL, TOLERATED];

/// The readers of the accounts whose keys are there.
///
/// # Errors
/// [`SettingsError`] if half a key is set, or a client cannot be built.
pub fn accounts(settings: &Settings) -> Result<Accounts, SettingsError> {
    let impossible = |error: &dyn std::fmt::Display| SettingsError::Impossible(error.to_string());
    let tolerated = settings.get(&TOLERATED).unwrap_or_default().to_owned();
    let spot_url = settings.need(&SPOT)?.to_owned();
    let http = http::reaching(&spot_url, LONGEST_CALL).map_err(|error| impossible(&error))?;
    let binance = AccountAccess {
        spot_url,
        perp_url: settings.need(&PERP)?.to_owned(),
        key: settings.secret(&KEY),
        secret: settings.secret(&SECRET),
        tolerated: tolerated.clone(),
    };
    let binance = binance.client(http).map_err(|error| impossible(&error))?;
    let url = settings.need(&BYBIT_URL)?.to_owned();
    let http = http::reaching(&url, LONGEST_CALL).map_err(|error| impossible(&error))?;
    let (key, secret) = (settings.secret(&BYBIT_KEY), settings.secret(&BYBIT_SECRET));
    let bybit = BybitAccess { url, key, secret, tolerated }.client(http);
    Ok(Accounts { binance, bybit: bybit.map_err(|error| impossible(&error))? })
}
