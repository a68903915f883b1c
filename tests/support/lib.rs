//! What the tests share: the program as its users start it, and the material that lies beside the repository.
#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "a test reports by panicking")]

mod emulator;
mod figures;
mod http;
mod material;
mod program;
mod server;

pub use emulator::{Emulator, unique};
pub use figures::{at_scale, figure, seed, seeds};
pub use http::{http, request, send};
pub use material::{candles, left_out, repository};
pub use program::{Finished, Topdown, binary};
pub use server::Server;

/// Every function that is deployed.
pub const FUNCTIONS: [&str; 7] = [
    "ohlcv-collector",
    "ohlcv-exporter",
    "chart-exporter",
    "account-exporter",
    "llm-analyst",
    "coordinator",
    "notifier",
];
