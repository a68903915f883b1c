//! A chat completion request: what of it is understood, and what the vendor would refuse.

use axum::response::Response;
use serde_json::Value;
use serde_json::value::RawValue;

use super::ordered::Ordered;
use super::{image, schema};
use crate::analyst::{Mode, Prompt, Wanted};
use crate::faults::answer::json_answer;

/// A refusal with status 400, or 404 for a model that does not exist.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    status: u16,
    message: String,
    param: Option<String>,
    code: Option<&'static str>,
}

impl Invalid {
    fn new(message: impl Into<String>, param: &str) -> Self {
        Self { status: 400, message: message.into(), param: Some(param.to_owned()), code: None }
    }

    fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn response(&self) -> Response {
        let error = serde_json::json!({
            "message": self.message, "type": "invalid_request_error", "param": self.param, "code": self.code,
        });
        json_answer(self.status, &serde_json::json!({ "error": error }))
    }
}

/// The request, checked.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) prompt: Prompt,
    /// Tokens of text and of pictures.
    pub(crate) tokens: (u64, u64),
    /// Largest answer in tokens.
    pub(crate) max_tokens: Option<u64>,
}

#[derive(serde::Deserialize)]
struct SchemaBytes {
    #[serde(default)]
    response_format: Option<Format>,
}

#[derive(serde::Deserialize)]
struct Format {
    #[serde(default)]
    json_schema: Option<Named>,
}

#[derive(serde::Deserialize)]
struct Named {
    #[serde(default)]
    schema: Option<Box<RawValue>>,
}

impl Chat {
    pub(crate) fn read(body: &[u8]) -> Result<Self, Invalid> {
        let value: Value = serde_json::from_slice(body).map_err(|_| Invalid {
            status: 400,
            message: "We could not parse the JSON body of your request.".to_owned(),
            param: None,
            code: None,
        })?;
        let model = value["model"]
            .as_str()
            .ok_or_else(|| Invalid::new("you must provide a model parameter", "model"))?;
        let mode = Mode::named(model).ok_or_else(|| Invalid {
            status: 404,
            message: format!("The model `{model}` does not exist or you do not have access to it."),
            param: None,
            code: Some("model_not_found"),
        })?;
        if value["stream"].as_bool() == Some(true) {
            return Err(Invalid::new(
                "Unsupported value: 'stream' does not support true with this model.",
                "stream",
            )
            .code("unsupported_value"));
        }
        let mut messages = Messages::default();
        messages.read(&value["messages"])?;
        let wanted = wanted(&value["response_format"], body)?;
        let offered = tools(&value["tools"], body)?;
        let tools = chosen(&value["tool_choice"], offered)?;
        let schema_text = serde_json::to_string(&value["response_format"]).unwrap_or_default();
        let text_tokens = (messages.characters + schema_text.chars().count() as u64).div_ceil(4);
        let max_tokens = value["max_completion_tokens"].as_u64().or_else(|| value["max_tokens"].as_u64());
        let prompt = Prompt {
            mode,
            user: messages.user,
            answered: messages.answered,
            tool_results: messages.tool_results,
            answers: messages.answers,
            wanted,
            tools,
        };
        Ok(Self { prompt, tokens: (text_tokens, messages.image_tokens), max_tokens })
    }
}

#[derive(Default)]
struct Messages {
    user: String,
    answered: bool,
    tool_results: usize,
    /// What tools answered.
    answers: String,
    /// Ids of calls that are not answered yet.
    open: Vec<String>,
    characters: u64,
    image_tokens: u64,
}

impl Messages {
    fn read(&mut self, messages: &Value) -> Result<(), Invalid> {
        let list = messages.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| {
            Invalid::new(
                "Invalid 'messages': empty array. Expected an array with minimum length 1.",
                "messages",
            )
        })?;
        for (index, message) in list.iter().enumerate() {
            let param = format!("messages[{index}]");
            match message["role"].as_str() {
                Some("system" | "developer" | "user" | "assistant" | "tool") => {}
                _ => return Err(Invalid::new("Invalid value for 'role'.", &format!("{param}.role"))),
            }
            let role = message["role"].as_str().unwrap_or_default();
            self.calls(role, message, &param)?;
            self.answered |= role == "assistant" && message["content"].is_string();
            self.tool_results += usize::from(role == "tool");
            match &message["content"] {
                Value::String(text) => self.text(role, text),
                Value::Array(parts) => {
                    for (at, part) in parts.iter().enumerate() {
                        self.part(role, part, &format!("{param}.content[{at}]"))?;
                    }
                }
                Value::Null if role == "assistant" && message["tool_calls"].is_array() => {}
                _ => return Err(Invalid::new("Invalid type for 'content'.", &format!("{param}.content"))),
            }
        }
        self.unanswered("messages")
    }

    /// Every call is answered, each by its id, before anything else is said.
    fn calls(&mut self, role: &str, message: &Value, param: &str) -> Result<(), Invalid> {
        if role == "tool" {
            let id = message["tool_call_id"].as_str().unwrap_or_default();
            let place = self.open.iter().position(|open| open == id);
            let stray =
                "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
            let place = place.ok_or_else(|| Invalid::new(stray, &format!("{param}.role")))?;
            self.open.remove(place);
            return Ok(());
        }
        self.unanswered(param)?;
        let calls = message["tool_calls"].as_array().filter(|_| role == "assistant");
        for (at, call) in calls.into_iter().flatten().enumerate() {
            let (id, function) = (call["id"].as_str(), &call["function"]);
            let is_text = |key: &str| function[key].as_str().is_some();
            let name = function["name"].as_str().unwrap_or_default();
            let is_whole = call["type"] == "function" && is_text("arguments") && is_name(name);
            let id = id.filter(|id| is_whole && !id.is_empty() && self.open.iter().all(|open| open != id));
            let invalid = || Invalid::new("Invalid tool call.", &format!("{param}.tool_calls[{at}]"));
            self.open.push(id.ok_or_else(invalid)?.to_owned());
        }
        Ok(())
    }

    fn unanswered(&self, param: &str) -> Result<(), Invalid> {
        match self.open.as_slice() {
            [] => Ok(()),
            open => {
                let text = format!(
                    "An assistant message with 'tool_calls' must be followed by tool messages responding to each \
                     'tool_call_id'. The following tool_call_ids did not have response messages: {}",
                    open.join(", ")
                );
                Err(Invalid::new(text, param))
            }
        }
    }

    fn text(&mut self, role: &str, text: &str) {
        self.characters += text.chars().count() as u64;
        let kept = match role {
            "user" => &mut self.user,
            "tool" => &mut self.answers,
            _ => return,
        };
        kept.push_str(text);
        kept.push('\n');
    }

    fn part(&mut self, role: &str, part: &Value, param: &str) -> Result<(), Invalid> {
        match part["type"].as_str() {
            Some("text") => {
                let text = part["text"].as_str().ok_or_else(|| Invalid::new("Missing 'text'.", param))?;
                self.text(role, text);
            }
            Some("image_url") if role == "user" => {
                let url = part["image_url"]["url"]
                    .as_str()
                    .or_else(|| part["image_url"].as_str())
                    .unwrap_or_default();
                let size =
                    image::size(url).map_err(|error| Invalid::new(error, param).code("invalid_image"))?;
                self.image_tokens += image::tokens(size, part["image_url"]["detail"].as_str());
            }
            _ => return Err(Invalid::new("Invalid value for 'type'.", &format!("{param}.type"))),
        }
        Ok(())
    }
}

fn wanted(format: &Value, body: &[u8]) -> Result<Wanted, Invalid> {
    match format["type"].as_str() {
        None | Some("text") => Ok(Wanted::Text),
        Some("json_object") => Ok(Wanted::Json),
        Some("json_schema") => {
            let json_schema = &format["json_schema"];
            let name = json_schema["name"].as_str().unwrap_or_default();
            let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            if name.is_empty() || name.len() > 64 || !letters {
                let param = "response_format.json_schema.name";
                return Err(Invalid::new(
                    format!("Invalid '{param}': expected ^[a-zA-Z0-9_-]{{1,64}}$."),
                    param,
                ));
            }
            let schema = ordered_schema(body).ok_or_else(|| {
                Invalid::new(
                    "Missing required parameter: 'response_format.json_schema.schema'.",
                    "response_format",
                )
            })?;
            if json_schema["strict"].as_bool() == Some(true)
                && let Some(found) = schema::complaint(name, &schema)
            {
                let message = format!("Invalid schema for response_format '{name}': {found}.");
                return Err(Invalid::new(message, "response_format"));
            }
            Ok(Wanted::Schema { name: name.to_owned(), schema })
        }
        Some(other) => Err(Invalid::new(format!("Invalid value: '{other}'."), "response_format.type")),
    }
}

/// The schema with its keys in the order they were sent.
fn ordered_schema(body: &[u8]) -> Option<Ordered> {
    let sent: SchemaBytes = serde_json::from_slice(body).ok()?;
    serde_json::from_str(sent.response_format?.json_schema?.schema?.get()).ok()
}

#[derive(serde::Deserialize)]
struct ToolBytes {
    #[serde(default)]
    tools: Vec<ToolSent>,
}

#[derive(serde::Deserialize)]
struct ToolSent {
    #[serde(default)]
    function: Option<FunctionSent>,
}

#[derive(serde::Deserialize)]
struct FunctionSent {
    #[serde(default)]
    parameters: Option<Box<RawValue>>,
}

/// Names of the functions offered; a strict one has a strict schema.
fn tools(tools: &Value, body: &[u8]) -> Result<Vec<String>, Invalid> {
    let list = tools.as_array().map(Vec::as_slice).unwrap_or_default();
    // the schemas with their keys in the order they were sent
    let sent: ToolBytes = serde_json::from_slice(body).unwrap_or(ToolBytes { tools: Vec::new() });
    let mut names: Vec<String> = Vec::new();
    for (index, tool) in list.iter().enumerate() {
        let param = format!("tools[{index}]");
        if tool["type"] != "function" {
            return Err(Invalid::new("Invalid value for 'type'.", &format!("{param}.type")));
        }
        let name = tool["function"]["name"].as_str().unwrap_or_default();
        if name.is_empty() {
            return Err(Invalid::new("Missing required parameter: 'function.name'.", &param));
        }
        if !is_name(name) || names.iter().any(|known| known == name) {
            let text = "Invalid 'function.name': expected ^[a-zA-Z0-9_-]{1,64}$, each once.";
            return Err(Invalid::new(text, &format!("{param}.function.name")));
        }
        let function = sent.tools.get(index).and_then(|tool| tool.function.as_ref());
        let schema = function.and_then(|function| function.parameters.as_ref());
        let schema: Option<Ordered> = schema.and_then(|raw| serde_json::from_str(raw.get()).ok());
        if tool["function"]["strict"].as_bool() == Some(true)
            && let Some(found) = schema
                .as_ref()
                .map_or_else(|| Some("no schema".to_owned()), |schema| schema::complaint(name, schema))
        {
            let text = format!("Invalid schema for function '{name}': {found}.");
            return Err(Invalid::new(text, &format!("{param}.function.parameters"))
                .code("invalid_function_parameters"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

/// The functions that may be called.
fn chosen(choice: &Value, offered: Vec<String>) -> Result<Vec<String>, Invalid> {
    match choice {
        Value::Null => Ok(offered),
        Value::String(word) if !offered.is_empty() => match word.as_str() {
            "none" => Ok(Vec::new()),
            "auto" | "required" => Ok(offered),
            _ => Err(Invalid::new("Invalid value for 'tool_choice'.", "tool_choice")),
        },
        _ => Err(Invalid::new("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")),
    }
}
