use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use llm::{AdmitError, Limits, ModelClient, ModelProfile, Models, admit};
use rust_decimal::Decimal;
use secrecy::SecretString;

use crate::Risk;
use crate::models::GOOGLE_KEY;

/// Who this process is to the models of its own platform.
#[async_trait]
pub trait Caller: Send + Sync {
    /// A token for a bearer header. It is fetched and renewed by whoever implements this.
    ///
    /// # Errors
    /// Why there is none to be had.
    async fn token(&self) -> Result<SecretString, String>;
}

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
    /// Who asks where a profile's key is the platform's token and the environment holds none.
    pub caller: Option<Arc<dyn Caller>>,
    /// Base URLs by profile, over the catalog's.
    pub base_urls: BTreeMap<String, String>,
    /// The profile that prompts mean by `default`, over the catalog's.
    pub default_model: Option<String>,
    /// What plans are sized by.
    pub risk: Risk,
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
    /// The platform does not say who this process is.
    #[error("profile `{profile}` is asked as this service itself, and there is no token: {why}")]
    NoToken {
        /// The profile.
        profile: String,
        /// What the platform says.
        why: String,
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
        let profile = named(models, name)?;
        Ok(match self.base_urls.get(profile.name()) {
            // the environment names this host itself
            Some(url) => admit(&profile.with_base_url(url), &Limits { hosts: None, ..self.limits.clone() })?,
            None => admit(&profile, &self.limits)?,
        })
    }

    /// A client for an admitted profile.
    ///
    /// # Errors
    /// [`ConfigError::NoKey`], [`ConfigError::NoToken`] and [`ConfigError::Client`].
    pub async fn client(&self, profile: &ModelProfile) -> Result<ModelClient, ConfigError> {
        let key = match &profile.key {
            None => None,
            Some(name) => Some(self.key(profile, name).await?),
        };
        let http = if runtime::http::is_loopback(&profile.base_url) { &self.here } else { &self.http };
        let client = ModelClient::new(http.clone(), &profile.base_url, key)?;
        Ok(client.with_timeout(Duration::from_secs(u64::from(profile.timeout_s))))
    }

    async fn key(&self, profile: &ModelProfile, name: &str) -> Result<SecretString, ConfigError> {
        let profile = || profile.name().to_owned();
        match (self.keys.get(name), &self.caller) {
            (Some(key), _) => Ok(key.clone()),
            (None, Some(caller)) if name == GOOGLE_KEY => {
                caller.token().await.map_err(|why| ConfigError::NoToken { profile: profile(), why })
            }
            (None, _) => Err(ConfigError::NoKey { profile: profile(), key: name.to_owned() }),
        }
    }
}

/// The profile that `name` asks for, as the catalog has it. `rule-analyst:MODE` is the rules in one of their
/// modes.
fn named(models: &Models, name: &str) -> Result<ModelProfile, ConfigError> {
    let base =
        name.split_once(':').filter(|(base, _)| *base == "rule-analyst").map_or(name, |(base, _)| base);
    let profile = models.profile(base).cloned().ok_or_else(|| ConfigError::Unknown {
        name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
        known: models.names().collect::<Vec<_>>().join(", "),
    })?;
    Ok(if base == name { profile } else { profile.with_model(name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelAccess;

    struct Platform(Result<&'static str, &'static str>);

    #[async_trait]
    impl Caller for Platform {
        async fn token(&self) -> Result<SecretString, String> {
            self.0.map(Into::into).map_err(str::to_owned)
        }
    }

    fn config(caller: Option<Platform>) -> Config {
        let http = || runtime::http::client(Duration::from_secs(1)).unwrap();
        let mut access = ModelAccess::read(|_| None, |_| None).unwrap();
        access.vertex("a-project", "global");
        let caller = caller.map(|caller| Arc::new(caller) as Arc<dyn Caller>);
        Config { caller, ..access.config(Risk::read(|_| None).unwrap(), http(), http()) }
    }

    fn models() -> Models {
        let (_, text) = llm::defaults().iter().find(|(name, _)| *name == "models.toml").unwrap();
        Models::parse(text).unwrap()
    }

    #[tokio::test]
    async fn the_platforms_models_are_asked_as_the_service_itself() {
        let profile = config(None).profile(&models(), "vertex").unwrap();
        assert_eq!(
            profile.base_url,
            "https://aiplatform.googleapis.com/v1/projects/a-project/locations/global/endpoints/openapi"
        );
        let said = async |caller| config(caller).client(&profile).await.err().map(|error| error.to_string());
        assert_eq!(said(Some(Platform(Ok("t")))).await, None);
        let no_token = said(Some(Platform(Err("no metadata server")))).await.unwrap();
        assert!(no_token.ends_with("there is no token: no metadata server"), "{no_token}");
        assert!(said(None).await.unwrap().contains("needs GOOGLE_ACCESS_TOKEN"));
    }

    #[test]
    fn a_catalog_names_no_host_that_the_environment_does_not() {
        let mut access = ModelAccess::read(
            |name| (name == "TOPDOWN_MODEL_HOSTS").then(|| "aiplatform.googleapis.com".to_owned()),
            |_| None,
        )
        .unwrap();
        access.vertex("a-project", "europe-west1");
        let http = || runtime::http::client(Duration::from_secs(1)).unwrap();
        let config = access.config(Risk::read(|_| None).unwrap(), http(), http());
        let keyless = config.profile(&models(), "local");
        assert!(matches!(keyless, Err(ConfigError::Admit(AdmitError::Elsewhere { .. }))));
        let own = config.profile(&models(), "vertex").unwrap();
        assert!(own.base_url.starts_with("https://europe-west1-aiplatform.googleapis.com/"));
    }

    #[tokio::test]
    async fn the_platforms_token_goes_to_no_other_vendor() {
        let config = config(Some(Platform(Ok("t"))));
        let openai = config.profile(&models(), "openai").unwrap();
        let refused = config.client(&openai).await.err().unwrap();
        assert!(matches!(refused, ConfigError::NoKey { key, .. } if key == "OPENAI_API_KEY"));
    }
}
