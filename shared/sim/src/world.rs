use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::binance::Weights;
use crate::binance::account::{Accounts, SimAccount};
use crate::bybit::account::{Accounts as BybitAccounts, SimBybitAccount};
use crate::faults::{Faults, Rule};
use crate::mail::{Letters, SentMail};
use crate::market::{Market, RecordedError};
use crate::recorder::{Recorded, Recorder, Service};
use crate::slack::{SlackMessage, SlackMessages};
use crate::telegram::{Messages, SentMessage};
use crate::webhook::{Hooks, ReceivedHook};
use crate::{SimClock, binance, bybit, chart_img, front, mail, openai, slack, telegram, webhook};

/// Where the candles of a world come from.
#[derive(Debug, Clone)]
pub enum MarketData {
    /// Made up from the world's seed, hourly since 2021-05-01.
    Seeded,
    /// The folder's `{SYMBOL}-{TIMEFRAME}.csv.gz`.
    Recorded(PathBuf),
}

/// How a world is set up.
#[derive(Debug)]
pub struct WorldConfig {
    /// The same seed makes the same world, on every machine.
    pub seed: u64,
    /// Nothing is shown that had not happened by this clock.
    pub clock: SimClock,
    /// The candles.
    pub market: MarketData,
    /// Faults from the start on.
    pub faults: Vec<Rule>,
    /// How long the model `rule-analyst:slow` thinks.
    pub slow_model: Duration,
}

impl WorldConfig {
    /// A seeded world without faults, in which the slow model thinks for two seconds.
    pub fn seeded(seed: u64, clock: SimClock) -> Self {
        Self {
            seed,
            clock,
            market: MarketData::Seeded,
            faults: Vec::new(),
            slow_model: Duration::from_secs(2),
        }
    }

    /// A world of recorded candles, otherwise the same.
    pub fn recorded(dir: impl Into<PathBuf>, clock: SimClock) -> Self {
        Self { market: MarketData::Recorded(dir.into()), ..Self::seeded(0, clock) }
    }
}

/// Why a world cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The recorded candles cannot be served.
    #[error(transparent)]
    Recorded(#[from] RecordedError),
    /// No port on 127.0.0.1.
    #[error("cannot listen on 127.0.0.1: {0}; check that loopback is up and ports are free")]
    Listen(#[from] std::io::Error),
}

/// What all services of a world share.
pub(crate) struct Shared {
    pub(crate) seed: u64,
    pub(crate) clock: SimClock,
    pub(crate) market: Market,
    pub(crate) recorder: Recorder,
    pub(crate) faults: Faults,
    pub(crate) weights: Weights,
    pub(crate) pace: bybit::Pace,
    pub(crate) bybit_accounts: BybitAccounts,
    pub(crate) accounts: Accounts,
    pub(crate) messages: Messages,
    pub(crate) hooks: Hooks,
    pub(crate) slack: SlackMessages,
    pub(crate) letters: Letters,
    pub(crate) slow_model: Duration,
}

impl Shared {
    pub(crate) fn new(config: WorldConfig) -> Result<Arc<Self>, SimError> {
        let market = match &config.market {
            MarketData::Seeded => Market::seeded(config.seed),
            MarketData::Recorded(dir) => Market::recorded(dir)?,
        };
        Ok(Arc::new(Self {
            seed: config.seed,
            clock: config.clock,
            market,
            recorder: Recorder::default(),
            faults: Faults::new(config.faults),
            weights: Weights::default(),
            pace: bybit::Pace::default(),
            bybit_accounts: BybitAccounts::default(),
            accounts: Accounts::default(),
            messages: Messages::default(),
            hooks: Hooks::default(),
            slack: SlackMessages::default(),
            letters: Letters::default(),
            slow_model: config.slow_model,
        }))
    }
}

/// A running world: each vendor on a port of its own on 127.0.0.1. It ends when it is dropped.
pub struct World {
    shared: Arc<Shared>,
    addresses: [SocketAddr; 7],
    mail: SocketAddr,
    ending: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

impl World {
    /// Starts all services on the current tokio runtime.
    ///
    /// # Errors
    /// Recorded candles that cannot be served, or no free port.
    pub async fn start(config: WorldConfig) -> Result<Self, SimError> {
        let shared = Shared::new(config)?;
        let (ending, watched) = watch::channel(false);
        let mut servers = Vec::new();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut addresses = [any; 7];
        for (address, routes) in addresses.iter_mut().zip(services(&shared)) {
            let listener = TcpListener::bind(*address).await?;
            *address = listener.local_addr()?;
            let mut watched = watched.clone();
            let end = async move {
                // a dropped sender ends the server too
                watched.wait_for(|ending| *ending).await.map(drop).unwrap_or_default();
            };
            servers.push(tokio::spawn(async move {
                if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(end).await {
                    tracing::error!(%error, "a simulated service ended");
                }
            }));
        }
        let listener = TcpListener::bind(any).await?;
        let mail = listener.local_addr()?;
        servers.push(tokio::spawn(mail::serve(listener, shared.clone(), watched)));
        Ok(Self { shared, addresses, mail, ending, servers })
    }

    /// Base address of the exchange, without a path.
    pub fn binance_url(&self) -> String {
        format!("http://{}", self.addresses[0])
    }

    /// Base address of the chart vendor, without a path.
    pub fn chart_img_url(&self) -> String {
        format!("http://{}", self.addresses[1])
    }

    /// Base address of the model, ending in `/v1`.
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.addresses[2])
    }

    /// Base address of the messenger, without a path.
    pub fn telegram_url(&self) -> String {
        format!("http://{}", self.addresses[3])
    }

    /// Address of the webhook's receiver.
    pub fn webhook_url(&self) -> String {
        format!("http://{}/hook", self.addresses[4])
    }

    /// Base address of Slack's incoming webhooks, without a path.
    pub fn slack_url(&self) -> String {
        format!("http://{}", self.addresses[5])
    }

    /// Address of the mail server.
    pub fn mail_url(&self) -> String {
        format!("smtp://{}", self.mail)
    }

    /// Base address of the other exchange, without a path.
    pub fn bybit_url(&self) -> String {
        format!("http://{}", self.addresses[6])
    }

    /// The clock; moving it moves the world.
    pub fn clock(&self) -> &SimClock {
        &self.shared.clock
    }

    /// The faults; rules can be added while the world runs.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Changes the account at the exchange, from the next request on.
    pub fn change_account(&self, change: impl FnOnce(&mut SimAccount)) {
        change(&mut self.shared.accounts.lock());
    }

    /// Changes the account at the other exchange, from the next request on.
    pub fn change_bybit_account(&self, change: impl FnOnce(&mut SimBybitAccount)) {
        change(&mut self.shared.bybit_accounts.lock());
    }

    /// Every request so far, in the order of arrival; of very many only the newest.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.recorder.requests()
    }

    /// Number of requests to a service, none forgotten.
    pub fn count(&self, service: Service) -> u64 {
        self.shared.recorder.count(service)
    }

    /// Forgets requests and their counts.
    pub fn forget_requests(&self) {
        self.shared.recorder.clear();
    }

    /// Messages the messenger took, oldest first.
    pub fn messages(&self) -> Vec<SentMessage> {
        self.shared.messages.all()
    }

    /// Notices the webhook's receiver took, each once, oldest first.
    pub fn hooks(&self) -> Vec<ReceivedHook> {
        self.shared.hooks.all()
    }

    /// Has the webhook's receiver know another secret than [`WEBHOOK_SECRET`](crate::WEBHOOK_SECRET).
    pub fn sign_webhooks_by(&self, secret: &str) {
        self.shared.hooks.trust(secret);
    }

    /// Messages Slack took, oldest first.
    pub fn slack_messages(&self) -> Vec<SlackMessage> {
        self.shared.slack.all()
    }

    /// Letters the mail server took, oldest first; of very many only the newest.
    pub fn mails(&self) -> Vec<SentMail> {
        self.shared.letters.all()
    }

    /// Eight hex digits that name the recorded candles by content; `None` of a seeded world.
    pub fn source_hash(&self) -> Option<&str> {
        self.shared.market.source_hash()
    }

    /// Symbols the exchange lists, in its order.
    pub fn symbols(&self) -> Vec<String> {
        self.shared.market.listings().map(|listing| listing.symbol.clone()).collect()
    }

    /// Reads what was recorded of a symbol, which otherwise happens when it is first asked for.
    ///
    /// # Errors
    /// Recorded candles that cannot be read.
    pub fn load(&self, symbol: &str) -> Result<(), SimError> {
        Ok(self.shared.market.load(symbol)?)
    }

    /// Corrects the close of an hour after the fact, in every bar that holds it. `open` is the hour's open.
    /// False if there is no such hour or the price has more than eight decimals.
    ///
    /// # Errors
    /// Recorded candles that cannot be read.
    pub fn correct(&self, symbol: &str, open: jiff::Timestamp, close: Decimal) -> Result<bool, SimError> {
        let close = crate::market::bar::parse(&close.to_string()).and_then(|close| i64::try_from(close).ok());
        match close {
            Some(close) => Ok(self.shared.market.correct(symbol, open.as_millisecond(), close)?),
            None => Ok(false),
        }
    }

    /// Leaves closed bars of a series out of every answer, from one open to another, as an exchange does that lost
    /// them in an outage and may find them later. Longer bars made of them keep what they hold.
    pub fn withhold(
        &self,
        symbol: &str,
        timeframe: domain::Timeframe,
        from: jiff::Timestamp,
        to: jiff::Timestamp,
    ) {
        if let Some(interval) = crate::market::interval::Interval::named(timeframe.as_str()) {
            let (from, to) = (from.as_millisecond(), to.as_millisecond());
            self.shared.market.withhold(symbol, interval, from, to);
        }
    }

    /// Serves all bars of a symbol again.
    pub fn release(&self, symbol: &str) {
        self.shared.market.release(symbol);
    }

    /// Ends the services and waits until they have, a second at most.
    pub async fn stop(mut self) {
        self.ending.send_replace(true);
        for server in std::mem::take(&mut self.servers) {
            let abort = server.abort_handle();
            if tokio::time::timeout(Duration::from_secs(1), server).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.ending.send_replace(true);
    }
}

/// The routes in the order of a world's addresses.
fn services(shared: &Arc<Shared>) -> [Router; 7] {
    [
        front::behind(Service::Binance, binance::routes(shared.clone()), shared),
        front::behind(Service::ChartImg, chart_img::routes(shared.clone()), shared),
        front::behind(Service::OpenAi, openai::routes(shared.clone()), shared),
        front::behind(Service::Telegram, telegram::routes(shared.clone()), shared),
        front::behind(Service::Webhook, webhook::routes(shared.clone()), shared),
        front::behind(Service::Slack, slack::routes(shared.clone()), shared),
        front::behind(Service::Bybit, bybit::routes(shared.clone()), shared),
    ]
}

#[cfg(test)]
mod tests;
