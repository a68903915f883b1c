//! What the environment allows. A catalog can be written by more people than an environment can, so a profile
//! is held against it before a key or a byte leaves.

use domain::host::is_loopback;
use reqwest::Url;
use rust_decimal::Decimal;

use super::ModelProfile;

/// The hosts a key may be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHosts {
    /// The key's name in the environment.
    pub key: String,
    /// `host` or `host:port`; without a port, the scheme's own.
    pub hosts: Vec<String>,
}

/// What the environment allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Tokens an answer may have at most.
    pub max_tokens: u32,
    /// USD per million tokens of a request at most.
    pub input_price: Decimal,
    /// USD per million tokens of an answer at most.
    pub output_price: Decimal,
    /// USD per million tokens of a request at least, of a profile with a key.
    pub least_input: Decimal,
    /// USD per million tokens of an answer at least, of a profile with a key.
    pub least_output: Decimal,
    /// Where each key may go; a key that is not listed goes nowhere.
    pub keys: Vec<KeyHosts>,
    /// Where anything may go, with a key or without: `host` or `host:port`. Anywhere if none are given.
    pub hosts: Option<Vec<String>>,
}

/// Why a profile is not used. All of them: refuse the step and tell the operator; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdmitError {
    /// No address, or none of the web.
    #[error("profile `{profile}`: base_url is not an http(s) address; set it in models.toml or at start")]
    Address {
        /// The profile.
        profile: String,
    },
    /// Plain http to another machine.
    #[error("profile `{profile}`: {host} must be reached by https; plain http is for this machine only")]
    Plain {
        /// The profile.
        profile: String,
        /// The host.
        host: String,
    },
    /// The key is not meant for that host.
    #[error(
        "profile `{profile}`: key {key} is not bound to {host}; bind it in the environment or change base_url"
    )]
    Host {
        /// The profile.
        profile: String,
        /// Name of the key.
        key: String,
        /// The host.
        host: String,
    },
    /// No model is to be asked there.
    #[error(
        "profile `{profile}`: no model may be asked at {host}; name it in TOPDOWN_MODEL_HOSTS or change base_url"
    )]
    Elsewhere {
        /// The profile.
        profile: String,
        /// The host.
        host: String,
    },
    /// Nobody could say what a call costs.
    #[error("profile `{profile}` has no prices; add them to models.toml (0 for a server of your own)")]
    NoPrice {
        /// The profile.
        profile: String,
    },
    /// Dearer than allowed.
    #[error("profile `{profile}`: {what} at {price} USD per million tokens is over the limit of {limit}")]
    Price {
        /// The profile.
        profile: String,
        /// `input` or `output`.
        what: &'static str,
        /// The profile's price.
        price: Decimal,
        /// The environment's ceiling.
        limit: Decimal,
    },
    /// So cheap that the day's ceiling would hold nothing back.
    #[error(
        "profile `{profile}`: {what} at {price} USD per million tokens is less than the {limit} that a call with a \
         key costs at least; mend models.toml, or lower TOPDOWN_MIN_{what}_USD"
    )]
    Cheap {
        /// The profile.
        profile: String,
        /// `INPUT` or `OUTPUT`.
        what: &'static str,
        /// The profile's price.
        price: Decimal,
        /// The environment's floor.
        limit: Decimal,
    },
}

/// The profile as it may be used: refused, or with its ceiling lowered to the environment's.
pub fn admit(profile: &ModelProfile, limits: &Limits) -> Result<ModelProfile, AdmitError> {
    let name = || profile.name().to_owned();
    let url = Url::parse(&profile.base_url).map_err(|_| AdmitError::Address { profile: name() })?;
    let clean = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let (Some(host), true) = (url.host_str(), clean && matches!(url.scheme(), "http" | "https")) else {
        return Err(AdmitError::Address { profile: name() });
    };
    if url.scheme() == "http" && !is_loopback(host) {
        return Err(AdmitError::Plain { profile: name(), host: host.to_owned() });
    }
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let is_among = |hosts: &[String]| hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host));
    if let Some(key) = &profile.key {
        let mut bound = limits.keys.iter().filter(|bound| bound.key == *key);
        if !bound.any(|bound| is_among(&bound.hosts)) {
            return Err(AdmitError::Host { profile: name(), key: key.clone(), host });
        }
    }
    if limits.hosts.as_deref().is_some_and(|hosts| !is_among(hosts)) {
        return Err(AdmitError::Elsewhere { profile: name(), host });
    }
    let prices = profile.prices.as_ref().ok_or_else(|| AdmitError::NoPrice { profile: name() })?;
    let input = [Some(prices.input), Some(prices.cached), prices.cache_write].into_iter().flatten().max();
    for (what, price, limit) in [
        ("input", input.unwrap_or(prices.input), limits.input_price),
        ("output", prices.output, limits.output_price),
    ] {
        if price > limit {
            return Err(AdmitError::Price { profile: name(), what, price, limit });
        }
    }
    let least = [("INPUT", prices.input, limits.least_input), ("OUTPUT", prices.output, limits.least_output)];
    let cheap = least.into_iter().filter(|_| profile.key.is_some()).find(|(_, price, limit)| price < limit);
    if let Some((what, price, limit)) = cheap {
        return Err(AdmitError::Cheap { profile: name(), what, price, limit });
    }
    let mut admitted = profile.clone();
    admitted.max_tokens = profile.max_tokens.min(limits.max_tokens);
    Ok(admitted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Models;

    fn limits() -> Limits {
        Limits {
            max_tokens: 9000,
            input_price: Decimal::from(2),
            output_price: Decimal::from(10),
            least_input: Decimal::new(5, 2),
            least_output: Decimal::new(20, 2),
            keys: vec![KeyHosts {
                key: "OPENAI_API_KEY".into(),
                hosts: vec!["api.openai.com".into(), "127.0.0.1:9700".into()],
            }],
            hosts: None,
        }
    }

    fn profile(name: &str) -> ModelProfile {
        let text = crate::defaults().iter().find(|(file, _)| *file == "models.toml").unwrap().1;
        Models::parse(text).unwrap().profile(name).unwrap().clone()
    }

    #[test]
    fn a_ceiling_is_lowered_and_never_raised() {
        assert_eq!(admit(&profile("openai"), &limits()).unwrap().max_tokens, 9000);
        let roomy = Limits { max_tokens: 1_000_000, ..limits() };
        assert_eq!(admit(&profile("openai"), &roomy).unwrap().max_tokens, 12_000);
        assert_eq!(admit(&profile("openai"), &limits()).unwrap().id(), profile("openai").id());
    }

    #[test]
    fn a_key_goes_to_its_hosts_only() {
        for bad in [
            "https://api.openai.com.evil.example/v1",
            "https://evil.example/v1",
            "https://api.openai.com:8443/v1",
            "http://127.0.0.1:9701/v1",
            "https://127.0.0.1/v1",
        ] {
            let moved = profile("openai").with_base_url(bad);
            assert!(matches!(admit(&moved, &limits()), Err(AdmitError::Host { .. })), "{bad}");
        }
        for good in ["https://api.openai.com/v1", "https://API.openai.com:443/v1", "http://127.0.0.1:9700/v1"]
        {
            assert!(admit(&profile("openai").with_base_url(good), &limits()).is_ok(), "{good}");
        }
    }

    #[test]
    fn without_a_key_too_a_model_is_asked_at_the_named_hosts_only() {
        let named = Limits { hosts: Some(vec!["api.openai.com".into(), "[::1]:8000".into()]), ..limits() };
        for bad in ["https://evil.example/v1", "https://api.openai.com:8443/v1", "http://[::1]:8001/v1"] {
            let moved = profile("local").with_base_url(bad);
            assert!(matches!(admit(&moved, &named), Err(AdmitError::Elsewhere { .. })), "{bad}");
        }
        for good in ["https://api.openai.com/v1", "http://[::1]:8000/v1"] {
            assert!(admit(&profile("local").with_base_url(good), &named).is_ok(), "{good}");
        }
        let nowhere = Limits { hosts: Some(Vec::new()), ..limits() };
        assert!(matches!(admit(&profile("openai"), &nowhere), Err(AdmitError::Elsewhere { .. })));
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for bad in ["http://api.openai.com/v1", "http://10.0.0.8/v1", "http://127.0.0.1.example/v1"] {
            let moved = profile("local").with_base_url(bad);
            assert!(matches!(admit(&moved, &limits()), Err(AdmitError::Plain { .. })), "{bad}");
        }
        assert!(admit(&profile("local").with_base_url("http://[::1]:8000/v1"), &limits()).is_ok());
    }

    #[test]
    fn an_address_must_be_one() {
        for bad in
            ["", "ftp://api.openai.com/v1", "https://key@api.openai.com/v1", "https://api.openai.com/v1?a=1"]
        {
            let moved = profile("openai").with_base_url(bad);
            assert!(matches!(admit(&moved, &limits()), Err(AdmitError::Address { .. })), "{bad}");
        }
    }

    #[test]
    fn an_unknown_or_high_price_is_refused() {
        let mut unknown = profile("openai");
        unknown.prices = None;
        assert!(matches!(admit(&unknown, &limits()), Err(AdmitError::NoPrice { .. })));
        let mut dear = profile("openai");
        dear.prices.as_mut().unwrap().output = Decimal::from(11);
        assert!(matches!(admit(&dear, &limits()), Err(AdmitError::Price { what: "output", .. })));
    }

    #[test]
    fn a_price_that_would_undo_the_days_ceiling_is_refused_where_a_key_pays() {
        let mut free = profile("openai");
        free.prices.as_mut().unwrap().output = Decimal::ZERO;
        assert!(matches!(admit(&free, &limits()), Err(AdmitError::Cheap { what: "OUTPUT", .. })));
        free.prices.as_mut().unwrap().input = Decimal::new(4, 2);
        assert!(matches!(admit(&free, &limits()), Err(AdmitError::Cheap { what: "INPUT", .. })));
        // a server of one's own costs nothing
        let own = admit(&profile("local"), &limits()).unwrap();
        assert_eq!(own.prices.unwrap().output, Decimal::ZERO);
    }

    #[test]
    fn the_worst_case_is_dear_input_and_a_full_answer() {
        // (10,000 x 1.25 + 12,000 x 5) / 1,000,000
        let worst = profile("openai").worst_case_usd(10_000, 12_000).unwrap();
        assert_eq!(worst, Decimal::from_str_exact("0.0725").unwrap());
    }
}
