//! The exchanges that the environment names.

use std::time::Duration;

use domain::{Source, SourceError};
use market::{Exchange, binance, bybit};
use runtime::http;
use runtime::settings::{Settings, SettingsError, Variable};

const URL: Variable = Variable::or(
    "TOPDOWN_BINANCE_URL",
    "https://data-api.binance.vision",
    "base URL of Binance's public data; candles of a host that is not the exchange's own are kept under its name",
);
const BYBIT_URL: Variable = Variable::or(
    "TOPDOWN_BYBIT_URL",
    "https://api.bybit.com",
    "base URL of Bybit; candles of a host that is not the exchange's own are kept under its name",
);

/// A page of a thousand bars.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// What the collector takes from its environment.
pub const VARIABLES: &[Variable] = &[URL, BYBIT_URL];

/// An exchange, and what its candles are kept under.
pub type Kept = (Exchange, Source);

/// Binance, as the environment names it.
///
/// # Errors
/// [`SettingsError`] if its address is none.
pub fn binance(settings: &Settings) -> Result<Kept, SettingsError> {
    let url = settings.need(&URL)?;
    let source = source(&URL, Source::of_url(url))?;
    let http = http::reaching(url, LONGEST_CALL).map_err(|error| impossible(&error))?;
    Ok((binance::Client::new(http, url.to_owned()).into(), source))
}

/// Bybit, as the environment names it.
///
/// # Errors
/// [`SettingsError`] if its address is none.
pub fn bybit(settings: &Settings) -> Result<Kept, SettingsError> {
    let url = settings.need(&BYBIT_URL)?;
    let source = source(&BYBIT_URL, Source::of_bybit_url(url))?;
    let http = http::reaching(url, LONGEST_CALL).map_err(|error| impossible(&error))?;
    Ok((bybit::Client::new(http, url.to_owned()).into(), source))
}

fn source(variable: &Variable, of: Result<Source, SourceError>) -> Result<Source, SettingsError> {
    of.map_err(|error| SettingsError::Form { name: variable.name, why: error.to_string() })
}

fn impossible(error: &dyn std::fmt::Display) -> SettingsError {
    SettingsError::Impossible(error.to_string())
}
