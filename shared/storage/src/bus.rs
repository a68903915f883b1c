use async_trait::async_trait;
use domain::{RunId, StepId};
use serde::{Deserialize, Serialize};

use crate::{Kind, StoreError};

/// Version of the messages written here; a newer one is left to whoever knows it.
pub const MESSAGE_VERSION: u32 = 1;

/// Who a message is for: one topic a step function, and one for the coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// To the coordinator: a run was requested, or steps ended.
    FlowEvents,
    /// To the exporter of candles.
    OhlcvExport,
    /// To the exporter of charts.
    ChartExport,
    /// To the exporter of the account.
    AccountExport,
    /// To the analyst.
    LlmAnalyst,
    /// To the notifier.
    Notifier,
}

impl Topic {
    /// Who does steps of that kind.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Ohlcv => Self::OhlcvExport,
            Kind::Chart => Self::ChartExport,
            Kind::Account => Self::AccountExport,
            Kind::Report | Kind::Recommendation => Self::LlmAnalyst,
            Kind::Notification => Self::Notifier,
        }
    }

    /// The topic's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FlowEvents => "flow-events",
            Self::OhlcvExport => "ohlcv-export",
            Self::ChartExport => "chart-export",
            Self::AccountExport => "account-export",
            Self::LlmAnalyst => "llm-analyst",
            Self::Notifier => "notifier",
        }
    }
}

/// A reference to work, never the work's data. Delivered at least once, in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Version of the envelope.
    pub v: u32,
    /// Who it is for.
    pub topic: Topic,
    /// The run.
    pub run_id: RunId,
    /// The steps to do, or those that ended.
    pub steps: Vec<StepId>,
}

/// Messages between functions.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Hands the message over, durably before it answers.
    async fn publish(&self, message: &Message) -> Result<(), StoreError>;
}
