use domain::{Symbol, Timeframe};
use jiff::{SignedDuration, Timestamp};
use market::{Exchange, MarketError};
use tokio::time::Instant;

/// How far two looks at the venue's clock may differ beyond the time between them, and how far a bar may open after
/// the clock that was read before it.
pub(crate) const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// The venue's clock. Time is the venue's alone, so it is held against the venue's own bars: a clock that ran ahead
/// would call bars closed that go on, and no later word of the venue would open them again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// What it showed.
    pub(crate) at: Timestamp,
    since: Instant,
}

impl Clock {
    pub(crate) async fn read(client: &Exchange) -> Result<Self, MarketError> {
        let since = Instant::now();
        Ok(Self { at: client.server_time().await?, since })
    }

    /// Refuses a clock that is ahead of the bars of a symbol that trades: its newest hour is in progress, or ended
    /// less than an hour ago. A symbol without a bar says nothing.
    pub(crate) async fn hold_against(&self, witness: &Symbol, client: &Exchange) -> Result<(), MarketError> {
        let newest = client.klines(witness, Timeframe::Hour, None, None, 1).await?;
        let Some(newest) = newest.last() else { return Ok(()) };
        let latest = Timeframe::Hour.next_open(Timeframe::Hour.next_open(newest.open_time));
        if self.at <= latest {
            return Ok(());
        }
        let said = format!(
            "its clock shows {} while the newest hour of {witness}, which trades, opened at {}; nothing is kept \
             until the two agree",
            self.at, newest.open_time
        );
        Err(MarketError::Unexpected { said })
    }

    /// The clock read again; refused if it has run further than time has passed.
    pub(crate) async fn again(&self, client: &Exchange) -> Result<Timestamp, MarketError> {
        let at = client.server_time().await?;
        let passed = SignedDuration::try_from(self.since.elapsed()).unwrap_or(SignedDuration::MAX);
        let latest = self.at.saturating_add(passed).and_then(|at| at.saturating_add(SLACK));
        if latest.is_ok_and(|latest| at > latest) {
            let said = format!("its clock went from {} to {at} within {} s", self.at, passed.as_secs());
            return Err(MarketError::Unexpected { said });
        }
        Ok(at)
    }
}
