use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use sim::Service;

/// Reads a crypto market from the month down to four hours. It notifies, it never trades.
#[derive(Debug, Parser)]
#[command(name = "topdown", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// Ask the server at URL, for run, resume and cancel
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) remote: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a flow in a simulated world: no key, no network, no account
    Demo(Demo),
    /// Collect candles of SYMBOL, then run a flow on it
    Run(Run),
    /// Collect candles of each SYMBOL
    Collect(Collect),
    /// List runs, the newest first
    Runs(Folder),
    /// Show a run: its state, steps and report
    Show(OneRun),
    /// Go on from a failed run, with its model unless told: what was done is taken, the rest is done
    Resume(Resume),
    /// Call a run off
    Cancel(OneRun),
    /// Open a run's report page in the browser
    Open(OneRun),
    /// Write an artifact's bytes to stdout, by its gs:// address
    Cat(Cat),
    /// Start the simulated world alone and print its addresses
    Sim(Sim),
    /// Collect and run on schedule, and serve signed addresses on 127.0.0.1
    Serve(Serve),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Folder {
    /// Data folder
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub(crate) data: PathBuf,
    /// Write one JSON object to stdout
    #[arg(long)]
    pub(crate) json: bool,
}

/// What reports are made by.
#[derive(Debug, Args)]
pub(crate) struct Means {
    /// Prompts, model profiles and chart templates over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(crate) catalog: Option<PathBuf>,
    /// Model profile, or rule-analyst:MODE
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Choices {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(flatten)]
    pub(crate) means: Means,
    /// See nothing after this instant, such as 2026-04-30T04:00:00Z
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Language of reports
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = ["en", "ru"])]
    pub(crate) lang: String,
}

/// What a simulated exchange serves.
#[derive(Debug, Args)]
pub(crate) struct Market {
    /// Serve recorded candles, DIR/SYMBOL-TIMEFRAME.csv.gz
    #[arg(long, value_name = "DIR")]
    pub(crate) candles: Option<PathBuf>,
    /// Seed of the simulated market
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) choices: Choices,
    /// Flow to run
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) flow: String,
    /// Symbol to read
    #[arg(long, value_name = "S", default_value = "BTCUSDT")]
    pub(crate) symbol: String,
    #[command(flatten)]
    pub(crate) market: Market,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Flow to run
    pub(crate) flow: String,
    /// Symbol to read
    pub(crate) symbol: String,
    #[command(flatten)]
    pub(crate) choices: Choices,
}

#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// Symbols to collect
    #[arg(required = true)]
    pub(crate) symbols: Vec<String>,
    #[command(flatten)]
    pub(crate) folder: Folder,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct OneRun {
    /// The run, r-...
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) folder: Folder,
}

#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The failed run, r-...
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(flatten)]
    pub(crate) means: Means,
}

#[derive(Debug, Args)]
pub(crate) struct Cat {
    /// Address of an artifact, gs://local/...
    pub(crate) uri: String,
    /// Data folder
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Sim {
    #[command(flatten)]
    pub(crate) market: Market,
    /// Instant the world's clock starts from; now unless told
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Answer this late: binance, bybit, chart-img, openai, telegram, webhook, slack or mail, and milliseconds
    #[arg(long, value_name = "SERVICE=MS", value_parser = delay)]
    pub(crate) delay: Vec<Delay>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) folder: Folder,
    #[command(flatten)]
    pub(crate) means: Means,
    /// Port on 127.0.0.1
    #[arg(long, value_name = "PORT", default_value_t = crate::app::PORT)]
    pub(crate) port: u16,
    /// Serve a simulated world: no key, no network, no account
    #[arg(long)]
    pub(crate) sim: bool,
    /// Seconds between two looks at what is due, lost or failed
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) tick: u64,
}

/// How late a simulated service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delay {
    pub(crate) service: Service,
    pub(crate) time: Duration,
}

fn delay(text: &str) -> Result<Delay, String> {
    let (name, ms) = text.split_once('=').ok_or("no `=` between service and milliseconds")?;
    let service = match name {
        "binance" => Service::Binance,
        "bybit" => Service::Bybit,
        "chart-img" => Service::ChartImg,
        "openai" => Service::OpenAi,
        "telegram" => Service::Telegram,
        "webhook" => Service::Webhook,
        "slack" => Service::Slack,
        "mail" => Service::Mail,
        _ => return Err(format!("`{name}` is no simulated service")),
    };
    // an hour is later than any client waits
    let ms: u64 = ms.parse().ok().filter(|ms| *ms <= 3_600_000).ok_or("0 to 3600000 milliseconds")?;
    Ok(Delay { service, time: Duration::from_millis(ms) })
}

impl Arguments {
    /// Whether stdout is for programs.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            Command::Demo(demo) => demo.choices.folder.json,
            Command::Run(run) => run.choices.folder.json,
            Command::Collect(collect) => collect.folder.json,
            Command::Runs(folder) => folder.json,
            Command::Show(one) | Command::Cancel(one) | Command::Open(one) => one.folder.json,
            Command::Resume(resume) => resume.folder.json,
            Command::Serve(serve) => serve.folder.json,
            Command::Cat(_) | Command::Sim(_) => false,
        }
    }
}
