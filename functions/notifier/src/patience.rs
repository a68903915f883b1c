//! How often a notice is sent, and how long is waited between.

use std::time::Duration;

/// Waits for one notice on one channel, together; a step has far more time than that.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often one notice is sent at most.
pub(crate) const TRIES: u32 = 4;

/// How long to wait before the next try, after so many and so much waiting; `None` where there is none. `asked` is
/// what the other side names.
pub(crate) fn wait(tries: u32, waited: Duration, asked: Option<Duration>) -> Option<Duration> {
    let wait = asked
        .map_or_else(|| Duration::from_secs(1 << tries.min(5)), |asked| asked.max(Duration::from_secs(1)));
    (tries < TRIES && waited.saturating_add(wait) <= PATIENCE).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let seconds = Duration::from_secs;
        let none = Duration::ZERO;
        assert_eq!(
            [1, 2, 3, 4].map(|tries| wait(tries, none, None)),
            [Some(seconds(2)), Some(seconds(4)), Some(seconds(8)), None]
        );
        assert_eq!(wait(1, none, Some(seconds(17))), Some(seconds(17)));
        assert_eq!(wait(1, none, Some(none)), Some(seconds(1)));
        // over the patience, by itself or together
        assert_eq!(wait(1, none, Some(seconds(91))), None);
        assert_eq!(wait(2, seconds(31), Some(seconds(60))), None);
    }
}
