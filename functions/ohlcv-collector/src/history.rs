//! History before the bars that are kept, when more of it is wanted than was.

use jiff::{SignedDuration, Timestamp};
use storage::SeriesKey;

use crate::gaps::Gaps;
use crate::refresh::{PAGE, Refresh};
use crate::{CollectError, Collected};

impl Refresh<'_> {
    /// Reads from `known`, where the history begins that was asked for, back to `wanted`: the newest page first, so
    /// that each joins what is kept and a collector that is killed goes on there.
    pub(crate) async fn deepen(
        &self,
        mut known: Timestamp,
        wanted: Timestamp,
        now: Timestamp,
        gaps: &mut Gaps,
        total: &mut Collected,
    ) -> Result<(), CollectError> {
        let SeriesKey { symbol, timeframe, .. } = self.series;
        while wanted < known {
            let end = known - SignedDuration::from_millis(1);
            let mut page = self.client.klines(symbol, *timeframe, None, Some(end), PAGE).await?;
            // a page that is not full is the venue's first
            let goes_on = page.len() == usize::from(PAGE);
            page.retain(|bar| bar.open_time >= wanted);
            let first = page.first().map(|first| first.open_time);
            if let Some(first) = first {
                if gaps.answered(first, timeframe.previous_open(known), &page, now) {
                    self.candles.set_gaps(self.series, gaps.known()).await?;
                }
                let appended = self.candles.append(self.series, &page, now).await?;
                total.add(page.len(), appended);
                (self.on_page)(*timeframe, total.bars);
            }
            known = first.filter(|first| goes_on && *first > wanted).unwrap_or(wanted);
            self.candles.set_history_from(self.series, known).await?;
            if self.out_of_time() {
                break;
            }
        }
        Ok(())
    }
}
