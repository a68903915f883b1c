use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use coordinator::{ResumeError, RunRequest};
use domain::{RunId, Symbol, Timeframe, Watched};
use flows::Flow;
use jiff::Timestamp;
use notifier::{Messenger, reasons};
use notify::message::{Markup, Trouble};
use notify::{About, Notice};
use runtime::{Catalog, Clock, SystemClock, Watchlist, artifact_key};
use storage::{ArtifactStore, Journal, ReportStore, RunDocument, Status, StoreError};

use crate::app::App;
use crate::commands::seen_until;
use crate::failure::Failure;
use crate::outcome::data_option;
use crate::schedule::{Outlook, due_since, outlook};
use crate::terminal::Terminal;

/// Runs looked through for those that go on from a failed one.
const RUNS: usize = 1000;

/// The week's run of each watched symbol: started once, and looked after when it fails.
pub(crate) struct Weekly<'a> {
    pub(crate) app: &'a App,
    pub(crate) data: &'a Path,
    pub(crate) catalog: &'a Catalog,
    pub(crate) model: Option<String>,
    pub(crate) watchlist: &'a Watchlist,
    pub(crate) messenger: Messenger,
    pub(crate) terminal: &'a Terminal,
    /// Failed runs that were told of since the start.
    pub(crate) told: Mutex<BTreeSet<RunId>>,
}

impl Weekly<'_> {
    /// Starts the symbol's run of this week, unless it was.
    pub(crate) async fn start(&self, symbol: &Symbol) -> Result<(), StoreError> {
        let Some(watched) = self.watchlist.entry(symbol) else { return Ok(()) };
        let Some(request) = self.request(watched, SystemClock.now()).await? else { return Ok(()) };
        if self.app.local.journal.run(&request.run_id()).await?.is_none() {
            self.app.coordinator.start(&request, self.catalog).await.map_err(|error| error.0)?;
        }
        Ok(())
    }

    /// This week's run of the symbol, as both clocks have it: the machine's, and the exchange's, which may be of
    /// another time altogether.
    async fn request(&self, watched: &Watched, now: Timestamp) -> Result<Option<RunRequest>, StoreError> {
        let Ok(flow) = Flow::numbered("1") else { return Ok(None) };
        let symbol = &watched.symbol;
        let source = self.app.sources.of(watched.venue);
        let as_of = seen_until(self.app.local.candles.as_ref(), source, symbol, now).await?;
        Ok(Some(RunRequest {
            flow,
            watched: watched.clone(),
            source: source.clone(),
            as_of,
            live: true,
            language: "en".to_owned(),
            model: self.model.clone(),
            asked: None,
            requested_at: now,
            // the schedule's time is the run's key: a tick that comes twice starts it once
            key: format!("schedule 1 {symbol} {source} {}", due_since(now, as_of)),
        }))
    }

    /// Tells of each run of this week that has failed, once, and tries it once more after a while.
    pub(crate) async fn look_after(&self) -> Result<(), StoreError> {
        let now = SystemClock.now();
        let mut others = None;
        for watched in &self.watchlist.entries {
            let Some(request) = self.request(watched, now).await? else { continue };
            let run = match self.app.local.journal.run(&request.run_id()).await {
                // damaged, or a newer version's: that is told where it is read
                Err(StoreError::Damaged { .. } | StoreError::Newer { .. }) | Ok(None) => continue,
                run => run?,
            };
            let Some(run) = run.filter(|run| run.status == Status::Failed) else { continue };
            let others = match &mut others {
                Some(others) => others,
                empty => empty.insert(self.app.local.journal.runs(RUNS).await?),
            };
            match outlook(&run, others) {
                Outlook::Well => {}
                Outlook::Left(failed) => self.tell(failed, None, now).await?,
                Outlook::Again(failed, at) if now < at => self.tell(failed, Some(at), now).await?,
                Outlook::Again(failed, _) => {
                    self.tell(failed, Some(now), now).await?;
                    self.resume(failed).await?;
                }
            }
        }
        Ok(())
    }

    async fn resume(&self, failed: &RunDocument) -> Result<(), StoreError> {
        match self.app.coordinator.resume(&failed.run_id, self.catalog, self.model.clone()).await {
            // another hand was faster, or is still at work
            Ok(_)
            | Err(ResumeError::Unknown(_) | ResumeError::NotFailed { .. } | ResumeError::AtWork { .. }) => {
                Ok(())
            }
            Err(ResumeError::Store(error)) => Err(error),
        }
    }

    async fn tell(
        &self,
        failed: &RunDocument,
        next_try: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_new = self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(failed.run_id.clone());
        if !is_new {
            return Ok(());
        }
        let RunDocument { run_id, symbol, .. } = failed;
        let reason = failed.reason.as_deref().unwrap_or("no reason was recorded");
        let (what, advice) = reason.split_once("; ").unwrap_or((reason, ""));
        let data = data_option(self.data);
        let command = match next_try {
            Some(_) => format!("topdown show {run_id}{data}"),
            None => format!("topdown resume {run_id}{data}"),
        };
        let then = match next_try {
            Some(at) if at > now => format!("it is tried again at {}; {command}", at.strftime("%H:%M UTC")),
            Some(_) => format!("it is tried again now; {command}"),
            None => format!("it was tried twice; {command}"),
        };
        let advice = if advice.is_empty() { then } else { format!("{advice}; {then}") };
        let failure = Failure::run(format!("{symbol} was not read this week: {what}")).at(run_id);
        self.terminal.trouble(&failure.advice(advice));
        self.notify(failed, what, next_try, &command, now).await
    }

    /// One notice of each failed run, however often this program is started.
    async fn notify(
        &self,
        failed: &RunDocument,
        reason: &str,
        next_try: Option<Timestamp>,
        command: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.messenger.is_silent() {
            return Ok(());
        }
        let (timeframe, symbol) = (Timeframe::Week, &failed.symbol);
        let last = self.app.local.reports.reports(&failed.source, symbol, timeframe, 1).await?;
        let trouble = Trouble {
            symbol,
            timeframe,
            reason,
            next_try,
            command,
            last_report: last.first().map(|report| report.decided_at),
            language: &failed.language,
        };
        let notice = Notice {
            key: &format!("{}-failure", failed.run_id),
            run_id: &failed.run_id,
            flow: failed.flow,
            about: About::Trouble(&trouble, now),
            page: None,
        };
        let Ok(html) = notice.message(Markup::HTML) else { return Ok(()) };
        let key = artifact_key(&failed.run_id, "failure-notice.html")?;
        let put = self.app.local.artifacts.put(&key, "text/html; charset=utf-8", html.as_bytes()).await?;
        if put.created {
            let deliveries = self.messenger.tell(&notice, now).await;
            if let Some(why) = reasons(&deliveries) {
                self.terminal.trouble(&Failure::run(why).at(&failed.run_id));
            }
        }
        Ok(())
    }
}
