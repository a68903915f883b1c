//! The vendor that the environment names.

use std::time::Duration;

use charts::chart_img::Client;
use runtime::http;
use runtime::settings::{Settings, SettingsError, Variable};

const KEY: Variable = Variable::secret(
    "CHART_IMG_API_KEY",
    "charts of live runs are then drawn by Chart-IMG, the rest built-in",
);
const URL: Variable =
    Variable::or("TOPDOWN_CHART_IMG_URL", "https://api.chart-img.com", "base URL of Chart-IMG");

/// A chart that the vendor renders when it is asked.
const LONGEST_CALL: Duration = Duration::from_secs(120);

/// What the exporter of charts takes from its environment.
pub const VARIABLES: &[Variable] = &[KEY, URL];

/// The vendor, if its key is there.
///
/// # Errors
/// [`SettingsError`] if its client cannot be built.
pub fn chart_img(settings: &Settings) -> Result<Option<Client>, SettingsError> {
    let Some(key) = settings.secret(&KEY) else { return Ok(None) };
    let url = settings.need(&URL)?;
    let client = http::reaching(url, LONGEST_CALL);
    let client = client.map_err(|error| SettingsError::Impossible(error.to_string()))?;
    Ok(Some(Client::new(client, url, key)))
}
