use std::time::Duration;

use super::wire::Answer;
use super::{Sent, TelegramError};
use crate::text::{capped, plain};

/// Seconds to wait where an answer names none.
const DEFAULT_WAIT: u32 = 5;

/// What an answer means. `retry_after` is the header's value.
pub(super) fn answer(status: u16, retry_after: Option<&str>, body: &[u8]) -> Result<Sent, TelegramError> {
    let parsed: Option<Answer> = serde_json::from_slice(body).ok();
    if let Some(Answer { ok: true, result: Some(sent), .. }) = parsed {
        return Ok(Sent { message_id: sent.message_id });
    }
    let error = parsed.as_ref().filter(|answer| !answer.ok);
    let code = error.and_then(|answer| answer.error_code).unwrap_or(status);
    let parameters = error.and_then(|answer| answer.parameters.as_ref());
    let description = error.and_then(|answer| answer.description.as_deref()).unwrap_or("no reason given");
    let description = capped(&plain(description), 200);
    Err(match code {
        429 => {
            let named = parameters.and_then(|parameters| parameters.retry_after);
            let seconds = named.or_else(|| retry_after?.trim().parse().ok()).unwrap_or(DEFAULT_WAIT);
            TelegramError::RateLimited { retry_after: Duration::from_secs(u64::from(seconds)) }
        }
        // an unknown token has no such path
        401 | 404 => TelegramError::Unauthorized,
        403 => TelegramError::Forbidden { description },
        400..500 => match parameters.and_then(|parameters| parameters.migrate_to_chat_id) {
            Some(chat) => TelegramError::Migrated { chat },
            None => TelegramError::Rejected { code, description },
        },
        _ => TelegramError::Unavailable { why: format!("HTTP status {status}"), may_have_arrived: true },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // the answers are those of the Bot API's documentation
    #[test]
    fn each_refusal_is_a_decision() {
        let limited = br#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 17","parameters":{"retry_after":17}}"#;
        let wait = |seconds| TelegramError::RateLimited { retry_after: Duration::from_secs(seconds) };
        assert_eq!(answer(429, None, limited), Err(wait(17)));
        assert_eq!(answer(429, Some("9"), b"<html>"), Err(wait(9)));
        assert_eq!(answer(429, None, b""), Err(wait(5)));

        let kicked =
            br#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        let description = "Forbidden: bot was blocked by the user".to_owned();
        assert_eq!(answer(403, None, kicked), Err(TelegramError::Forbidden { description }));

        let unknown = br#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#;
        assert_eq!(answer(401, None, unknown), Err(TelegramError::Unauthorized));
        assert_eq!(
            answer(404, None, br#"{"ok":false,"error_code":404,"description":"Not Found"}"#),
            Err(TelegramError::Unauthorized)
        );

        let moved = br#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        assert_eq!(answer(400, None, moved), Err(TelegramError::Migrated { chat: -1_001_234_567_890 }));

        let wrong = br#"{"ok":false,"error_code":400,"description":"Bad Request: chat\u202e not found"}"#;
        let description = "Bad Request: chat not found".to_owned();
        assert_eq!(answer(400, None, wrong), Err(TelegramError::Rejected { code: 400, description }));
    }

    #[test]
    fn an_answer_that_is_none_may_have_delivered() {
        for (status, body) in
            [(502, &b"<html>Bad Gateway</html>"[..]), (200, b"{}"), (200, br#"{"ok":true}"#), (302, b"")]
        {
            let unavailable =
                TelegramError::Unavailable { why: format!("HTTP status {status}"), may_have_arrived: true };
            assert_eq!(answer(status, None, body), Err(unavailable));
        }
    }

    #[test]
    fn a_sent_message_has_an_id() {
        let sent =
            br#"{"ok":true,"result":{"message_id":42,"date":1777521600,"chat":{"id":7,"type":"private"}}}"#;
        assert_eq!(answer(200, None, sent), Ok(Sent { message_id: 42 }));
    }

    #[test]
    fn any_answer_is_answered() {
        const LIMITED: &str = r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":17,
            "migrate_to_chat_id":-1001234567890},"result":{"message_id":42}}"#;
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % LIMITED.len();
            let end = LIMITED.len().min(at + usize::from(*length));
            let spliced = [&LIMITED.as_bytes()[..at], with, &LIMITED.as_bytes()[end..]].concat();
            for (status, body) in [(200, with), (200, &spliced), (429, &spliced), (400, &spliced)] {
                let header = String::from_utf8_lossy(with);
                let told = answer(status, Some(&header), body).map_err(|error| error.to_string());
                assert!(told.is_ok() || told.is_err_and(|told| !told.contains('\u{1b}')));
            }
        });
    }
}
