//! Answers that stand in for the true one, in each vendor's words.

use std::io::Write;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::Fault;
use crate::Service;
use crate::bybit::TOO_FREQUENT;

/// An answer of JSON.
pub(crate) fn json_answer(status: u16, value: &Value) -> Response {
    plain(status, "application/json", value.to_string().into_bytes())
}

/// An answer of bytes.
pub(crate) fn plain(status: u16, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

pub(crate) fn with_retry_after(mut answer: Response, seconds: u32) -> Response {
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Attention Required</title></head>\n\
    <body><h1>Request blocked</h1><p>The owner of this website has banned your access.</p></body></html>\n";

/// What the content network in front of Bybit shows to addresses of some countries.
const COUNTRY: &str = "<!DOCTYPE HTML>\n<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD>\n\
    <BODY><H1>403 ERROR</H1>The Amazon CloudFront distribution is configured to block access from your country.\
    </BODY></HTML>\n";

pub(super) fn of(fault: &Fault, service: Service) -> Option<Response> {
    Some(match fault {
        Fault::TooManyRequests { retry_after_s } => limited(service, *retry_after_s),
        Fault::QuotaExceeded => quota(service),
        Fault::Banned { .. } if service == Service::Bybit => plain(403, "text/plain", TOO_FREQUENT.to_vec()),
        Fault::Banned { retry_after_s } => {
            let text = "Way too much request weight used; IP banned until 1795305600000. Please use WebSocket Streams for live updates to avoid bans.";
            with_retry_after(json_answer(418, &json!({ "code": -1003, "msg": text })), *retry_after_s)
        }
        Fault::Restricted if service == Service::Bybit => plain(403, "text/html", COUNTRY.into()),
        Fault::Restricted => {
            let text = "Service unavailable from a restricted location according to 'b. Eligibility' in https://www.binance.com/en/terms. Please contact customer service if you believe you received this message in error.";
            json_answer(451, &json!({ "code": 0, "msg": text }))
        }
        Fault::ServerError(status) => broken(service, *status),
        Fault::Firewall => plain(403, "text/html", PAGE.into()),
        Fault::ResolutionLimit { size: (width, height) } => {
            message(403, &format!("Exceed Max Usage Resolution Limit ({width}x{height})"))
        }
        Fault::ParameterLimit(limit) => message(403, &format!("Exceed Max Usage Parameter Limit ({limit})")),
        Fault::Unprocessable(text) => message(422, text),
        Fault::EmptyArray if service == Service::Bybit => {
            bybit(200, 0, "OK", &json!({ "category": "spot", "symbol": "", "list": [] }))
        }
        Fault::EmptyArray => json_answer(200, &json!([])),
        Fault::Page => plain(200, "text/html", PAGE.into()),
        Fault::Answer { status, headers, body } => scripted(*status, headers, body),
        Fault::Redirect(to) => scripted(307, &[("location".to_owned(), to.clone())], b""),
        Fault::GzipBomb { unpacked } => {
            let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
            scripted(200, &headers.map(|(k, v)| (k.to_owned(), v.to_owned())), &bomb(*unpacked))
        }
        Fault::Cut { .. }
        | Fault::Truncated { .. }
        | Fault::Trickle { .. }
        | Fault::Delay(_)
        | Fault::Held(_)
        | Fault::Hang => {
            return None;
        }
    })
}

/// An error of the chart vendor.
pub(crate) fn message(status: u16, text: &str) -> Response {
    json_answer(status, &json!({ "message": text }))
}

fn limited(service: Service, retry_after_s: u32) -> Response {
    match service {
        Service::Binance => {
            let text = "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.";
            with_retry_after(json_answer(429, &json!({ "code": -1003, "msg": text })), retry_after_s)
        }
        // counted by the second, and said with 200
        Service::Bybit => bybit(200, 10_006, "Too many visits!", &json!({})),
        // the chart vendor names no time
        Service::ChartImg => message(429, "Too Many Requests"),
        Service::OpenAi => {
            let answer =
                openai_error(429, "Rate limit reached for requests", "requests", "rate_limit_exceeded");
            with_retry_after(answer, retry_after_s)
        }
        Service::Telegram => {
            let text = format!("Too Many Requests: retry after {retry_after_s}");
            let parameters = json!({ "retry_after": retry_after_s });
            json_answer(
                429,
                &json!({ "ok": false, "error_code": 429, "description": text, "parameters": parameters }),
            )
        }
        Service::Webhook | Service::Slack | Service::Mail => {
            with_retry_after(plain(429, "text/plain", b"rate_limited".to_vec()), retry_after_s)
        }
    }
}

fn quota(service: Service) -> Response {
    match service {
        Service::ChartImg => message(429, "Limit Exceeded"),
        Service::OpenAi => {
            let text = "You exceeded your current quota, please check your plan and billing details.";
            openai_error(429, text, "insufficient_quota", "insufficient_quota")
        }
        Service::Binance
        | Service::Bybit
        | Service::Telegram
        | Service::Webhook
        | Service::Slack
        | Service::Mail => limited(service, 3_600),
    }
}

fn broken(service: Service, status: u16) -> Response {
    match service {
        Service::Binance => json_answer(
            status,
            &json!({ "code": -1000, "msg": "An unknown error occurred while processing the request." }),
        ),
        Service::Bybit => bybit(status, 10_016, "Server error.", &json!({})),
        Service::ChartImg => message(status, "Internal Server Error"),
        Service::OpenAi => {
            let text = "The server had an error while processing your request. Sorry about that!";
            openai_error(status, text, "server_error", "server_error")
        }
        Service::Telegram => json_answer(
            status,
            &json!({ "ok": false, "error_code": status, "description": "Internal Server Error" }),
        ),
        Service::Webhook | Service::Slack | Service::Mail => {
            plain(status, "text/plain", b"rollup_error".to_vec())
        }
    }
}

/// An error object of the model's vendor.
pub(crate) fn openai_error(status: u16, message: &str, kind: &str, code: &str) -> Response {
    let error = json!({ "message": message, "type": kind, "param": null, "code": code });
    json_answer(status, &json!({ "error": error }))
}

/// An answer in the other exchange's envelope.
fn bybit(status: u16, code: i64, text: &str, result: &Value) -> Response {
    json_answer(
        status,
        &json!({ "retCode": code, "retMsg": text, "result": result, "retExtInfo": {}, "time": 0 }),
    )
}

fn scripted(status: u16, headers: &[(String, String)], body: &[u8]) -> Response {
    let mut answer = Response::new(Body::from(body.to_vec()));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// A JSON string of zeros, packed.
fn bomb(unpacked: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = [b'0'; 64 * 1024];
    let mut left = unpacked.saturating_sub(2);
    // writing to a vector cannot fail
    let mut write = |bytes: &[u8]| packer.write_all(bytes).unwrap_or_default();
    write(b"\"");
    while left > 0 {
        let part = left.min(zeros.len());
        write(&zeros[..part]);
        left -= part;
    }
    write(b"\"");
    packer.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_bomb_is_small_until_it_is_unpacked() {
        let packed = bomb(1 << 20);
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        assert!(packed.len() < 4_096 && text.len() == 1 << 20);
        assert!(serde_json::from_str::<String>(&text).is_ok());
    }
}
