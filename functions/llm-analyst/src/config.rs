use std::collections::BTreeMap;
use std::time::Duration;

use llm::{AdmitError, Limits, ModelClient, ModelProfile, Models, admit};
use rust_decimal::Decimal;
use secrecy::SecretString;

/// What the environment gives the analyst; a catalog cannot change it.
#[derive(Clone)]
pub struct Config {
    /// The client for models elsewhere.
    pub http: reqwest::Client,
    /// The client for models on this machine, which no proxy can reach.
    pub here: reqwest::Client,
    /// Ceilings, and the hosts each key may be sent to.
    pub limits: Limits,
    /// What the models may cost in a UTC day, over all instances: reserved at the worst case before a step's first
    /// call.
    pub usd_per_day: Decimal,
    /// Keys by the name that profiles use.
    pub keys: BTreeMap<String, SecretString>,
    /// Base URLs by profile, over the catalog's.
    pub base_urls: BTreeMap<String, String>,
    /// The profile that prompts mean by `default`, over the catalog's.
    pub default_model: Option<String>,
}

/// Why no model can be asked: tell the operator; nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No such profile.
    #[error("there is no model profile `{name}` in models.toml; there are {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// The key is not set.
    #[error("profile `{profile}` needs {key}; set it in the environment, or choose another with --model")]
    NoKey {
        /// The profile.
        profile: String,
        /// Name of the key.
        key: String,
    },
    /// The environment forbids it.
    #[error(transparent)]
    Admit(#[from] AdmitError),
    /// The client could not be built.
    #[error(transparent)]
    Client(#[from] llm::CallError),
}

impl Config {
    /// The profile that `name` asks for, as the environment lets it be used. `rule-analyst:MODE` is the rules in
    /// one of their modes.
    ///
    /// # Errors
    /// [`ConfigError::Unknown`] and [`ConfigError::Admit`].
    pub fn profile(&self, models: &Models, name: &str) -> Result<ModelProfile, ConfigError> {
        let name = match &self.default_model {
            Some(default) if name == "default" => default,
            _ => name,
        };
        let mut profile = named(models, name)?;
        if let Some(url) = self.base_urls.get(profile.name()) {
            profile = profile.with_base_url(url);
        }
        Ok(admit(&profile, &self.limits)?)
    }

    /// A client for an admitted profile.
    ///
    /// # Errors
    /// [`ConfigError::NoKey`] and [`ConfigError::Client`].
    pub fn client(&self, profile: &ModelProfile) -> Result<ModelClient, ConfigError> {
        let key = match &profile.key {
            None => None,
            Some(name) => {
                let key = self.keys.get(name).cloned();
                let missing = || ConfigError::NoKey { profile: profile.name().to_owned(), key: name.clone() };
                Some(key.ok_or_else(missing)?)
            }
        };
        let http = if runtime::http::is_loopback(&profile.base_url) { &self.here } else { &self.http };
        let client = ModelClient::new(http.clone(), &profile.base_url, key)?;
        Ok(client.with_timeout(Duration::from_secs(u64::from(profile.timeout_s))))
    }
}

/// The profile that `name` asks for, as the catalog has it. `rule-analyst:MODE` is the rules in one of their
/// modes.
///
/// # Errors
/// [`ConfigError::Unknown`].
pub fn named(models: &Models, name: &str) -> Result<ModelProfile, ConfigError> {
    let base =
        name.split_once(':').filter(|(base, _)| *base == "rule-analyst").map_or(name, |(base, _)| base);
    let profile = models.profile(base).cloned().ok_or_else(|| ConfigError::Unknown {
        name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
        known: models.names().collect::<Vec<_>>().join(", "),
    })?;
    Ok(if base == name { profile } else { profile.with_model(name) })
}
