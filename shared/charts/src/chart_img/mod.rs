//! Chart-IMG: charts drawn by TradingView, over its API version 2 (`POST /v2/tradingview/advanced-chart`).

mod client;
mod parse;
mod wire;

pub use client::{ChartImgError, Client, Image};
pub use wire::{Request, Study};
