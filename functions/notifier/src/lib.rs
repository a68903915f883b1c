//! Tells the user what a run found: writes its pages and sends the message of its recommendation, or of
//! its last report.

mod chat;
mod page;
mod readings;
#[cfg(feature = "gcp")]
pub mod settings;

use async_trait::async_trait;
pub use chat::{Chat, Delivery, Telegram};
use domain::StepId;
use domain::report::Trust;
use notify::telegram::{self, recommendation_message, report_message};
use notify::{ALERT_LINE, LanguageError};
use runtime::{Batch, Function, Redeliver, Services, Stop, begin};
use storage::{Message, StepDocument, StepResult, Topic};
use tracing::{info, warn};

use crate::readings::Readings;

/// The notifier.
pub struct Notifier {
    services: Services,
    chat: Option<Chat>,
}

impl Notifier {
    /// A notifier on these ports; without Telegram the page is all there is.
    pub fn new(services: Services, telegram: Option<Telegram>) -> Self {
        Self { services, chat: telegram.map(Chat::new) }
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
        let notice = match readings.advice() {
            Some(advice) => Notice::of_recommendation(advice, &step.step_id),
            None => Notice::of_report(last, &step.step_id),
        };
        let none = readings.no_recommendation().map(|why| format!("there is no recommendation: {why}"));
        let mut reason = none.or_else(|| readings.missing.last().map(readings::Missing::sentence));
        let is_wanted = batch.run.asked.as_ref().is_none_or(|asked| asked.notify);
        if let Some(chat) = self.chat.as_ref().filter(|_| is_wanted) {
            match self.send(chat, notice, &main.html).await {
                Ok(None) => {}
                Ok(Some(note)) => reason = Some(format!("Telegram: {note}")),
                Err(error) => {
                    warn!(run_id = %batch.run.run_id, error, "Telegram was not reached");
                    reason = Some(format!("Telegram: {error}"));
                }
            }
        } else {
            info!(run_id = %batch.run.run_id, page = main.artifact.gcs_uri, "page written, nobody is told");
        }
        Ok(StepResult { reason, ..StepResult::default() }.with(main.artifact))
    }

    /// The page travels with the message: a local server's link opens on no phone.
    async fn send(
        &self,
        chat: &Chat,
        notice: Result<Notice, LanguageError>,
        html: &str,
    ) -> Result<Option<String>, String> {
        let notice = notice.map_err(|error| error.to_string())?;
        let document = telegram::Document {
            file_name: &notice.file_name,
            media_type: "text/html",
            bytes: html.as_bytes(),
            caption_html: &notice.caption,
            silent: notice.is_silent,
        };
        chat.deliver(Delivery::Page(document), self.services.clock.now()).await
    }
}

/// What a person is told of a run.
struct Notice {
    file_name: String,
    caption: String,
    is_silent: bool,
}

impl Notice {
    fn of_report(reading: &readings::Reading, step: &StepId) -> Result<Self, LanguageError> {
        let document = &reading.document;
        let file_name = format!("{}-{}-{step}.html", document.symbol.key(), document.timeframe);
        Ok(Self { file_name, caption: report_message(document, None)?, is_silent: true })
    }

    fn of_recommendation(advice: &readings::Advice, step: &StepId) -> Result<Self, LanguageError> {
        let document = &advice.document;
        let is_strong =
            document.is_valid_plan() && document.strength.value >= ALERT_LINE && document.trust == Trust::Ok;
        let file_name = format!("{}-recommendation-{step}.html", document.symbol.key());
        Ok(Self { file_name, caption: recommendation_message(document, None)?, is_silent: !is_strong })
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
