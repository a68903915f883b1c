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
        let tools = tools(&value["tools"])?;
        let schema_text = serde_json::to_string(&value["response_format"]).unwrap_or_default();
        let text_tokens = (messages.characters + schema_text.chars().count() as u64).div_ceil(4);
        let max_tokens = value["max_completion_tokens"].as_u64().or_else(|| value["max_tokens"].as_u64());
        let prompt = Prompt {
            mode,
            user: messages.user,
            answered: messages.answered,
            tool_results: messages.tool_results,
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
            self.answered |= role == "assistant" && message["content"].is_string();
            self.tool_results += usize::from(role == "tool");
            match &message["content"] {
                Value::String(text) => self.text(role, text),
                Value::Array(parts) => {
                    for (at, part) in parts.iter().enumerate() {
                        self.part(role, part, &format!("{param}.content[{at}]"))?;
                    }
                }
                Value::Null if role == "assistant" => {}
                _ => return Err(Invalid::new("Invalid type for 'content'.", &format!("{param}.content"))),
            }
        }
        Ok(())
    }

    fn text(&mut self, role: &str, text: &str) {
        self.characters += text.chars().count() as u64;
        if role == "user" {
            self.user.push_str(text);
            self.user.push('\n');
        }
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

fn tools(tools: &Value) -> Result<Vec<String>, Invalid> {
    let list = tools.as_array().map(Vec::as_slice).unwrap_or_default();
    let name = |(index, tool): (usize, &Value)| {
        let name = tool["function"]["name"].as_str().filter(|name| !name.is_empty());
        let missing =
            || Invalid::new("Missing required parameter: 'function.name'.", &format!("tools[{index}]"));
        name.map(str::to_owned).ok_or_else(missing)
    };
    list.iter().enumerate().map(name).collect()
}
