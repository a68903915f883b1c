//! Models, as the environment of a process of its own has them.

use std::sync::Arc;
use std::time::Duration;

use runtime::http;
use runtime::program::PROJECT;
use runtime::settings::{Settings, SettingsError, Variable};
use storage::CatalogFiles;

use crate::models::{
    GOOGLE_KEY, MAX_INPUT_USD, MAX_OUTPUT_USD, MAX_TOKENS, MAX_USD_PER_DAY, MIN_INPUT_USD, MIN_OUTPUT_USD,
    MODEL_HOSTS, OPENAI_KEY, OPENAI_URL,
};
use crate::risk::{MAX_EXPOSURE_PCT, RISK_PCT};
use crate::{Config, Markets, ModelAccess, PublicData, Risk, Watching};

const DEFAULT_MODEL: Variable = Variable::optional(
    "TOPDOWN_DEFAULT_MODEL",
    "the model profile that prompts mean by `default`; openai where its key is set, else the catalog's",
);
const VERTEX: Variable = Variable::optional(
    "VERTEX_LOCATION",
    "a region or global: where the profile vertex is asked, as this service itself; without it that profile is none",
);
const RULES_URL: Variable =
    Variable::optional("TOPDOWN_RULES_URL", "base URL of the built-in rules of a simulated world, for tests");

const BINANCE_URL: Variable = Variable::or(
    "TOPDOWN_BINANCE_URL",
    "https://data-api.binance.vision",
    "base URL of Binance's public data, for tools",
);
const FUTURES_URL: Variable = Variable::or(
    "TOPDOWN_BINANCE_FUTURES_URL",
    "https://fapi.binance.com",
    "base URL of Binance's USD-M futures, for tools",
);
const BYBIT_URL: Variable =
    Variable::or("TOPDOWN_BYBIT_URL", "https://api.bybit.com", "base URL of Bybit, for tools");

/// Longest call of an exchange.
const LONGEST_DATA: Duration = Duration::from_secs(20);

/// A model that thinks for long. What a step's lease leaves is less.
const LONGEST_CALL: Duration = Duration::from_secs(510);

/// What the analyst takes from its environment.
pub const VARIABLES: &[Variable] = &[
    Variable::secret(OPENAI_KEY, "key of the profile openai"),
    Variable::secret(GOOGLE_KEY, "access token for the profile vertex"),
    Variable::optional(
        OPENAI_URL,
        "base URL of the profile openai, over the catalog's; its host may be sent the key",
    ),
    Variable::optional(
        MODEL_HOSTS,
        "hosts that models may be asked at, with a key or without, commas between; a catalog cannot name another",
    ),
    Variable::or(MAX_TOKENS, "32000", "ceiling of any profile: tokens of an answer"),
    Variable::or(MAX_INPUT_USD, "20", "ceiling of any profile: USD per million tokens sent"),
    Variable::or(MAX_OUTPUT_USD, "100", "ceiling of any profile: USD per million tokens received"),
    Variable::or(MIN_INPUT_USD, "0.05", "floor of a profile with a key: USD per million tokens sent"),
    Variable::or(MIN_OUTPUT_USD, "0.20", "floor of a profile with a key: USD per million tokens received"),
    Variable::or(MAX_USD_PER_DAY, "20", "what models may cost in a UTC day, over all instances, USD"),
    Variable::or(RISK_PCT, "1", "part of the account's equity that a plan may lose at its stop, percent"),
    Variable::or(MAX_EXPOSURE_PCT, "100", "part of that equity that may stand in one symbol, percent"),
    DEFAULT_MODEL,
    VERTEX,
    RULES_URL,
    BINANCE_URL,
    FUTURES_URL,
    BYBIT_URL,
];

/// What tools may ask, with the catalog's watchlist.
///
/// # Errors
/// [`SettingsError`] if a client cannot be built.
pub fn markets(settings: &Settings, files: Arc<dyn CatalogFiles>) -> Result<Markets, SettingsError> {
    let client = |url: &str| {
        http::reaching(url, LONGEST_DATA).map_err(|error| SettingsError::Impossible(error.to_string()))
    };
    let spot = settings.need(&BINANCE_URL)?.to_owned();
    let futures = settings.need(&FUTURES_URL)?.to_owned();
    let bybit = settings.need(&BYBIT_URL)?.to_owned();
    Ok(Markets {
        binance: PublicData::binance(client(&spot)?, spot, futures),
        bybit: PublicData::bybit(client(&bybit)?, bybit),
        watched: Watching::Catalog(files),
    })
}

/// Whether models of the platform are asked, as this service itself.
pub fn is_vertex(settings: &Settings) -> bool {
    settings.get(&VERTEX).is_some()
}

/// The analyst's configuration.
///
/// # Errors
/// [`SettingsError`] if a ceiling is none.
pub fn config(settings: &Settings) -> Result<Config, SettingsError> {
    let impossible = |error: String| SettingsError::Impossible(error);
    let text = |name: &str| settings.named(name).map(str::to_owned);
    let mut access = ModelAccess::read(text, |name| settings.secret_named(name))
        .map_err(|error| impossible(error.to_string()))?;
    let rules = settings.get(&RULES_URL).map(|url| ("rule-analyst".to_owned(), url.to_owned()));
    access.base_urls.extend(rules);
    if let Some(location) = settings.get(&VERTEX) {
        if !location.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            let why = "a region such as asia-southeast1, or global".to_owned();
            return Err(SettingsError::Form { name: VERTEX.name, why });
        }
        access.vertex(settings.need(&PROJECT)?, location);
    }
    let elsewhere = http::client(LONGEST_CALL).map_err(|error| impossible(error.to_string()))?;
    let here = http::loopback_client(LONGEST_CALL).map_err(|error| impossible(error.to_string()))?;
    let risk = Risk::read(text).map_err(|error| impossible(error.to_string()))?;
    let config = access.config(risk, elsewhere, here);
    let default_model = settings.get(&DEFAULT_MODEL).map(str::to_owned).or(config.default_model);
    Ok(Config { default_model, ..config })
}
