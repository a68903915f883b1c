use std::collections::BTreeSet;

use domain::account::AccountWarning;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::binance_account::AccountError;

/// How long before its end a key's age is told.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What a key that may only read sees of trading: positions, orders and what they are paid from. The words are those of
/// trading, and `readOnly` is what makes reading of them.
const READING: [(&str, &str); 5] = [
    ("ContractTrade", "Order"),
    ("ContractTrade", "Position"),
    ("Spot", "SpotTrade"),
    ("Derivatives", "DerivativesTrade"),
    ("Options", "OptionsTrade"),
];

/// What a key is, as `/v5/user/query-api` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo(pub(super) Map<String, Value>);

impl KeyInfo {
    /// The warnings that come with a key that may read and nothing else. What is tolerated is tolerated by name alone,
    /// `Wallet.AccountTransfer`, or `readOnly` of a key that may write.
    ///
    /// # Errors
    /// [`AccountError::Key`] if the key is not for reading only, if it has a permission beyond the account's own
    /// trading, or one that this version has no name for.
    pub fn check(
        &self,
        tolerated: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<BTreeSet<AccountWarning>, AccountError> {
        let mut warnings = BTreeSet::new();
        let mut beyond = |name: String, why: &str| {
            let name = domain::text::one_line(&name, 60);
            if !tolerated.contains(&name) {
                return Err(AccountError::Key { why: format!("{name} {why}") });
            }
            warnings.insert(AccountWarning::PermissionTolerated);
            Ok(())
        };
        if self.0.get("readOnly") != Some(&Value::from(1)) {
            beyond("readOnly".to_owned(), "is not 1: it may do more than read")?;
        }
        let unknown = || AccountError::Key { why: "what it may do is not told".to_owned() };
        let groups = self.0.get("permissions").and_then(Value::as_object).ok_or_else(unknown)?;
        for (group, granted) in groups {
            let Some(granted) = granted.as_array() else {
                beyond(group.clone(), "is no list: what it may do is not known")?;
                continue;
            };
            for name in granted {
                let name = name.as_str().unwrap_or("?");
                if !READING.contains(&(group.as_str(), name)) {
                    beyond(format!("{group}.{name}"), "is granted: it is not needed to read the account")?;
                }
            }
        }
        if !self.is_bound() {
            warnings.insert(AccountWarning::KeyNotBound);
        }
        if self.ends().is_some_and(|ends| ends < now + SOON) {
            warnings.insert(AccountWarning::KeyExpiresSoon);
        }
        Ok(warnings)
    }

    /// Whether it works from some addresses alone.
    fn is_bound(&self) -> bool {
        let ips = self.0.get("ips").and_then(Value::as_array);
        ips.is_some_and(|ips| !ips.is_empty() && ips.iter().all(|ip| ip.as_str().is_some_and(|ip| ip != "*")))
    }

    /// When it ends; the exchange writes 1970 of a key that does not.
    fn ends(&self) -> Option<Timestamp> {
        let ends: Timestamp = self.0.get("expiredAt")?.as_str()?.parse().ok()?;
        (ends > Timestamp::UNIX_EPOCH).then_some(ends)
    }
}
