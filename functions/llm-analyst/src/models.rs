use std::collections::BTreeMap;

use llm::{KeyHosts, Limits};
use rust_decimal::Decimal;
use secrecy::SecretString;

use crate::{Config, Risk};

/// Key of the profile `openai`.
pub const OPENAI_KEY: &str = "OPENAI_API_KEY";
/// Key of the profile `vertex`.
pub const GOOGLE_KEY: &str = "GOOGLE_ACCESS_TOKEN";
/// Base URL of the profile `openai`, over the catalog's. Its host may be sent the key.
pub const OPENAI_URL: &str = "OPENAI_BASE_URL";
/// Ceiling of an answer, tokens.
pub const MAX_TOKENS: &str = "TOPDOWN_MAX_TOKENS";
/// Ceiling of a profile's price, USD per million tokens sent.
pub const MAX_INPUT_USD: &str = "TOPDOWN_MAX_INPUT_USD";
/// Ceiling of a profile's price, USD per million tokens received.
pub const MAX_OUTPUT_USD: &str = "TOPDOWN_MAX_OUTPUT_USD";
/// Floor of a keyed profile's price, USD per million tokens sent.
pub const MIN_INPUT_USD: &str = "TOPDOWN_MIN_INPUT_USD";
/// Floor of a keyed profile's price, USD per million tokens received.
pub const MIN_OUTPUT_USD: &str = "TOPDOWN_MIN_OUTPUT_USD";
/// Where any profile may be asked, as `host` or `host:port` with commas between; anywhere if it is not set.
pub const MODEL_HOSTS: &str = "TOPDOWN_MODEL_HOSTS";
/// What models may cost in a UTC day, USD.
pub const MAX_USD_PER_DAY: &str = "TOPDOWN_MAX_USD_PER_DAY";

/// What the environment gives of models: keys, the hosts they may be sent to, ceilings. A catalog only stays below.
#[derive(Debug, Clone)]
pub struct ModelAccess {
    /// Keys by the name that profiles use.
    pub keys: BTreeMap<String, SecretString>,
    /// Base URLs by profile, over the catalog's.
    pub base_urls: BTreeMap<String, String>,
    /// Ceilings, and the hosts each key may be sent to.
    pub limits: Limits,
    /// What models may cost in a UTC day, USD.
    pub usd_per_day: Decimal,
}

/// A ceiling that is no number would be no ceiling: the operator mends it. Its value is not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is no number from 0 on; mend it or unset it")]
pub struct CeilingError {
    /// The variable.
    pub name: &'static str,
}

impl ModelAccess {
    /// Takes what there is of variables and secrets by name.
    ///
    /// # Errors
    /// [`CeilingError`].
    pub fn read(
        text: impl Fn(&str) -> Option<String>,
        secret: impl Fn(&str) -> Option<SecretString>,
    ) -> Result<Self, CeilingError> {
        let number = |name: &'static str, otherwise: Decimal| match text(name) {
            None => Ok(otherwise),
            Some(text) => Decimal::from_str_exact(&text)
                .ok()
                .filter(|number| !number.is_sign_negative())
                .ok_or(CeilingError { name }),
        };
        let openai_url = text(OPENAI_URL);
        let mut openai_hosts = vec!["api.openai.com".to_owned()];
        openai_hosts.extend(openai_url.as_deref().and_then(host));
        let google_hosts = vec!["aiplatform.googleapis.com".to_owned()];
        let hosts = text(MODEL_HOSTS).map(|text| {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        });
        let max_tokens = number(MAX_TOKENS, Decimal::from(32_000))?;
        let limits = Limits {
            max_tokens: u32::try_from(max_tokens).map_err(|_| CeilingError { name: MAX_TOKENS })?,
            input_price: number(MAX_INPUT_USD, Decimal::from(20))?,
            output_price: number(MAX_OUTPUT_USD, Decimal::from(100))?,
            least_input: number(MIN_INPUT_USD, Decimal::new(5, 2))?,
            least_output: number(MIN_OUTPUT_USD, Decimal::new(20, 2))?,
            keys: vec![
                KeyHosts { key: OPENAI_KEY.to_owned(), hosts: openai_hosts },
                KeyHosts { key: GOOGLE_KEY.to_owned(), hosts: google_hosts },
            ],
            hosts,
        };
        let keys = [OPENAI_KEY, GOOGLE_KEY].into_iter();
        Ok(Self {
            keys: keys.filter_map(|name| Some((name.to_owned(), secret(name)?))).collect(),
            base_urls: openai_url.map(|url| ("openai".to_owned(), url)).into_iter().collect(),
            limits,
            usd_per_day: number(MAX_USD_PER_DAY, Decimal::from(20))?,
        })
    }

    /// What the analyst is given, with what plans are sized by, a client for models elsewhere and one for those on
    /// this machine.
    pub fn config(self, risk: Risk, http: reqwest::Client, here: reqwest::Client) -> Config {
        let default_model = self.default_model();
        let Self { keys, base_urls, limits, usd_per_day } = self;
        Config { http, here, limits, usd_per_day, keys, caller: None, base_urls, default_model, risk }
    }

    /// Where the profile `vertex` is asked: the models of a project, at a region or `global`.
    pub fn vertex(&mut self, project: &str, location: &str) {
        let host = match location {
            "global" => "aiplatform.googleapis.com".to_owned(),
            region => format!("{region}-aiplatform.googleapis.com"),
        };
        let url = format!("https://{host}/v1/projects/{project}/locations/{location}/endpoints/openapi");
        self.base_urls.insert("vertex".to_owned(), url);
        let bound = self.limits.keys.iter_mut().filter(|bound| bound.key == GOOGLE_KEY);
        bound.for_each(|bound| bound.hosts = vec![host.clone()]);
    }

    /// The profile that prompts mean by `default`: that of the vendor whose key is there.
    pub fn default_model(&self) -> Option<String> {
        self.keys.contains_key(OPENAI_KEY).then(|| "openai".to_owned())
    }
}

/// `host` or `host:port` of a URL.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map(|(_, rest)| rest)?;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty() && !host.contains('@')).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<ModelAccess, CeilingError> {
        let find =
            |name: &str| pairs.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
        ModelAccess::read(find, |name| find(name).map(SecretString::from))
    }

    #[test]
    fn a_ceiling_that_cannot_be_read_stops_the_start() {
        for value in ["ten", "-1", "1,5", "1e3"] {
            let error = read(&[(MAX_OUTPUT_USD, value)]).err().unwrap();
            assert_eq!(
                error.to_string(),
                "TOPDOWN_MAX_OUTPUT_USD is no number from 0 on; mend it or unset it"
            );
        }
        assert_eq!(read(&[(MAX_TOKENS, "500")]).unwrap().limits.max_tokens, 500);
    }

    #[test]
    fn the_hosts_of_models_are_named_with_commas_between() {
        let named = read(&[(MODEL_HOSTS, "api.openai.com, 127.0.0.1:8000,")]).unwrap().limits.hosts;
        assert_eq!(named.unwrap(), ["api.openai.com", "127.0.0.1:8000"]);
        assert_eq!(read(&[]).unwrap().limits.hosts, None);
    }

    #[test]
    fn a_key_may_go_to_its_vendor_and_to_the_base_url_of_the_environment() {
        let hosts = |access: &ModelAccess| access.limits.keys.first().unwrap().hosts.clone();
        assert_eq!(hosts(&read(&[]).unwrap()), ["api.openai.com"]);
        let own = read(&[(OPENAI_URL, "http://127.0.0.1:8000/v1"), (OPENAI_KEY, "x")]).unwrap();
        assert_eq!(hosts(&own), ["api.openai.com", "127.0.0.1:8000"]);
        assert_eq!(own.default_model().as_deref(), Some("openai"));
        assert_eq!(read(&[]).unwrap().default_model(), None);
    }
}
