//! Logs: to stderr, this project's own crates at the level asked for, others at `warn`.

#[cfg(feature = "gcp")]
pub mod stackdriver;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Crates of other people say what they send, URLs with keys among it: they stay at `warn`. `async_openai` logs
/// whole answers when it cannot parse them.
const OTHERS: &str = "warn,async_openai=off";

const OWN: [&str; 20] = [
    "charts",
    "account_exporter",
    "chart_exporter",
    "coordinator",
    "domain",
    "flows",
    "llm",
    "llm_analyst",
    "local",
    "market",
    "notifier",
    "notify",
    "ohlcv_collector",
    "ohlcv_exporter",
    "platform_gcp",
    "platform_local",
    "runtime",
    "sim",
    "storage",
    "topdown",
];

/// Starts logging at `level` (`error`, `warn`, `info`, `debug`, `trace`; anything else is `warn`).
pub fn start<W>(level: &str, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // a second subscriber in one process is a test's; the first stays
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter(level))
        .with_writer(writer)
        .with_ansi(false)
        .with_target(false)
        .try_init();
}

fn filter(level: &str) -> EnvFilter {
    let level = match level {
        "error" | "info" | "debug" | "trace" => level,
        _ => "warn",
    };
    let own: Vec<String> = OWN.iter().map(|name| format!("{name}={level}")).collect();
    EnvFilter::new(format!("{OTHERS},{}", own.join(",")))
}
