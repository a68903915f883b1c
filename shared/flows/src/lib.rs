//! Flow definitions as data, and the coordinator's state machine: pure, without I/O or clock.

mod definition;
mod machine;
mod plan;

pub use definition::{Decision, Flow, Reading, UnknownFlow};
pub use machine::{Command, Ending, Progress, State, advance};
pub use plan::{Plan, Planned, StepKind, account_step, recommendation_step, report_step};
