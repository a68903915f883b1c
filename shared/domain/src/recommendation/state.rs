use crate::words;

words!(
    /// Where a recommended plan stands, by the bars since it was decided.
    RecommendationState {
        /// Its entry is open.
        Waiting = "waiting",
        /// It was entered, and a part of it is held.
        Filled = "filled",
        /// The last of its targets was reached.
        Target = "target",
        /// It was given up at the stop.
        Stopped = "stopped",
        /// A close ended it, entered or not.
        Invalidated = "invalidated",
        /// It was closed at its horizon.
        Expired = "expired",
        /// Price did not come to its entry while that was open.
        Unfilled = "unfilled",
        /// A bar opened beyond its stop before it was entered.
        Missed = "missed",
        /// It breaks a hard rule, so it is not followed.
        Invalid = "invalid",
    }
);

impl RecommendationState {
    /// All of them, in the order in which a list names them.
    pub const ALL: [Self; 9] = [
        Self::Waiting,
        Self::Filled,
        Self::Target,
        Self::Stopped,
        Self::Invalidated,
        Self::Expired,
        Self::Unfilled,
        Self::Missed,
        Self::Invalid,
    ];

    /// Whether no further bar changes it.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Waiting | Self::Filled)
    }
}
