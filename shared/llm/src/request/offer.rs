use serde_json::value::RawValue;

use super::RequestError;
use crate::tools::{CATALOGUE, ToolLimits};
use crate::{ModelProfile, Prompt};

/// The tools that a request offers and what is said of them, or none.
pub(super) struct Offer(pub(super) Option<(String, Box<RawValue>)>);

/// Whether a request offers tools: where they are wanted, and both model and prompt know of them.
pub fn offers_tools(prompt: &Prompt, profile: &ModelProfile, wanted: bool) -> bool {
    wanted && profile.capabilities.tools && prompt.speaks_of_tools()
}

pub(super) fn offer(prompt: &Prompt, profile: &ModelProfile, wanted: bool) -> Result<Offer, RequestError> {
    if !offers_tools(prompt, profile, wanted) {
        return Ok(Offer(None));
    }
    let tools = RawValue::from_string(CATALOGUE.to_owned()).map_err(RequestError::Json)?;
    Ok(Offer(Some((prompt.tools(&ToolLimits::OF_A_STEP)?, tools))))
}

impl Offer {
    /// The system message with what is said of the tools behind it.
    pub(super) fn behind(&self, system: String) -> String {
        match &self.0 {
            None => system,
            Some((text, _)) => format!("{system}\n\n{text}"),
        }
    }
}
