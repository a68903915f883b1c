//! What is answered: a status and a body become a picture or a decision. Pure.

use super::client::ChartImgError;
use super::wire::Failure;
use crate::png_check;

/// The answer with `status`, `content_type` and `body` to a request for `size` pixels.
pub(super) fn answer(
    status: u16,
    content_type: &str,
    body: &[u8],
    (width, height): (u32, u32),
) -> Result<(), ChartImgError> {
    if status != 200 {
        return Err(failure(status, body));
    }
    let kind = content_type.trim().to_ascii_lowercase();
    if !kind.starts_with("image/") {
        let kind = clean(&kind, 40);
        return Err(ChartImgError::NotAnImage { why: format!("its content type is `{kind}`") });
    }
    png_check::check(body, width, height)
        .map_err(|fault| ChartImgError::NotAnImage { why: fault.to_string() })
}

fn failure(status: u16, body: &[u8]) -> ChartImgError {
    let message = message(body);
    match status {
        401 | 403 => {
            if let Some(max) = after(&message, "Resolution Limit").and_then(size) {
                return ChartImgError::TooLarge { max };
            }
            if let Some(max) = after(&message, "Parameter Limit").and_then(number) {
                return ChartImgError::TooManyStudies { max };
            }
            ChartImgError::Forbidden { message }
        }
        429 if after(&message, "Limit Exceeded").is_some() => ChartImgError::QuotaExhausted,
        429 => ChartImgError::RateLimited,
        // a redirect is not followed: the key would travel with it
        300..=399 | 408 | 500.. => ChartImgError::Unavailable { why: format!("status {status}: {message}") },
        _ => ChartImgError::Refused { status, message },
    }
}

/// The message of an error body, made fit for a log.
fn message(body: &[u8]) -> String {
    let told = match serde_json::from_slice::<Failure>(body) {
        Ok(Failure { message: serde_json::Value::String(text) }) => text,
        Ok(Failure { message }) => message.to_string(),
        Err(_) => String::from_utf8_lossy(body.get(..400).unwrap_or(body)).into_owned(),
    };
    clean(&told, 200)
}

fn clean(text: &str, most: usize) -> String {
    domain::text::one_line(text, most)
}

fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find(&what.to_ascii_lowercase())?;
    // lowering ASCII keeps every byte's place
    text.get(at + what.len()..)
}

/// The text within the next parentheses.
fn within(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('(')?;
    rest.split_once(')').map(|(inner, _)| inner.trim())
}

fn size(text: &str) -> Option<(u32, u32)> {
    let (width, height) = within(text)?.split_once(['x', 'X'])?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}

fn number(text: &str) -> Option<usize> {
    within(text)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, body: &str) -> ChartImgError {
        answer(status, "application/json", body.as_bytes(), (800, 600)).unwrap_err()
    }

    #[test]
    fn two_kinds_of_429_and_three_of_403() {
        assert_eq!(told(429, r#"{"message":"Too Many Requests"}"#), ChartImgError::RateLimited);
        assert_eq!(told(429, r#"{"message":"Limit Exceeded"}"#), ChartImgError::QuotaExhausted);
        assert_eq!(
            told(403, r#"{"message":"Exceed Max Usage Resolution Limit (800x600)"}"#),
            ChartImgError::TooLarge { max: (800, 600) }
        );
        assert_eq!(
            told(403, r#"{"message":"Exceed Max Usage Parameter Limit (5)"}"#),
            ChartImgError::TooManyStudies { max: 5 }
        );
        let message = "Forbidden".to_owned();
        assert_eq!(told(403, r#"{"message":"Forbidden"}"#), ChartImgError::Forbidden { message });
    }

    #[test]
    fn a_refused_body_says_why() {
        let refused = told(422, r#"{"message":["studies[0].name must be a supported name"]}"#);
        assert!(matches!(refused, ChartImgError::Refused { status: 422, .. }));
        assert!(refused.to_string().contains("must be a supported name"), "{refused}");
        assert!(matches!(told(404, "{\"message\":\"Route Not Found\"}"), ChartImgError::Refused { .. }));
    }

    #[test]
    fn a_gateway_page_is_no_refusal() {
        let told = told(504, "<html>\u{1b}[31mtimeout</html>");
        assert!(matches!(told, ChartImgError::Unavailable { .. }));
        assert!(!told.to_string().contains('\u{1b}'));
        assert!(matches!(failure(302, b""), ChartImgError::Unavailable { .. }));
    }

    #[test]
    fn a_200_may_be_no_image() {
        let html = answer(200, "text/html", b"<html>", (1, 1));
        assert!(matches!(html, Err(ChartImgError::NotAnImage { .. })));
        let liar = answer(200, "image/png", b"<html>", (1, 1)).unwrap_err();
        assert!(liar.to_string().contains("signature"), "{liar}");
    }

    #[test]
    fn any_answer_is_answered() {
        bolero::check!().for_each(|bytes: &[u8]| {
            let [status, said @ ..] = bytes else { return };
            let status = 200 + u16::from(*status) * 2;
            let message = serde_json::json!({ "message": String::from_utf8_lossy(said) }).to_string();
            for body in [said, message.as_bytes()] {
                let text = answer(status, "image/png", body, (1, 1)).map_err(|e| e.to_string());
                assert!(text.is_ok() || text.is_err_and(|text| !text.contains('\0')));
            }
        });
    }
}
