//! The exchange's accounts, as its signed endpoints show them; there is one account, and one key to it.

mod answers;
mod holdings;
mod signed;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::get;

pub use holdings::SimBybitAccount;

use crate::world::Shared;

/// The account, which a test sets while the world runs.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Mutex<SimBybitAccount>);

impl Accounts {
    pub(crate) fn lock(&self) -> MutexGuard<'_, SimBybitAccount> {
        // plain data: no panic leaves it half written
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v5/user/query-api", get(answers::key_info))
        .route("/v5/account/wallet-balance", get(answers::wallet))
        .route("/v5/position/list", get(answers::positions))
        .route("/v5/order/realtime", get(answers::orders))
        .route("/v5/account/fee-rate", get(answers::fees))
        .route("/v5/market/risk-limit", get(answers::risk_limit))
        .route("/v5/market/funding/history", get(answers::funding))
}

#[cfg(test)]
mod tests;
