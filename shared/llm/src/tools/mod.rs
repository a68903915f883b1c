//! The tools a model may call: a fixed catalogue with strict schemas, the calls that came back, their arguments.
//!
//! Catalogue and limits are constants of a version and are set before any text is read: nothing that a model or a source
//! says can add a tool, widen a schema or move a limit.

mod arguments;
mod call;
mod catalogue;

pub use arguments::{Anchor, Arguments, Method, Period, Refusal, Setting};
pub(crate) use call::Repeated;
pub use call::ToolCall;
pub use catalogue::CATALOGUE;

/// How much a step may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolLimits {
    /// Requests in which tools are offered.
    pub rounds: u32,
    /// Calls that are carried out, repeated ones aside.
    pub calls: u32,
    /// Bytes of all answers, as they stand in a request.
    pub bytes: usize,
}

impl ToolLimits {
    /// Those of every step.
    pub const OF_A_STEP: Self = Self { rounds: 6, calls: 12, bytes: 200_000 };
}

/// Calls of one message that are answered; what stands behind them is dropped with the message.
pub const CALLS_OF_A_ROUND: usize = 16;

/// Bytes of a call's arguments that are read.
pub const LONGEST_ARGUMENTS: usize = 1024;

/// What the calls of a step and their answers add to a request at most, tokens as
/// [`token_bound`](crate::request::token_bound) counts them: the answers, and every call repeated.
pub const TOOL_TOKENS: u64 = 200_000 + call::ECHO_TOKENS;
