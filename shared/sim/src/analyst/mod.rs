//! The rule analyst: reads the request and nothing else, and answers the schema it is asked for.
//!
//! Its rules are a plain reading of computed figures, not a forecast that anyone should trade on. With a mode
//! (`rule-analyst:MODE`) it misbehaves in one way, so that what must survive a bad model can be tested.

mod abstain;
mod advice;
mod asked;
mod brief;
#[cfg(test)]
mod contract;
mod english;
mod figures;
mod minimal;
mod mode;
mod observe;
mod outlook;
mod repair;
mod report;
mod russian;
#[cfg(test)]
pub(crate) mod sample;
mod scenarios;
mod spoil;
#[cfg(test)]
mod tests;
mod verdict;
mod voice;

pub(crate) use mode::Mode;

use crate::openai::ordered::Ordered;
use brief::Brief;

/// What is asked, as the analyst is given it.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) mode: Mode,
    /// All texts of the user's messages.
    pub(crate) user: String,
    /// Whether an earlier answer stands among the messages.
    pub(crate) answered: bool,
    /// Tool results among the messages.
    pub(crate) tool_results: usize,
    /// Their texts.
    pub(crate) answers: String,
    /// The form of the answer.
    pub(crate) wanted: Wanted,
    /// Names of the tools offered.
    pub(crate) tools: Vec<String>,
}

/// The form of the answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Wanted {
    /// Free text; a fenced schema still counts.
    Text,
    /// JSON by a schema fenced in the prompt.
    Json,
    /// JSON by this schema.
    Schema { name: String, schema: Ordered },
}

/// What comes back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// The answer.
    Text(String),
    /// The answer as far as the tokens went.
    CutOff(String),
    /// A refusal.
    Refusal(String),
    /// Calls of tools, name and arguments.
    ToolCalls(Vec<(String, String)>),
}

/// Rounds after which even an endless asker has made its point: far over what any caller should allow.
const ROUNDS: usize = 1_000;

/// The answer to `prompt`.
pub(crate) fn answer(prompt: &Prompt) -> Reply {
    if let Some((tool, calls)) = prompt.tools.first().zip(tool_calls(prompt)) {
        return Reply::ToolCalls(vec![(tool.clone(), calls)]);
    }
    if prompt.mode == Mode::Refuse {
        return Reply::Refusal("I'm sorry, but I can't help with that.".to_owned());
    }
    let brief = Brief::read(&prompt.user, &prompt.answers);
    if prompt.tool_results == 0 {
        let calls = asked::calls(&brief, &prompt.tools);
        if !calls.is_empty() {
            return Reply::ToolCalls(calls);
        }
    }
    let (name, schema) = match &prompt.wanted {
        Wanted::Schema { name, schema } => (Some(name.as_str()), Some(schema)),
        Wanted::Text | Wanted::Json => match &brief.schema {
            Some((name, schema)) => (Some(name.as_str()), Some(schema)),
            None => (None, None),
        },
    };
    match (name, schema) {
        (Some("repair"), _) if !brief.sources.is_empty() => Reply::Text(advice::repair(&brief, prompt.mode)),
        (Some("recommendation"), _) => {
            spoil::delivered(&advice::answer(&brief, prompt.mode), prompt, advice::broken)
        }
        (Some("repair"), _) => Reply::Text(repair::answer(&brief, prompt.mode)),
        (Some("report"), _) => spoil::delivered(&report::answer(&brief, prompt.mode), prompt, spoil::broken),
        (_, Some(schema)) => Reply::Text(minimal::value(schema)),
        _ if prompt.wanted == Wanted::Json => Reply::Text("{}".to_owned()),
        _ => Reply::Text(
            "This analyst reads market data by rules and answers in the form it is given.".to_owned(),
        ),
    }
}

/// Arguments for the first tool, if this mode calls it now.
fn tool_calls(prompt: &Prompt) -> Option<String> {
    match prompt.mode {
        Mode::EndlessTools if prompt.tool_results < ROUNDS => Some("{}".to_owned()),
        Mode::BadToolArgs if prompt.tool_results == 0 => {
            Some(r#"{"symbol": "BTCUSDT", "timeframe": "#.to_owned())
        }
        _ => None,
    }
}
