use domain::report::Report;
use serde_json::{Value, json};

use crate::analyst::sample::{artifact, block};
use crate::testbed::{Answer, Vendor, seeded};
use crate::{Fault, Rule, Service};

/// The report's schema, cut down to what the sim looks at: keys, their order, closed objects.
const SCHEMA: &str = r#"{"type":"object","additionalProperties":false,"required":["issues","usable","observations","levels","parent_reason","parent_relation","outcome","scenarios","trend","bias","invalidation","confidence","summary"],"properties":{"issues":{"type":"array","items":{"type":"string"}},"usable":{"type":"string"},"observations":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["aspect","cites","says","leans"],"properties":{"aspect":{"type":"string"},"cites":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["ref","value"],"properties":{"ref":{"type":"string"},"value":{"type":"number"}}}},"says":{"type":"string"},"leans":{"type":"string"}}}},"levels":{"type":"array","items":{"type":"string"}},"parent_reason":{"type":"string"},"parent_relation":{"type":"string"},"outcome":{"type":"string"},"scenarios":{"type":"object","additionalProperties":false,"required":["up","down","p_up","p_down","p_neither"],"properties":{"up":{"type":"string"},"down":{"type":"string"},"p_up":{"type":"integer"},"p_down":{"type":"integer"},"p_neither":{"type":"integer"}}},"trend":{"type":"string"},"bias":{"type":"string"},"invalidation":{"type":"object","additionalProperties":false,"required":["reason","above","above_ref","below","below_ref","timeframe"],"properties":{"reason":{"type":"string"},"above":{"type":["number","null"]},"above_ref":{"type":"string"},"below":{"type":["number","null"]},"below_ref":{"type":"string"},"timeframe":{"type":"string"}}},"confidence":{"type":"integer"},"summary":{"type":"string"}}}"#;
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

fn body(model: &str, schema: &str) -> String {
    let parts = json!([
        { "type": "text", "text": block("ohlcv", &artifact()) },
        { "type": "text", "text": "Chart: trend, shape only" },
        { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{PIXEL}"), "detail": "high" } },
    ]);
    let messages =
        json!([{ "role": "system", "content": "You read markets." }, { "role": "user", "content": parts }]);
    // the schema's bytes go in as they are: a map would sort its keys
    format!(
        r#"{{"model":"{model}","messages":{messages},"max_completion_tokens":8000,"response_format":{{"type":"json_schema","json_schema":{{"name":"report","strict":true,"schema":{schema}}}}}}}"#
    )
}

async fn ask(vendor: &Vendor, body: &str) -> Answer {
    vendor.post("/v1/chat/completions", &[("authorization", "Bearer any")], body.to_owned()).await
}

fn vendor() -> Vendor {
    Vendor::new(Service::OpenAi, &seeded("2026-04-30T04:00:00Z"))
}

#[tokio::test]
async fn a_report_comes_in_the_shape_of_a_chat_completion() {
    let answer = ask(&vendor(), &body("rule-analyst", SCHEMA)).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let answer = answer.json();
    assert_eq!((&answer["object"], &answer["model"]), (&json!("chat.completion"), &json!("rule-analyst")));
    assert_eq!(answer["created"], json!(1_777_521_600));
    assert!(answer["id"].as_str().unwrap().starts_with("chatcmpl-"));
    let choice = &answer["choices"][0];
    assert_eq!((&choice["finish_reason"], &choice["message"]["refusal"]), (&json!("stop"), &Value::Null));
    let report: Report = serde_json::from_str(choice["message"]["content"].as_str().unwrap()).unwrap();
    assert_eq!(report.observations.len(), 6);
    let usage = &answer["usage"];
    let number = |key: &str| usage[key].as_u64().unwrap();
    // one tile: 85 + 170
    assert_eq!(usage["prompt_tokens_details"]["image_tokens"], json!(255));
    assert_eq!(number("total_tokens"), number("prompt_tokens") + number("completion_tokens"));
    assert!(number("prompt_tokens") > 1_000 && number("completion_tokens") > 300);
}

#[tokio::test]
async fn a_key_said_to_be_invalid_is_turned_away() {
    let key = [("authorization", "Bearer invalid-key")];
    let answer = vendor().post("/v1/chat/completions", &key, body("rule-analyst", SCHEMA)).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]["code"]), (401, &json!("invalid_api_key")));
}

#[tokio::test]
async fn a_schema_out_of_order_is_refused() {
    let sorted = serde_json::from_str::<Value>(SCHEMA).unwrap().to_string();
    for (schema, named) in [
        (sorted.as_str(), "'bias' where 'issues' belongs"),
        (
            &SCHEMA.replace(
                r#""says":{"type":"string"},"leans":{"type":"string"}"#,
                r#""leans":{"type":"string"},"says":{"type":"string"}"#,
            ),
            "observations[]",
        ),
        (&SCHEMA.replacen("\"additionalProperties\":false,", "", 1), "'additionalProperties'"),
    ] {
        let answer = ask(&vendor(), &body("rule-analyst", schema)).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]["type"]),
            (400, &json!("invalid_request_error"))
        );
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(named), "{message}");
    }
}

#[tokio::test]
async fn requests_the_vendor_would_refuse_are_refused() {
    let good = body("rule-analyst", SCHEMA);
    for (bad, status, param) in [
        (good.replace("\"model\":\"rule-analyst\"", "\"model\":\"gpt-9\""), 404, Value::Null),
        (good.replace("\"model\":\"rule-analyst\",", ""), 400, json!("model")),
        (good.replace("\"model\"", "\"stream\":true,\"model\""), 400, json!("stream")),
        (good.replace(PIXEL, "bm90IGEgcG5n"), 400, json!("messages[1].content[2]")),
        (good.replace("\"role\":\"system\"", "\"role\":\"oracle\""), 400, json!("messages[0].role")),
        (
            good.replace("\"name\":\"report\"", "\"name\":\"a report\""),
            400,
            json!("response_format.json_schema.name"),
        ),
        ("{".to_owned(), 400, Value::Null),
    ] {
        let answer = ask(&vendor(), &bad).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["error"]["param"]), (status, &param));
    }
}

#[tokio::test]
async fn modes_and_faults_reach_the_wire() {
    let shared = seeded("2026-04-30T04:00:00Z");
    let vendor = Vendor::new(Service::OpenAi, &shared);
    let mode = async |mode: &str| ask(&vendor, &body(&format!("rule-analyst:{mode}"), SCHEMA)).await;
    let limited = mode("429").await;
    assert_eq!(
        (limited.status.as_u16(), &limited.json()["error"]["code"]),
        (429, &json!("rate_limit_exceeded"))
    );
    assert_eq!(limited.headers["retry-after"], "1");
    assert_eq!(mode("500").await.status, 500);
    let html = mode("html").await;
    assert!(html.status == 502 && html.body.starts_with(b"<html>"));
    let choice = async |name: &str| mode(name).await.json()["choices"][0].clone();
    let refused = choice("refuse").await;
    assert!(refused["message"]["content"].is_null() && refused["message"]["refusal"].is_string());
    assert_eq!(choice("truncate").await["finish_reason"], "length");
    let short = body("rule-analyst", SCHEMA)
        .replace("\"max_completion_tokens\":8000", "\"max_completion_tokens\":100");
    let short = ask(&vendor, &short).await.json();
    assert_eq!(
        (&short["choices"][0]["finish_reason"], &short["usage"]["completion_tokens"]),
        (&json!("length"), &json!(100))
    );
    let tools = r#""tools":[{"type":"function","function":{"name":"get_candles","parameters":{}}}],"model""#;
    let asked = body("rule-analyst:endless_tools", SCHEMA).replacen("\"model\"", tools, 1);
    let call = ask(&vendor, &asked).await.json()["choices"][0].clone();
    assert_eq!(
        (&call["finish_reason"], &call["message"]["tool_calls"][0]["function"]["name"]),
        (&json!("tool_calls"), &json!("get_candles"))
    );
    shared.faults.inject(Rule::next(Service::OpenAi, Fault::QuotaExceeded));
    assert_eq!(mode("slow").await.json()["error"]["code"], "insufficient_quota");
}

/// A request that offers a tool, with these messages behind the user's.
fn offering(choice: &str, more: &Value) -> String {
    let mut request: Value = serde_json::from_str(&body("rule-analyst:endless_tools", SCHEMA)).unwrap();
    let parameters = json!({ "type": "object", "additionalProperties": false, "required": ["rows"],
                             "properties": { "rows": { "type": "integer" } } });
    let function =
        json!({ "name": "get_funding_rate", "description": "x", "strict": true, "parameters": parameters });
    request["tools"] = json!([{ "type": "function", "function": function }]);
    request["messages"].as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
    if !choice.is_empty() {
        request["tool_choice"] = json!(choice);
    }
    // no schema: a map would have sorted its keys
    request.as_object_mut().unwrap().remove("response_format");
    request.to_string()
}

#[tokio::test]
async fn calls_are_made_while_a_tool_is_offered_and_each_is_answered_before_the_next_word() {
    let vendor = vendor();
    let asked = ask(&vendor, &offering("", &json!([]))).await.json();
    let choice = &asked["choices"][0];
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    assert_eq!((&call["type"], &call["function"]["name"]), (&json!("function"), &json!("get_funding_rate")));
    let withdrawn = ask(&vendor, &offering("none", &json!([]))).await.json();
    assert_eq!(withdrawn["choices"][0]["finish_reason"], "stop");
    let calling = json!({ "role": "assistant", "content": null, "tool_calls": [call] });
    let told = |id: &Value| json!({ "role": "tool", "tool_call_id": id, "content": "{}" });
    let status = async |more: Value| ask(&vendor, &offering("", &more)).await.status.as_u16();
    assert_eq!(status(json!([calling, told(&call["id"])])).await, 200);
    for refused in [
        json!([calling]),
        json!([told(&call["id"])]),
        json!([calling, told(&json!("another"))]),
        json!([calling, { "role": "user", "content": "so?" }]),
        json!([{ "role": "assistant", "content": null }]),
    ] {
        assert_eq!(status(refused.clone()).await, 400, "{refused}");
    }
    let open = offering("", &json!([])).replace("\"additionalProperties\":false,", "");
    assert_eq!(ask(&vendor, &open).await.json()["error"]["code"], "invalid_function_parameters");
    let without = body("rule-analyst", SCHEMA).replacen('{', "{\"tool_choice\":\"none\",", 1);
    assert_eq!(ask(&vendor, &without).await.status.as_u16(), 400);
}
