//! Tells the user what a run found: writes the report pages and sends the message of the last report.

mod chat;
mod page;
mod readings;
#[cfg(feature = "gcp")]
pub mod settings;

use async_trait::async_trait;
pub use chat::Telegram;
use domain::StepId;
use notify::telegram::{self, report_message};
use runtime::{Batch, Function, Redeliver, Services, Stop, begin};
use storage::{Message, StepDocument, StepResult, Topic};
use tracing::{info, warn};

use crate::chat::Chat;
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
        let main = page::write(&self.services, batch, &readings, readings.list.len() - 1).await?;
        for above in 0..readings.list.len() - 1 {
            page::write(&self.services, batch, &readings, above).await?;
        }
        let mut reason = readings.missing.last().map(readings::Missing::sentence);
        let is_wanted = batch.run.asked.as_ref().is_none_or(|asked| asked.notify);
        if let Some(chat) = self.chat.as_ref().filter(|_| is_wanted) {
            match self.send(chat, last, &main.html, &step.step_id).await {
                Ok(None) => {}
                Ok(Some(note)) => reason = Some(format!("Telegram: {note}")),
                Err(error) => {
                    warn!(run_id = %batch.run.run_id, error, "Telegram was not reached");
                    reason = Some(format!("Telegram: {error}"));
                }
            }
        } else {
            info!(run_id = %batch.run.run_id, page = main.gcs_uri, "page written, nobody is told");
        }
        Ok(StepResult {
            gcs_uri: Some(main.gcs_uri),
            sha256: Some(main.sha256),
            reason,
            ..StepResult::default()
        })
    }

    /// The page travels with the message: a local server's link opens on no phone.
    async fn send(
        &self,
        chat: &Chat,
        last: &readings::Reading,
        html: &str,
        step: &StepId,
    ) -> Result<Option<String>, String> {
        let caption = report_message(&last.document, None).map_err(|error| error.to_string())?;
        let file_name = format!("{}-{}-{step}.html", last.document.symbol.key(), last.document.timeframe);
        let document = telegram::Document {
            file_name: &file_name,
            media_type: "text/html",
            bytes: html.as_bytes(),
            caption_html: &caption,
            silent: true,
        };
        chat.deliver(&document, self.services.clock.now()).await
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
