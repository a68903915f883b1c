//! All tests through the public door, in one binary: one link, one set of features.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test reports by panicking")]

mod account;
mod api;
mod architecture;
mod browser;
mod cli;
mod cloud;
mod collector;
mod contracts;
mod faults;
mod flows;
mod infra;
mod peers;
mod ssrf;
