use std::collections::BTreeMap;

use account_exporter::{AccountAccess, BINANCE as BINANCE_ACCOUNTS, BINANCE_FUTURES, BYBIT, BybitAccess};
use coordinator::Watch;
use domain::{Source, Sources};
use jiff::SignedDuration;
use llm_analyst::{CeilingError, ModelAccess, Risk, RiskError};
use notifier::{AccessError, ChannelAccess};
use secrecy::SecretString;

/// What the environment gives: addresses, keys, ceilings. A catalog cannot change any of it.
pub struct Environment {
    /// `TOPDOWN_BINANCE_URL`: base URL of the exchange's public market data.
    pub binance_url: String,
    /// `TOPDOWN_BYBIT_URL`: base URL of the other exchange's.
    pub bybit_url: String,
    /// What candles of each are kept under.
    pub sources: Sources,
    /// `OPENAI_API_KEY`, `OPENAI_BASE_URL` and the ceilings `TOPDOWN_MAX_...`.
    pub models: ModelAccess,
    /// `TOPDOWN_RISK_PCT` and `TOPDOWN_MAX_EXPOSURE_PCT`: what plans are sized by.
    pub risk: Risk,
    /// `BINANCE_API_KEY` and `BINANCE_API_SECRET`: the account that is read, if one is.
    pub account_key: Option<(SecretString, SecretString)>,
    /// `TOPDOWN_BINANCE_ACCOUNT_URL`: base URL of spot accounts.
    pub account_url: String,
    /// `TOPDOWN_BINANCE_FUTURES_URL`: base URL of USD-M futures.
    pub futures_url: String,
    /// `BYBIT_API_KEY` and `BYBIT_API_SECRET`: the account there that is read, if one is.
    pub bybit_key: Option<(SecretString, SecretString)>,
    /// `TOPDOWN_BYBIT_ACCOUNT_URL`: base URL of accounts there.
    pub bybit_account_url: String,
    /// `TOPDOWN_TOLERATED_PERMISSIONS`: what those keys may do beside reading.
    pub tolerated: String,
    /// `CHART_IMG_API_KEY`: charts of live runs are then drawn by Chart-IMG.
    pub chart_img_key: Option<SecretString>,
    /// `TOPDOWN_CHART_IMG_URL`: its base URL.
    pub chart_img_url: String,
    /// `TELEGRAM_...`, `TOPDOWN_WEBHOOK_...`, `SLACK_WEBHOOK_URL`, `SMTP_...` and `MAIL_...`: where notices go.
    pub channels: ChannelAccess,
    /// `TOPDOWN_ID_TOKEN`: who asks a server that is named by `--remote`.
    pub id_token: Option<SecretString>,
    /// `TOPDOWN_RUN_DEADLINE`: how long a run may take under `serve`, such as `2h` or `90min`.
    pub run_deadline: SignedDuration,
    /// `RUST_LOG`: level of this program's own log lines, `error` unless told: what a person needs is printed.
    pub log_level: String,
    /// `NO_COLOR` switches colour off.
    pub colour: bool,
}

/// The exchange's own host for public data, which serves regions that its main host refuses.
const BINANCE: &str = "https://data-api.binance.vision";
const CHART_IMG: &str = "https://api.chart-img.com";

/// Why the program does not start: the operator mends the environment. No value is ever named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    /// A ceiling that is no number would be no ceiling.
    #[error(transparent)]
    Ceiling(#[from] CeilingError),
    /// Nor would a risk be one.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// A base URL without a host.
    #[error("{0} names no host; write https://HOST or http://HOST:PORT, or unset it")]
    Exchange(&'static str),
    /// A run that may take no time, or any.
    #[error("TOPDOWN_RUN_DEADLINE is no length of time such as 2h or 90min; mend it or unset it")]
    Deadline,
    /// A key without what signs for it.
    #[error("{0}_API_KEY and {0}_API_SECRET belong together; set both or neither")]
    Account(&'static str),
    /// Half a channel for notices.
    #[error(transparent)]
    Channel(#[from] AccessError),
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
        let models = ModelAccess::read(take, secret)?;
        let binance_url = take("TOPDOWN_BINANCE_URL").unwrap_or_else(|| BINANCE.to_owned());
        let bybit_url = take("TOPDOWN_BYBIT_URL").unwrap_or_else(|| BYBIT.to_owned());
        let hostless = |name: &'static str| move |_| EnvironmentError::Exchange(name);
        let sources = Sources::new(
            Source::of_url(&binance_url).map_err(hostless("TOPDOWN_BINANCE_URL"))?,
            Source::of_bybit_url(&bybit_url).map_err(hostless("TOPDOWN_BYBIT_URL"))?,
        );
        let run_deadline = match take("TOPDOWN_RUN_DEADLINE") {
            None => Watch::DEADLINE,
            Some(text) => {
                let length: Option<SignedDuration> = text.parse().ok();
                length.filter(SignedDuration::is_positive).ok_or(EnvironmentError::Deadline)?
            }
        };
        let account_key = both(
            secret("BINANCE_API_KEY"),
            secret("BINANCE_API_SECRET"),
            EnvironmentError::Account("BINANCE"),
        )?;
        let bybit_key =
            both(secret("BYBIT_API_KEY"), secret("BYBIT_API_SECRET"), EnvironmentError::Account("BYBIT"))?;
        Ok(Self {
            account_key,
            account_url: take("TOPDOWN_BINANCE_ACCOUNT_URL").unwrap_or_else(|| BINANCE_ACCOUNTS.to_owned()),
            futures_url: take("TOPDOWN_BINANCE_FUTURES_URL").unwrap_or_else(|| BINANCE_FUTURES.to_owned()),
            tolerated: take("TOPDOWN_TOLERATED_PERMISSIONS").unwrap_or_default(),
            bybit_key,
            bybit_account_url: take("TOPDOWN_BYBIT_ACCOUNT_URL").unwrap_or_else(|| BYBIT.to_owned()),
            sources,
            binance_url,
            bybit_url,
            models,
            risk: Risk::read(take)?,
            chart_img_key: secret("CHART_IMG_API_KEY"),
            chart_img_url: take("TOPDOWN_CHART_IMG_URL").unwrap_or_else(|| CHART_IMG.to_owned()),
            channels: ChannelAccess::read(take, secret)?,
            id_token: secret("TOPDOWN_ID_TOKEN"),
            run_deadline,
            log_level: take("RUST_LOG").unwrap_or_else(|| "error".to_owned()),
            colour: take("NO_COLOR").is_none(),
        })
    }
}

/// Two that need each other, or neither.
fn both<A, B>(
    a: Option<A>,
    b: Option<B>,
    half: EnvironmentError,
) -> Result<Option<(A, B)>, EnvironmentError> {
    if a.is_some() == b.is_some() { Ok(a.zip(b)) } else { Err(half) }
}

impl Environment {
    /// How the account is reached.
    pub(crate) fn account(&self) -> AccountAccess {
        let (key, secret) = self.account_key.clone().unzip();
        AccountAccess {
            spot_url: self.account_url.clone(),
            perp_url: self.futures_url.clone(),
            key,
            secret,
            tolerated: self.tolerated.clone(),
        }
    }

    /// How the account at the other exchange is reached.
    pub(crate) fn bybit_account(&self) -> BybitAccess {
        let (key, secret) = self.bybit_key.clone().unzip();
        BybitAccess { url: self.bybit_account_url.clone(), key, secret, tolerated: self.tolerated.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        Environment::from_variables(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn what_cannot_be_used_stops_the_start() {
        let refused = |pairs: &[(&str, &str)]| read(pairs).err().unwrap();
        assert_eq!(
            refused(&[("TELEGRAM_BOT_TOKEN", "1:a")]),
            EnvironmentError::Channel(AccessError::Telegram)
        );
        assert_eq!(refused(&[("BINANCE_API_KEY", "k")]), EnvironmentError::Account("BINANCE"));
        assert_eq!(refused(&[("BYBIT_API_SECRET", "s")]), EnvironmentError::Account("BYBIT"));
        for name in ["TOPDOWN_BINANCE_URL", "TOPDOWN_BYBIT_URL"] {
            assert_eq!(refused(&[(name, "api.binance.com")]), EnvironmentError::Exchange(name));
        }
        for wrong in ["0s", "-2h", "soon"] {
            assert_eq!(refused(&[("TOPDOWN_RUN_DEADLINE", wrong)]), EnvironmentError::Deadline, "{wrong}");
        }
        let ceiling = refused(&[("TOPDOWN_MAX_OUTPUT_USD", "ten")]).to_string();
        assert_eq!(ceiling, "TOPDOWN_MAX_OUTPUT_USD is no number from 0 on; mend it or unset it");
    }

    #[test]
    fn a_deadline_is_a_length_of_time() {
        let deadline = |text: &str| read(&[("TOPDOWN_RUN_DEADLINE", text)]).unwrap().run_deadline;
        assert_eq!(deadline("90 min"), SignedDuration::from_mins(90));
        assert_eq!(deadline(""), SignedDuration::from_hours(2));
    }

    #[test]
    fn an_empty_value_is_none() {
        assert_eq!(read(&[]).unwrap().sources, Source::Binance.into());
        assert!(read(&[("OPENAI_API_KEY", "")]).unwrap().models.keys.is_empty());
        assert_eq!(
            read(&[("OPENAI_API_KEY", "x")]).unwrap().models.default_model().as_deref(),
            Some("openai")
        );
    }
}
