//! The exchange that the environment names.

use std::time::Duration;

use domain::Source;
use market::Client;
use runtime::http;
use runtime::settings::{Settings, SettingsError, Variable};

const URL: Variable = Variable::or(
    "TOPDOWN_BINANCE_URL",
    "https://data-api.binance.vision",
    "base URL of the exchange's public data; candles of a host that is not the exchange's own are kept under its name",
);

/// A page of a thousand bars.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// What the collector takes from its environment.
pub const VARIABLES: &[Variable] = &[URL];

/// The exchange, and what its candles are kept under.
///
/// # Errors
/// [`SettingsError`] if its address is none.
pub fn exchange(settings: &Settings) -> Result<(Client, Source), SettingsError> {
    let url = settings.need(&URL)?;
    let source = Source::of_url(url)
        .map_err(|error| SettingsError::Form { name: URL.name, why: error.to_string() })?;
    let client = http::reaching(url, LONGEST_CALL);
    let client = client.map_err(|error| SettingsError::Impossible(error.to_string()))?;
    Ok((Client::new(client, url.to_owned()), source))
}
