//! The language model: prompts, model profiles, the client, the checks on what came back.
//!
//! A call goes through these steps, each of them a function of bytes but the one that sends:
//!
//! 1. [`Prompt`] and [`ModelProfile`] are read from their files and named by their content.
//! 2. [`request::build`] writes the request: the bytes that are hashed, stored and sent.
//! 3. [`ModelClient::call`] sends them and gives back a [`RawAnswer`], which is stored before it is read.
//! 4. [`parse::said`] takes the text, the usage and the cost out of it, or the calls of [`tools`], or says what became of
//!    the call. Calls are answered by [`request::build_tool_round`].
//! 5. [`checks::check`] holds every number of the answer against the data; [`request::build_repair`] asks once
//!    for what is wrong, and [`repair::apply`] takes the corrections that were asked for. What stays wrong is
//!    marked, never dropped.
//!
//! # Prompt files
//!
//! `<task>[.variant].prompt`: TOML front matter between two `+++` lines ([`FrontMatter`]), then the text, in
//! which a line that starts with `@` is a directive:
//!
//! | line | meaning |
//! |---|---|
//! | `@system` | the system message starts; equal for all symbols, so it takes no variable |
//! | `@user` | the user message starts |
//! | `@include NAME` | the partial file `NAME` stands here |
//! | `@data` | once, in the user message: here stand the parent, the candles and the charts |
//! | `@repair` | what is said beside the list of corrections; `_repair.prompt` if left out |
//! | `@again` | what is said of an answer that cannot be read; `_again.prompt` if left out |
//! | `@chart` | the caption of a chart; `_chart.prompt` if left out |
//! | `@tools` | what is said of tools, behind the system message, where they are offered; none are if left out |
//!
//! The user text is a template (`{{ symbol }}`, `{% if has_parent %}`) over `symbol`, `timeframe`, `as_of`,
//! `language`, `tag`, `has_parent`, `parent_timeframe` and `charts` (their number). An unknown variable is an
//! error, not an empty string. `@repair` knows `tag`, `@again` knows `error`, `@chart` knows `provider`, `template`,
//! `panes`, `timeframe` and `last_bar`, `@tools` knows `rounds` and `calls`.
//!
//! A catalog pins a prompt as one file, [`Prompt::whole`], with its partials in their places, and a prompt's id is the
//! hash of those bytes.

pub mod checks;
mod client;
mod defaults;
mod models;
mod parent;
pub mod parse;
mod prompts;
pub mod repair;
pub mod request;
pub mod schemas;
mod sources;
mod toml_error;
pub mod tools;
mod wire;

pub use client::{ModelClient, RawAnswer};
pub use defaults::defaults;
pub use models::{
    AdmitError, Capabilities, KeyHosts, Limits, ModelProfile, Models, ModelsError, Parameters, Prices,
    Structure, TokensField, admit,
};
pub use parent::ParentReport;
pub use parse::{Answer, CallError, Said, Usage};
pub use prompts::{FrontMatter, Prompt, PromptError};
pub use sources::{SourceGiven, Terms};
