use super::*;
use crate::Models;

fn profile(name: &str) -> ModelProfile {
    let text = crate::defaults().iter().find(|(file, _)| *file == "models.toml").unwrap().1;
    Models::parse(text).unwrap().profile(name).unwrap().clone()
}

fn raw(status: u16, body: &str) -> RawAnswer {
    RawAnswer { status, retry_after: Some(7), body: body.into() }
}

fn read(status: u16, body: &str) -> Result<Answer, CallError> {
    answer(&raw(status, body), &profile("openai"))
}

const GOOD: &str = r#"{"id":"x","model":"gpt-6.1-terra-2026-10-01","choices":[{"index":0,"finish_reason":"stop",
    "message":{"role":"assistant","content":"{}","refusal":null}}],"usage":{"prompt_tokens":10000,
    "completion_tokens":2000,"total_tokens":12000,
    "prompt_tokens_details":{"cached_tokens":2000,"cache_write_tokens":1000,"image_tokens":1500},
    "completion_tokens_details":{"reasoning_tokens":700}}}"#;

#[test]
fn an_answer_has_its_usage_and_its_cost() {
    let got = read(200, GOOD).unwrap();
    assert_eq!((got.text.as_str(), got.model.as_str()), ("{}", "gpt-6.1-terra-2026-10-01"));
    let usage = Usage {
        prompt: 10_000,
        completion: 2_000,
        cached: 2_000,
        cache_write: 1_000,
        reasoning: 700,
        image: 1_500,
    };
    assert_eq!(got.usage, usage);
    // (7000 x 1 + 2000 x 0.05 + 1000 x 1.25 + 2000 x 5) / 1,000,000
    assert_eq!(got.cost_usd, Decimal::from_str_exact("0.01835").unwrap());
}

#[test]
fn a_count_that_cannot_be_is_no_count() {
    let openai = profile("openai");
    for (told, lie) in [
        ("\"prompt_tokens\":10000", "\"prompt_tokens\":18446744073709551615"),
        ("\"prompt_tokens\":10000", "\"prompt_tokens\":1e300"),
        ("\"prompt_tokens\":10000", "\"prompt_tokens\":-1"),
        ("\"prompt_tokens\":10000", "\"prompt_tokens\":\"10000\""),
        ("\"completion_tokens\":2000,", ""),
        ("\"completion_tokens\":2000", "\"completion_tokens\":10000001"),
        ("\"cached_tokens\":2000", "\"cached_tokens\":18446744073709551616"),
        ("\"reasoning_tokens\":700", "\"reasoning_tokens\":10000001"),
    ] {
        let body = GOOD.replace(told, lie);
        assert_ne!(body, GOOD, "{told}");
        assert_eq!(spent(&raw(200, &body), &openai), None, "{lie}");
        let got = read(200, &body).unwrap();
        assert_eq!((got.text.as_str(), got.usage, got.cost_usd), ("{}", Usage::default(), Decimal::ZERO));
    }
    // an answer longer than was asked for is dear, not absurd: 10,000,000 x 5 / 1,000,000, and the request's 0.00835
    let long = GOOD.replace("\"completion_tokens\":2000", "\"completion_tokens\":10000000");
    assert_eq!(spent(&raw(200, &long), &openai).unwrap().1, Decimal::from_str_exact("50.00835").unwrap());
    let brief = GOOD.replace("\"cached_tokens\":2000", "\"cached_tokens\":null");
    assert_eq!(read(200, &brief).unwrap().usage.cached, 0);
}

#[test]
fn a_refusal_and_a_cut_off_answer_are_told_apart_and_paid_for() {
    let refused =
        r#"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot."}}]}"#;
    assert_eq!(read(200, refused), Err(CallError::Refused("I cannot.".into())));
    let cut = GOOD.replace("\"stop\"", "\"length\"");
    assert_eq!(read(200, &cut), Err(CallError::CutOff));
    let filtered = GOOD.replace("\"stop\"", "\"content_filter\"");
    assert!(matches!(read(200, &filtered), Err(CallError::Refused(_))));
    assert_eq!(
        spent(&raw(200, &cut), &profile("openai")).unwrap().1,
        Decimal::from_str_exact("0.01835").unwrap()
    );
}

#[test]
fn the_two_kinds_of_429_are_two_decisions() {
    let limit = r#"{"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}}"#;
    let wait = CallError::RateLimited { retry_after: Some(Duration::from_secs(7)) };
    assert_eq!(read(429, limit), Err(wait.clone()));
    assert_eq!(read(429, "<html>"), Err(wait));
    let quota = r#"{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    assert_eq!(read(429, quota), Err(CallError::QuotaExhausted));
}

#[test]
fn other_statuses_are_decisions_too() {
    assert_eq!(
        read(401, r#"{"error":{"message":"Incorrect API key provided: sk-canary"}}"#),
        Err(CallError::Unauthorized)
    );
    assert!(!CallError::Unauthorized.to_string().contains("canary"));
    assert!(matches!(read(503, "<html>"), Err(CallError::Unavailable { status: 503, .. })));
    let bad = read(400, r#"{"error":{"message":"Invalid\nschema","code":"invalid_request_error"}}"#);
    assert_eq!(bad, Err(CallError::Rejected { status: 400, message: "Invalid schema".into() }));
    assert!(matches!(read(307, ""), Err(CallError::Rejected { status: 307, .. })));
    assert_eq!(read(200, "<html>hello</html>"), Err(CallError::NotJson));
    assert_eq!(read(200, r#"{"choices":[]}"#), Err(CallError::Empty));
    let late = read(200, r#"{"error":{"message":"x","code":429}}"#);
    assert!(matches!(late, Err(CallError::RateLimited { .. })));
}

#[test]
fn what_compatible_servers_do_is_taken() {
    let parts = r#"{"choices":[{"message":{"content":[{"type":"text","text":"{\"a\":"},{"type":"text","text":"1}"}]}}]}"#;
    let got = answer(&raw(200, parts), &profile("local")).unwrap();
    assert_eq!((got.text.as_str(), got.model.as_str()), ("{\"a\":1}", "qwen3-vl:8b"));
    assert_eq!(got.usage, Usage::default());
    let mut plain = profile("local");
    plain.capabilities.structure = Structure::Prompt;
    let fenced = r#"{"choices":[{"message":{"content":"```json\n{}\n```"}}]}"#;
    assert_eq!(answer(&raw(200, fenced), &plain).unwrap().text, "{}");
}

#[test]
fn no_body_makes_it_panic() {
    let (openai, local) = (profile("openai"), profile("local"));
    bolero::check!().for_each(|bytes: &[u8]| {
        let [high, low, length, with @ ..] = bytes else { return };
        let at = usize::from(u16::from_be_bytes([*high, *low])) % GOOD.len();
        let end = GOOD.len().min(at + usize::from(*length));
        let spliced = [&GOOD.as_bytes()[..at], with, &GOOD.as_bytes()[end..]].concat();
        for status in [200, 400, 429] {
            for body in [bytes, &spliced] {
                let raw = RawAnswer { status, retry_after: None, body: String::from_utf8_lossy(body).into() };
                let _ = answer(&raw, &openai);
                let _ = spent(&raw, &local);
            }
        }
    });
}

#[test]
fn a_failure_says_what_to_do_and_promises_nothing() {
    let none = || None;
    for error in [
        CallError::Refused("no".into()),
        CallError::CutOff,
        CallError::Empty,
        CallError::RateLimited { retry_after: none() },
        CallError::QuotaExhausted,
        CallError::Unavailable { status: 503, retry_after: none() },
        CallError::Unauthorized,
        CallError::Rejected { status: 400, message: "no".into() },
        CallError::NotJson,
        CallError::TooLarge,
        CallError::Timeout,
        CallError::NotSent("refused".into()),
        CallError::Unreachable("reset".into()),
    ] {
        let text = error.to_string();
        let (_, advice) = text.split_once("; ").unwrap_or_else(|| panic!("no advice: {text}"));
        let starts = ["resume", "raise", "check", "name", "add"];
        assert!(starts.iter().any(|start| advice.starts_with(start)), "{text}");
        assert!(!["repeated", "once more", "later"].iter().any(|word| text.contains(word)), "{text}");
    }
}
