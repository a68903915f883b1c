use std::collections::BTreeMap;

use domain::Source;
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
    /// `TOPDOWN_MAX_USD_PER_DAY`: what models may cost in a UTC day.
    pub usd_per_day: Decimal,
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

/// Why the program does not start: the operator mends the environment. No value is ever named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    /// A ceiling that is no number would be no ceiling.
    #[error("{name} is no number from 0 on; mend it or unset it")]
    Number {
        /// The variable.
        name: &'static str,
    },
    /// One of two that need each other.
    #[error("TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID belong together; set both or neither")]
    Telegram,
}

impl Environment {
    /// Takes what is known of `variables`; an empty value counts as unset.
    ///
    /// # Errors
    /// [`EnvironmentError`]: a value that cannot be used stops the start, rather than being left out in silence.
    pub fn from_variables(
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, EnvironmentError> {
        let given: BTreeMap<String, String> = variables.filter(|(_, value)| !value.is_empty()).collect();
        let take = |name: &str| given.get(name).cloned();
        let secret = |name: &str| take(name).map(SecretString::from);
        let number = |name: &'static str, otherwise: u32| match take(name) {
            None => Ok(Decimal::from(otherwise)),
            Some(text) => Decimal::from_str_exact(&text)
                .ok()
                .filter(|number| !number.is_sign_negative())
                .ok_or(EnvironmentError::Number { name }),
        };
        let openai_url = take("OPENAI_BASE_URL");
        let mut openai_hosts = vec!["api.openai.com".to_owned()];
        openai_hosts.extend(openai_url.as_deref().and_then(host));
        let google_hosts = vec!["aiplatform.googleapis.com".to_owned()];
        let max_tokens = number("TOPDOWN_MAX_TOKENS", 32_000)?;
        let limits = Limits {
            max_tokens: u32::try_from(max_tokens)
                .map_err(|_| EnvironmentError::Number { name: "TOPDOWN_MAX_TOKENS" })?,
            input_price: number("TOPDOWN_MAX_INPUT_USD", 20)?,
            output_price: number("TOPDOWN_MAX_OUTPUT_USD", 100)?,
            keys: vec![
                KeyHosts { key: OPENAI_KEY.to_owned(), hosts: openai_hosts },
                KeyHosts { key: GOOGLE_KEY.to_owned(), hosts: google_hosts },
            ],
        };
        let telegram = match (secret("TELEGRAM_BOT_TOKEN"), take("TELEGRAM_CHAT_ID")) {
            (Some(token), Some(chat)) => Some((token, chat)),
            (None, None) => None,
            _ => return Err(EnvironmentError::Telegram),
        };
        let keys = [OPENAI_KEY, GOOGLE_KEY].into_iter();
        Ok(Self {
            binance_url: take("TOPDOWN_BINANCE_URL").unwrap_or_else(|| BINANCE.to_owned()),
            keys: keys.filter_map(|name| Some((name.to_owned(), secret(name)?))).collect(),
            openai_url,
            limits,
            usd_per_day: number("TOPDOWN_MAX_USD_PER_DAY", 20)?,
            chart_img_key: secret("CHART_IMG_API_KEY"),
            chart_img_url: take("TOPDOWN_CHART_IMG_URL").unwrap_or_else(|| CHART_IMG.to_owned()),
            telegram,
            telegram_url: take("TOPDOWN_TELEGRAM_URL").unwrap_or_else(|| TELEGRAM.to_owned()),
            log_level: take("RUST_LOG").unwrap_or_else(|| "error".to_owned()),
            colour: take("NO_COLOR").is_none(),
        })
    }

    /// What candles of the exchange's address are kept under: only the exchange's own hosts are the exchange.
    pub(crate) fn source(&self) -> Source {
        let host = host(&self.binance_url).unwrap_or_default();
        let own = ["binance.com", "binance.vision"];
        let is_own = own.iter().any(|own| host == *own || host.ends_with(&format!(".{own}")));
        if is_own { Source::Binance } else { Source::Host(host) }
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
        read(pairs).unwrap()
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        Environment::from_variables(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn only_the_exchanges_own_hosts_are_the_exchange() {
        let source = |url: &str| environment(&[("TOPDOWN_BINANCE_URL", url)]).source();
        assert_eq!(environment(&[]).source(), Source::Binance);
        assert_eq!(source("https://api.binance.com"), Source::Binance);
        assert_eq!(source("http://127.0.0.1:4711/"), Source::Host("127.0.0.1:4711".to_owned()));
        assert_eq!(source("https://notbinance.com"), Source::Host("notbinance.com".to_owned()));
    }

    #[test]
    fn a_ceiling_that_cannot_be_read_stops_the_start() {
        for value in ["ten", "-1", "1,5", "1e3"] {
            let error = read(&[("TOPDOWN_MAX_OUTPUT_USD", value)]).err().unwrap();
            assert_eq!(
                error.to_string(),
                "TOPDOWN_MAX_OUTPUT_USD is no number from 0 on; mend it or unset it"
            );
        }
        assert_eq!(environment(&[("TOPDOWN_MAX_TOKENS", "500")]).limits.max_tokens, 500);
        assert_eq!(read(&[("TELEGRAM_BOT_TOKEN", "1:a")]).err(), Some(EnvironmentError::Telegram));
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
