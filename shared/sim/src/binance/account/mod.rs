//! The exchange's accounts, spot and USD-M futures, as its signed endpoints show them; there is one account, and one
//! key to it.

mod answers;
mod holdings;
mod signed;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use holdings::SimAccount;

use axum::Router;
use axum::routing::get;
use std::sync::Arc;

use crate::world::Shared;

/// The account, which a test sets while the world runs.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Mutex<SimAccount>);

impl Accounts {
    pub(crate) fn lock(&self) -> MutexGuard<'_, SimAccount> {
        // plain data: no panic leaves it half written
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sapi/v1/account/apiRestrictions", get(answers::restrictions))
        .route("/api/v3/account", get(answers::spot))
        .route("/api/v3/openOrders", get(answers::spot_orders))
        .route("/fapi/v1/time", get(answers::time))
        .route("/fapi/v3/account", get(answers::perp))
        .route("/fapi/v3/positionRisk", get(answers::positions))
        .route("/fapi/v1/openOrders", get(answers::perp_orders))
        .route("/fapi/v1/openAlgoOrders", get(answers::algo_orders))
        .route("/fapi/v1/symbolConfig", get(answers::symbol_config))
        .route("/fapi/v1/leverageBracket", get(answers::brackets))
        .route("/fapi/v1/commissionRate", get(answers::commission))
        .route("/fapi/v1/fundingRate", get(answers::funding))
        .route("/fapi/v1/exchangeInfo", get(answers::contracts))
}

#[cfg(test)]
mod tests;
