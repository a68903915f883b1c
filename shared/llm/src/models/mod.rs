//! Model profiles: where a model is, what it takes, what it costs.

mod admit;
mod profile;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::toml_error;

pub use admit::{AdmitError, KeyHosts, Limits, admit};
pub use profile::{Capabilities, ModelProfile, Parameters, Prices, Structure, TokensField};

/// Why a file of profiles cannot be used: keep the one in use and tell the catalog's owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelsError {
    /// It is no TOML of this form. The message names place and field, never a value.
    #[error("models.toml, line {line}: {detail}")]
    Form {
        /// The line, counted from 1.
        line: usize,
        /// What about it.
        detail: String,
    },
    /// A profile contradicts itself.
    #[error("models.toml, profile `{profile}`: {detail}")]
    Profile {
        /// The profile.
        profile: String,
        /// What about it.
        detail: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: String,
    profile: BTreeMap<String, profile::Body>,
}

/// The profiles of a catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    default: String,
    profiles: BTreeMap<String, ModelProfile>,
}

impl Models {
    /// Reads `models.toml`.
    pub fn parse(text: &str) -> Result<Self, ModelsError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let (line, detail) = toml_error::place(text, &error);
            ModelsError::Form { line, detail }
        })?;
        let mut profiles = BTreeMap::new();
        for (name, body) in file.profile {
            let profile = ModelProfile::new(&name, body)
                .map_err(|detail| ModelsError::Profile { profile: name.clone(), detail })?;
            profiles.insert(name, profile);
        }
        if !profiles.contains_key(&file.default) {
            let detail = "`default` names it, but there is no such profile".to_owned();
            return Err(ModelsError::Profile { profile: file.default, detail });
        }
        Ok(Self { default: file.default, profiles })
    }

    /// The profile called `name`; `default` is the one the catalog names so.
    pub fn profile(&self, name: &str) -> Option<&ModelProfile> {
        let name = if name == "default" { &self.default } else { name };
        self.profiles.get(name)
    }

    /// Names of the profiles, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_text() -> &'static str {
        crate::defaults().iter().find(|(name, _)| *name == "models.toml").unwrap().1
    }

    #[test]
    fn the_profiles_of_this_build_are_good() {
        let models = Models::parse(default_text()).unwrap();
        assert_eq!(models.names().collect::<Vec<_>>(), ["local", "openai", "rule-analyst", "vertex"]);
        let rules = models.profile("default").unwrap();
        assert_eq!(rules.name(), "rule-analyst");
        assert_eq!(rules.analyst, domain::report::Analyst::Rules);
        let openai = models.profile("openai").unwrap();
        assert_eq!(openai.key.as_deref(), Some("OPENAI_API_KEY"));
    }

    #[test]
    fn an_id_changes_with_its_profile_alone() {
        let id = |text: &str, name: &str| Models::parse(text).unwrap().profile(name).unwrap().id().clone();
        let changed = default_text().replace("gpt-6.1-terra", "gpt-6.1-sol");
        assert_ne!(id(default_text(), "openai"), id(&changed, "openai"));
        assert_eq!(id(default_text(), "local"), id(&changed, "local"));
        let commented = format!("# a note\n{}", default_text());
        assert_eq!(id(default_text(), "openai"), id(&commented, "openai"));
    }

    #[test]
    fn an_address_filled_in_at_run_time_leaves_the_id_alone() {
        let models = Models::parse(default_text()).unwrap();
        let rules = models.profile("rule-analyst").unwrap();
        let filled = rules.clone().with_base_url("http://127.0.0.1:4711/v1");
        assert_eq!(filled.id(), rules.id());
        assert_eq!(filled.base_url, "http://127.0.0.1:4711/v1");
    }

    #[test]
    fn any_text_is_answered() {
        let good = default_text();
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % good.len();
            let end = good.len().min(at + usize::from(*length));
            let spliced = [&good.as_bytes()[..at], with, &good.as_bytes()[end..]].concat();
            for text in [with, &spliced] {
                let _ = Models::parse(&String::from_utf8_lossy(text));
            }
        });
    }

    #[test]
    fn answers_belong_to_a_server_and_the_rules_to_none() {
        let models = Models::parse(default_text()).unwrap();
        let rules = models.profile("rule-analyst").unwrap().clone();
        let at = |port: u16| rules.clone().with_base_url(&format!("http://127.0.0.1:{port}/v1"));
        assert_eq!(at(4711).endpoint(), at(4712).endpoint());
        let openai = models.profile("openai").unwrap().clone();
        let moved = openai.clone().with_base_url("https://other.example/v1");
        assert_eq!(
            (openai.endpoint(), moved.endpoint()),
            ("https://api.openai.com/v1", "https://other.example/v1")
        );
        // another server cannot pass for the rules, in no report and for no answer
        let placed = default_text().replacen("base_url = \"\"", "base_url = \"https://evil.example/v1\"", 1);
        assert!(Models::parse(&placed).unwrap_err().to_string().contains("rules"));
    }

    #[test]
    fn an_error_names_the_field_and_no_value() {
        let bad = default_text().replace("key = \"OPENAI_API_KEY\"", "api_key = \"sk-canary\"");
        let message = Models::parse(&bad).unwrap_err().to_string();
        assert!(message.contains("api_key") && !message.contains("canary"), "{message}");
        let secret = default_text().replace("\"OPENAI_API_KEY\"", "\"sk-canary-1234\"");
        let message = Models::parse(&secret).unwrap_err().to_string();
        assert!(message.contains("openai") && !message.contains("canary"), "{message}");
        for (good, bad) in [("\"0.05\"", "\"sk-canary\""), ("effective = \"2026", "effective = \"sk-canary")]
        {
            let message = Models::parse(&default_text().replace(good, bad)).unwrap_err().to_string();
            assert!(message.contains(if bad.contains('=') { "effective" } else { "cached" }), "{message}");
            assert!(!message.contains("canary"), "{message}");
        }
        let unused = default_text().replace("reasoning_effort = true\ncache_key", "cache_key");
        assert!(Models::parse(&unused).unwrap_err().to_string().contains("reasoning_effort"));
    }
}
