use serde::{Deserialize, Serialize};

/// Why a recommendation is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It stands aside.
    Aside,
    /// Its plan breaks a hard rule.
    Invalid,
    /// It is not strong enough.
    Weak,
    /// Too many of its numbers are not confirmed.
    Untrusted,
    /// Its symbol cannot be judged.
    Unfit(Unfit),
    /// A plan of the other direction was told and has not ended.
    OppositeOpen,
    /// The same plan was told.
    Told,
    /// A plan of this direction was told too short a time ago.
    Pause,
}

/// What keeps a symbol from being judged: its candles before and now are not those of one market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// Its newest hour is more than two hours old.
    Stale,
    /// It is not traded.
    Halted,
    /// It came back after more than seven days.
    Returned,
    /// Its price counts another unit than before.
    UnitChanged,
}

impl Held {
    /// The reason, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Aside => "the verdict is to stand aside",
            Self::Invalid => "the plan breaks a hard rule",
            Self::Weak => "the signal is under the alert line",
            Self::Untrusted => "too many of its numbers are not confirmed",
            Self::Unfit(Unfit::Stale) => "the newest hour is more than two hours old",
            Self::Unfit(Unfit::Halted) => "the symbol is not traded",
            Self::Unfit(Unfit::Returned) => "the symbol came back after more than seven days",
            Self::Unfit(Unfit::UnitChanged) => "the price counts another unit than before",
            Self::OppositeOpen => "a plan of the other direction was told and has not ended",
            Self::Told => "the same plan was told",
            Self::Pause => "a plan of this direction was told less than the pause ago",
        }
    }
}
