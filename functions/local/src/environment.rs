use std::collections::BTreeMap;

use llm::{KeyHosts, Limits};
use rust_decimal::Decimal;
use secrecy::SecretString;

/// What the environment gives: addresses, keys, ceilings. A catalog cannot change any of it.
pub struct Environment {
    /// `TOPDOWN_BINANCE_URL`: base URL of the exchange's public market data.
    pub binance_url: String,
    /// `OPENAI_API_KEY`, `GOOGLE_ACCESS_TOKEN`: keys by the name that model profiles use.
    pub keys: BTreeMap<String, SecretString>,
    /// `OPENAI_BASE_URL`: base URL of the profile `openai`, over the catalog's. Its host may be sent the key.
    pub openai_url: Option<String>,
    /// `TOPDOWN_MAX_TOKENS`, `TOPDOWN_MAX_INPUT_USD`, `TOPDOWN_MAX_OUTPUT_USD`: ceilings of a model profile,
    /// tokens of an answer and USD per million tokens.
    pub limits: Limits,
    /// `CHART_IMG_API_KEY`: charts of live runs are then drawn by Chart-IMG.
    pub chart_img_key: Option<SecretString>,
    /// `TOPDOWN_CHART_IMG_URL`: its base URL.
    pub chart_img_url: String,
    /// `TELEGRAM_BOT_TOKEN` and `TELEGRAM_CHAT_ID`: where notices go.
    pub telegram: Option<(SecretString, String)>,
    /// `TOPDOWN_TELEGRAM_URL`: base URL of the bot API.
    pub telegram_url: String,
    /// `RUST_LOG`: level of this program's own log lines, `error` unless told: what a person needs is printed.
    pub log_level: String,
    /// `NO_COLOR` switches colour off.
    pub colour: bool,
}

/// The exchange's own host for public data, which serves regions that its main host refuses.
const BINANCE: &str = "https://data-api.binance.vision";
const CHART_IMG: &str = "https://api.chart-img.com";
const TELEGRAM: &str = "https://api.telegram.org";
const OPENAI_KEY: &str = "OPENAI_API_KEY";
const GOOGLE_KEY: &str = "GOOGLE_ACCESS_TOKEN";

impl Environment {
    /// Takes what is known of `variables`; an empty value counts as unset.
    pub fn from_variables(variables: impl Iterator<Item = (String, String)>) -> Self {
        let mut given: BTreeMap<String, String> = variables.filter(|(_, value)| !value.is_empty()).collect();
        let mut take = |name: &str| given.remove(name);
        let mut keys = BTreeMap::new();
        for name in [OPENAI_KEY, GOOGLE_KEY] {
            if let Some(key) = take(name) {
                keys.insert(name.to_owned(), SecretString::from(key));
            }
        }
        let openai_url = take("OPENAI_BASE_URL");
        let mut openai_hosts = vec!["api.openai.com".to_owned()];
        openai_hosts.extend(openai_url.as_deref().and_then(host));
        let mut number = |name: &str, otherwise: Decimal| -> Decimal {
            take(name).and_then(|text| Decimal::from_str_exact(&text).ok()).unwrap_or(otherwise)
        };
        let max_tokens = number("TOPDOWN_MAX_TOKENS", Decimal::from(32_000));
        let limits = Limits {
            max_tokens: u32::try_from(max_tokens).unwrap_or(32_000),
            input_price: number("TOPDOWN_MAX_INPUT_USD", Decimal::from(20)),
            output_price: number("TOPDOWN_MAX_OUTPUT_USD", Decimal::from(100)),
            keys: vec![
                KeyHosts { key: OPENAI_KEY.to_owned(), hosts: openai_hosts },
                KeyHosts { key: GOOGLE_KEY.to_owned(), hosts: vec!["aiplatform.googleapis.com".to_owned()] },
            ],
        };
        let telegram = match (take("TELEGRAM_BOT_TOKEN"), take("TELEGRAM_CHAT_ID")) {
            (Some(token), Some(chat)) => Some((SecretString::from(token), chat)),
            _ => None,
        };
        Self {
            binance_url: take("TOPDOWN_BINANCE_URL").unwrap_or_else(|| BINANCE.to_owned()),
            keys,
            openai_url,
            limits,
            chart_img_key: take("CHART_IMG_API_KEY").map(SecretString::from),
            chart_img_url: take("TOPDOWN_CHART_IMG_URL").unwrap_or_else(|| CHART_IMG.to_owned()),
            telegram,
            telegram_url: take("TOPDOWN_TELEGRAM_URL").unwrap_or_else(|| TELEGRAM.to_owned()),
            log_level: take("RUST_LOG").unwrap_or_else(|| "error".to_owned()),
            colour: take("NO_COLOR").is_none(),
        }
    }

    /// Whether the key of the profile `openai` is there.
    pub(crate) fn has_openai_key(&self) -> bool {
        self.keys.contains_key(OPENAI_KEY)
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

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::from_variables(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn a_key_may_go_to_its_vendor_and_to_the_base_url_of_the_environment() {
        let hosts = |env: &Environment| env.limits.keys.first().unwrap().hosts.clone();
        assert_eq!(hosts(&environment(&[])), ["api.openai.com"]);
        let own = environment(&[("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1"), ("OPENAI_API_KEY", "x")]);
        assert_eq!(hosts(&own), ["api.openai.com", "127.0.0.1:8000"]);
        assert!(own.has_openai_key());
        assert!(!environment(&[("OPENAI_API_KEY", "")]).has_openai_key());
    }
}
