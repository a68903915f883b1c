use std::collections::BTreeSet;

use domain::account::AccountWarning;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::client::AccountError;

/// How long before its end a key's age is told.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Reading, which a key must be allowed.
const READING: &str = "enableReading";
/// What a key can be allowed beside reading. A field that is missing is not known to be false.
const OTHERS: [&str; 9] = [
    "enableWithdrawals",
    "enableInternalTransfer",
    "enableMargin",
    "enableFutures",
    "permitsUniversalTransfer",
    "enableVanillaOptions",
    "enableFixApiTrade",
    "enableSpotAndMarginTrading",
    "enablePortfolioMarginTrading",
];
/// What reads and does nothing else.
const HARMLESS: [&str; 1] = ["enableFixReadOnly"];

/// What a key may do, as `/sapi/v1/account/apiRestrictions` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions(pub(super) Map<String, Value>);

impl Permissions {
    /// The warnings that come with a key that may read and nothing else. What is tolerated is tolerated by name alone.
    ///
    /// # Errors
    /// [`AccountError::Key`] if the key may not read, may do more, or may do what this version has no name for:
    /// every `enable*` and `permits*` field must be there and false.
    pub fn check(
        &self,
        tolerated: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<BTreeSet<AccountWarning>, AccountError> {
        let refuse = |why: String| Err(AccountError::Key { why });
        if self.0.get(READING) != Some(&Value::Bool(true)) {
            return refuse(format!("{READING} is not set: it may not read the account"));
        }
        let missing = OTHERS.iter().find(|name| !self.0.contains_key(**name) && !tolerated.contains(**name));
        if let Some(name) = missing {
            return refuse(format!("{name} is not told: it may do more than read"));
        }
        let mut warnings = BTreeSet::new();
        for (name, value) in &self.0 {
            let is_permission = name.starts_with("enable") || name.starts_with("permits");
            let is_known = name == READING || HARMLESS.contains(&name.as_str());
            if !is_permission || is_known || value == &Value::Bool(false) {
                continue;
            }
            let name = domain::text::one_line(name, 60);
            if !tolerated.contains(&name) {
                return refuse(format!("{name} is not false: it may do more than read"));
            }
            warnings.insert(AccountWarning::PermissionTolerated);
        }
        if self.0.get("ipRestrict") != Some(&Value::Bool(true)) {
            warnings.insert(AccountWarning::KeyNotBound);
        }
        let ends = self.0.get("tradingAuthorityExpirationTime").and_then(Value::as_i64);
        let ends = ends.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        if ends.is_some_and(|ends| ends < now + SOON) {
            warnings.insert(AccountWarning::KeyExpiresSoon);
        }
        Ok(warnings)
    }
}
