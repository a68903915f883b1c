use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use account_exporter::{AccountAccess, AccountExporter, Accounts, BybitAccess};
use chart_exporter::ChartExporter;
use coordinator::Coordinator;
use domain::{Sources, Symbol, Venue, Watched};
use jiff::SignedDuration;
use llm_analyst::{Config, LlmAnalyst, Markets, PublicData, Watching};
use market::Exchange;
use notifier::{ChannelAccess, Channels, Notifier, Webhooks};
use ohlcv_collector::{Collector, Collectors, Depth};
use ohlcv_exporter::OhlcvExporter;
use platform_local::{Access, Local};
use runtime::http;
use runtime::{Clock, Services, SystemClock, Watchlist};
use secrecy::SecretString;
use sim::{SimAccount, SimBybitAccount, World};
use storage::StoreError;

use crate::environment::Environment;
use crate::failure::Failure;
use crate::worker::Worker;

/// Where `serve` answers unless told otherwise; signed addresses name it.
pub(crate) const PORT: u16 = 8377;

/// Longest call of any vendor, from its start to the last byte: within the lease of its step.
const LONGEST_CALL: Duration = Duration::from_secs(510);

/// Where the outside world is.
pub(crate) struct Addresses {
    pub(crate) binance: String,
    pub(crate) bybit: String,
    /// Binance's USD-M futures.
    pub(crate) futures: String,
    pub(crate) account: AccountAccess,
    pub(crate) bybit_account: BybitAccess,
    pub(crate) chart_img: Option<charts::chart_img::Client>,
    pub(crate) channels: Channels,
}

impl Addresses {
    /// The outside world as the environment has it.
    pub(crate) fn real(environment: &Environment) -> Result<Self, Failure> {
        let chart_client = client(&environment.chart_img_url)?;
        let chart_img = environment
            .chart_img_key
            .clone()
            .map(|key| charts::chart_img::Client::new(chart_client, &environment.chart_img_url, key));
        Ok(Self {
            binance: environment.binance_url.clone(),
            bybit: environment.bybit_url.clone(),
            futures: environment.futures_url.clone(),
            account: environment.account(),
            bybit_account: environment.bybit_account(),
            chart_img,
            channels: environment.channels.channels(Webhooks::OrHere).map_err(Failure::run)?,
        })
    }

    /// A simulated world, which needs no key.
    pub(crate) fn simulated(world: &World) -> Result<Self, Failure> {
        let account = SimAccount::default();
        let account = AccountAccess {
            spot_url: world.binance_url(),
            perp_url: world.binance_url(),
            key: Some(SecretString::from(account.key)),
            secret: Some(SecretString::from(account.secret)),
            tolerated: String::new(),
        };
        let bybit = SimBybitAccount::default();
        let bybit_account = BybitAccess {
            url: world.bybit_url(),
            key: Some(SecretString::from(bybit.key)),
            secret: Some(SecretString::from(bybit.secret)),
            tolerated: String::new(),
        };
        let (binance, bybit, futures) = (world.binance_url(), world.bybit_url(), world.binance_url());
        let channels = simulated_channels(world)?;
        Ok(Self { binance, bybit, futures, account, bybit_account, chart_img: None, channels })
    }
}

/// Every channel there is, each with its simulated vendor, by the variables that switch on the real ones.
fn simulated_channels(world: &World) -> Result<Channels, Failure> {
    let given = [
        ("TELEGRAM_BOT_TOKEN", "1:demo".to_owned()),
        ("TELEGRAM_CHAT_ID", "1".to_owned()),
        ("TOPDOWN_TELEGRAM_URL", world.telegram_url()),
        ("TOPDOWN_WEBHOOK_URL", world.webhook_url()),
        ("TOPDOWN_WEBHOOK_SECRET", sim::WEBHOOK_SECRET.to_owned()),
        ("SLACK_WEBHOOK_URL", format!("{}/services/T0/B0/demo", world.slack_url())),
        ("TOPDOWN_SLACK_URL", world.slack_url()),
        ("SMTP_URL", world.mail_url()),
        ("MAIL_FROM", "topdown@example.org".to_owned()),
        ("MAIL_TO", "reader@example.org".to_owned()),
    ];
    let take = |name: &str| given.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let access =
        ChannelAccess::read(take, |name| take(name).map(SecretString::from)).map_err(Failure::run)?;
    access.channels(Webhooks::OrHere).map_err(Failure::run)
}

/// The functions on one data folder.
pub(crate) struct App {
    pub(crate) sources: Sources,
    pub(crate) local: Local,
    pub(crate) collectors: Collectors,
    pub(crate) coordinator: Arc<Coordinator>,
    pub(crate) worker: Worker,
}

/// A client that reaches `base_url`: through the environment's proxies, unless it is on this machine.
pub(crate) fn client(base_url: &str) -> Result<reqwest::Client, Failure> {
    http::reaching(base_url, LONGEST_CALL).map_err(Failure::run)
}

/// What the environment gives of models, and the rules that answer in `rules`.
pub(crate) fn models(environment: &Environment, rules: &World) -> Result<Config, Failure> {
    let mut models = environment.models.clone();
    models.base_urls.insert("rule-analyst".to_owned(), rules.openai_url());
    let elsewhere = http::client(LONGEST_CALL).map_err(Failure::run)?;
    Ok(models.config(environment.risk, elsewhere, http::loopback_client(LONGEST_CALL).map_err(Failure::run)?))
}

pub(crate) fn open(folder: &Path, access: Access, port: u16) -> Result<Local, Failure> {
    let base_url = format!("http://127.0.0.1:{port}");
    Local::open(folder, access, &base_url).map_err(|error| Failure::store(&error, folder))
}

pub(crate) fn services(local: &Local) -> Services {
    Services {
        artifacts: local.artifacts.clone(),
        journal: local.journal.clone(),
        bus: local.bus.clone(),
        clock: Arc::new(SystemClock),
    }
}

/// Most bytes of a watchlist: a thousand symbols have twenty thousand.
const LONGEST_WATCHLIST: u64 = 1 << 20;

/// The folder's watchlist, if there is one.
pub(crate) fn watchlist(folder: &Path) -> Result<Option<Watchlist>, Failure> {
    let path = folder.join("watchlist.toml");
    let refused = |error: &dyn std::fmt::Display| Failure::usage(error).at(path.display());
    let text = match platform_local::read_plain(&path, LONGEST_WATCHLIST) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| refused(&format!("the watchlist: {error}")))?,
    };
    let text = String::from_utf8(text).map_err(|_| refused(&"the watchlist is no text"))?;
    Watchlist::parse(&text).map(Some).map_err(|error| refused(&error))
}

/// What a simulated world watches unless told.
const SIMULATED: &str = "symbols = [\"BTCUSDT\", \"ETHUSDT\", \"SOLUSDT\", \"LUNAUSDT\"]";

/// The folder's watchlist; a simulated world has one of its own where there is none.
pub(crate) fn watchlist_or_simulated(
    folder: &Path,
    is_simulated: bool,
) -> Result<Option<Watchlist>, Failure> {
    match watchlist(folder)? {
        None if is_simulated => Watchlist::parse(SIMULATED).map(Some).map_err(Failure::run),
        found => Ok(found),
    }
}

/// The entry of the folder's watchlist that names the symbol; of one that is not watched, the usual.
pub(crate) fn watched(folder: &Path, symbol: Symbol) -> Result<Watched, Failure> {
    let list = watchlist(folder)?;
    Ok(list.and_then(|list| list.entry(&symbol).cloned()).unwrap_or_else(|| Watched::from(symbol)))
}

/// How much history the folder's watchlist asks for; all of it where there is no watchlist.
fn depth(folder: &Path) -> Result<Depth, Failure> {
    Ok(watchlist(folder)?.map(|watchlist| watchlist.bars.into()).unwrap_or_default())
}

/// The collector of an exchange, which is silent for as long as an earlier process was told to be.
fn collector(
    local: &Local,
    exchange: Exchange,
    sources: &Sources,
    venue: Venue,
) -> Result<Collector, StoreError> {
    let source = sources.of(venue);
    if let Some(until) = local.silences.until(source)?
        && let Ok(left) = Duration::try_from(until.duration_since(SystemClock.now()))
    {
        exchange.keep_silent(left, Some(until));
    }
    Ok(Collector::new(local.candles.clone(), exchange, source.clone()))
}

impl App {
    /// Opens the folder for writing and puts the functions on it.
    pub(crate) fn new(
        folder: &Path,
        port: u16,
        sources: Sources,
        addresses: Addresses,
        models: Config,
    ) -> Result<Self, Failure> {
        let local = open(folder, Access::Write, port)?;
        let services = services(&local);
        let (binance_http, bybit_http) = (client(&addresses.binance)?, client(&addresses.bybit)?);
        let binance = PublicData::binance(binance_http, addresses.binance, addresses.futures);
        let bybit = PublicData::bybit(bybit_http, addresses.bybit);
        let kept = |exchange: Exchange, venue: Venue| {
            collector(&local, exchange, &sources, venue).map_err(|error| Failure::store(&error, folder))
        };
        let collectors = Collectors {
            binance: kept(binance.exchange.clone(), Venue::Binance)?,
            bybit: kept(bybit.exchange.clone(), Venue::Bybit)?,
        };
        let list = watchlist_or_simulated(folder, sources.of(Venue::Binance).is_simulated())?;
        let entries = list.map(|list| list.entries).unwrap_or_default();
        let watched = Watching::Known(entries.into_iter().map(|entry| (entry.symbol, entry.venue)).collect());
        // one account of requests with the collector
        let markets = Markets { binance, bybit, watched };
        let (binance, bybit) = (client(&addresses.account.spot_url)?, client(&addresses.bybit_account.url)?);
        let accounts = Accounts {
            binance: addresses.account.client(binance).map_err(Failure::usage)?,
            bybit: addresses.bybit_account.client(bybit).map_err(Failure::usage)?,
        };
        let coordinator = Arc::new(Coordinator::new(services.clone()));
        let worker = Worker {
            functions: vec![
                coordinator.clone(),
                Arc::new(OhlcvExporter::new(services.clone(), local.candles.clone())),
                Arc::new(ChartExporter::new(services.clone(), addresses.chart_img)),
                Arc::new(AccountExporter::new(services.clone(), accounts)),
                Arc::new(LlmAnalyst::new(services.clone(), local.reports.clone(), models, markets)),
                Arc::new(Notifier::new(services.clone(), addresses.channels)),
            ],
            bus: local.bus.clone(),
            journal: local.journal.clone(),
            sources: sources.clone(),
            in_hand: Mutex::default(),
            set_aside: Mutex::default(),
        };
        let collectors = collectors.with_depth(&depth(folder)?);
        Ok(Self { sources, local, collectors, coordinator, worker })
    }

    /// Keeps the silence that an exchange asked for, so that the next process knows of it: to be called after whatever
    /// asks the exchange.
    pub(crate) fn remember_silence(&self, venue: Venue) -> Result<(), StoreError> {
        let collector = self.collectors.of(venue);
        let Some((left, _)) = collector.exchange().silence() else { return Ok(()) };
        let until = SystemClock.now().saturating_add(SignedDuration::try_from(left).unwrap_or_default());
        // a length of time never fails to be added up to a limit
        until.map_or(Ok(()), |until| self.local.silences.keep(collector.source(), until))
    }
}
