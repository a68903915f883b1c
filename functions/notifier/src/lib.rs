//! Tells the user what a run found: writes its pages and sends a notice of its recommendation, or of its last report,
//! by every channel that is configured.

mod access;
mod messenger;
mod page;
mod patience;
mod readings;
#[cfg(feature = "gcp")]
pub mod settings;
mod telegram;

pub use access::{AccessError, ChannelAccess, ChannelError, Webhooks};
use async_trait::async_trait;
pub use messenger::{Channels, Messenger, reasons};
use notify::{About, Link, Notice, Page};
use runtime::{Batch, Function, Redeliver, SIGNED_FOR, Services, Stop, begin};
use storage::{Delivery, Message, SignedUrl, StepDocument, StepResult, StoreError, Topic};
pub use telegram::Telegram;
use tracing::{info, warn};

use crate::readings::Readings;

/// The notifier.
pub struct Notifier {
    services: Services,
    messenger: Messenger,
}

impl Notifier {
    /// A notifier on these ports; without channels the page is all there is.
    pub fn new(services: Services, channels: Channels) -> Self {
        Self { services, messenger: Messenger::new(channels) }
    }

    async fn notify(&self, batch: &Batch<'_>, step: &StepDocument) -> Result<StepResult, Stop> {
        let readings = Readings::gather(&self.services, batch).await?;
        let Some(last) = readings.list.last() else {
            let what = readings.missing.last().map_or_else(|| "no report".to_owned(), |m| m.sentence());
            return Err(Stop::Failed(format!("there is no report to show: {what}")));
        };
        let count = readings.list.len();
        let (main, above) = match readings.advice() {
            Some(advice) => {
                (page::write_recommendation(&self.services, batch, &readings, advice).await?, count)
            }
            None => (page::write(&self.services, batch, &readings, count - 1).await?, count - 1),
        };
        for index in 0..above {
            page::write(&self.services, batch, &readings, index).await?;
        }
        let none = readings.no_recommendation().map(|why| format!("there is no recommendation: {why}"));
        let mut reason = none.or_else(|| readings.missing.last().map(readings::Missing::sentence));
        let is_wanted = batch.run.asked.as_ref().is_none_or(|asked| asked.notify);
        let mut deliveries = Vec::new();
        if is_wanted && !self.messenger.is_silent() {
            let about = match readings.advice() {
                Some(advice) => About::Recommendation(&advice.document),
                None => About::Report(&last.document),
            };
            deliveries = self.tell(batch, step, about, &main).await?;
            reason = reasons(&deliveries).or(reason);
        } else {
            info!(run_id = %batch.run.run_id, page = main.artifact.gcs_uri, "page written, nobody is told");
        }
        Ok(StepResult { reason, deliveries, ..StepResult::default() }.with(main.artifact))
    }

    async fn tell(
        &self,
        batch: &Batch<'_>,
        step: &StepDocument,
        about: About<'_>,
        page: &page::Written,
    ) -> Result<Vec<Delivery>, Stop> {
        let link = if self.messenger.needs_link() { self.link(&page.artifact.gcs_uri).await? } else { None };
        let step_id = &step.step_id;
        let file_name = match about {
            About::Recommendation(document) => {
                format!("{}-recommendation-{step_id}.html", document.symbol.key())
            }
            About::Report(document) => {
                format!("{}-{}-{step_id}.html", document.symbol.key(), document.timeframe)
            }
            About::Trouble(..) => format!("{step_id}.html"),
        };
        let notice = Notice {
            key: &format!("{}-{step_id}", batch.run.run_id),
            run_id: &batch.run.run_id,
            flow: batch.run.flow,
            about,
            page: Some(Page {
                file_name: &file_name,
                html: &page.html,
                link: link.as_ref().map(|link| Link { url: &link.url, opens_until: link.expires_at }),
            }),
        };
        Ok(self.messenger.tell(&notice, self.services.clock.now()).await)
    }

    /// An address that opens the page; none where it cannot be signed now: the notice is worth more than its link.
    async fn link(&self, gcs_uri: &str) -> Result<Option<SignedUrl>, StoreError> {
        match self.services.artifacts.sign(gcs_uri, self.services.clock.now(), SIGNED_FOR).await {
            Ok(signed) => Ok(Some(signed)),
            Err(error @ StoreError::Unavailable(_)) => {
                warn!(gcs_uri, %error, "no signed address");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Function for Notifier {
    fn topic(&self) -> Topic {
        Topic::Notifier
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        let Some(batch) = begin(&self.services, message).await? else { return Ok(()) };
        for step in &batch.steps {
            batch.conclude(step, self.notify(&batch, step).await).await?;
        }
        Ok(())
    }
}
