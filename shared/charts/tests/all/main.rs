//! Charts as a whole: pictures against stored ones, odd series, and Chart-IMG over a socket.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the tests share stands outside of #[test] functions, and fails with the test"
)]

mod chart_img;
mod golden;
mod scenes;
mod synthetic;
