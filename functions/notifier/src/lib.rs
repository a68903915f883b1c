//! Tells the user what a run found: writes the report pages and sends the message of the last report.

mod page;
mod readings;

use async_trait::async_trait;
use domain::StepId;
use notify::telegram::{self, report_message};
use runtime::{Batch, Function, Redeliver, Services, Stop, begin};
use secrecy::SecretString;
use storage::{Message, StepDocument, StepResult, Topic};
use tracing::warn;

use crate::readings::Readings;

/// Where messages go.
#[derive(Clone)]
pub struct Telegram {
    /// The bot.
    pub client: telegram::Client,
    /// The chat, an id or `@name`.
    pub chat: String,
}

impl Telegram {
    /// The bot with `token` at `base_url`, writing to `chat`.
    pub fn new(http: reqwest::Client, base_url: &str, token: SecretString, chat: String) -> Self {
        Self { client: telegram::Client::new(http, base_url, token), chat }
    }
}

/// The notifier.
pub struct Notifier {
    services: Services,
    telegram: Option<Telegram>,
}

impl Notifier {
    /// A notifier on these ports; without Telegram the page is all there is.
    pub fn new(services: Services, telegram: Option<Telegram>) -> Self {
        Self { services, telegram }
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
        if let Some(telegram) = &self.telegram
            && let Err(error) = self.send(telegram, last, &main.html, &step.step_id).await
        {
            warn!(run_id = %batch.run.run_id, error, "Telegram was not reached");
            reason = Some(format!("Telegram: {error}"));
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
        telegram: &Telegram,
        last: &readings::Reading,
        html: &str,
        step: &StepId,
    ) -> Result<(), String> {
        let caption = report_message(&last.document, None).map_err(|error| error.to_string())?;
        let file_name = format!("{}-{}-{step}.html", last.document.symbol.key(), last.document.timeframe);
        let document = telegram::Document {
            file_name: &file_name,
            media_type: "text/html",
            bytes: html.as_bytes(),
            caption_html: &caption,
            silent: true,
        };
        let sent = telegram.client.send_document(&telegram.chat, &document).await;
        sent.map(|_| ()).map_err(|error| error.to_string())
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
