//! What an answer means: the exchange says it by HTTP, by `retCode` within a 200, and by its headers. Pure.

use std::time::Duration;

use domain::Symbol;
use jiff::Timestamp;

use super::wire::Head;
use crate::exchange::answer::Answer;
use crate::exchange::error::{MarketError, stripped};
use crate::exchange::read::time;

/// Silence after "access too frequent": the exchange lifts that ban by itself, after ten minutes at least.
/// Source: <https://bybit-exchange.github.io/docs/v5/rate-limit>.
const BAN: Duration = Duration::from_secs(600);
/// Silence after a limit whose end was not told: it is counted by the second.
const SECOND: Duration = Duration::from_secs(1);
/// Longest end of such a limit that is believed.
const LONGEST_LIMIT: Duration = Duration::from_secs(60);

/// An answer that may be read, with the exchange's clock.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) body: Vec<u8>,
    /// When the exchange answered, by its own clock.
    pub(crate) at: Option<Timestamp>,
    /// Silence that the exchange asks for although it answered: nothing is left of the limit.
    pub(crate) silence: Option<Duration>,
}

/// Reads an answer's outside. `quote` says whether what the exchange said may be told.
pub(super) fn judge(answer: Answer, symbol: Option<&Symbol>, quote: bool) -> Result<Judged, MarketError> {
    let head: Option<Head> = if answer.is_page() { None } else { serde_json::from_slice(&answer.body).ok() };
    let at = head.as_ref().and_then(|head| time(head.time?)).or_else(|| answer.date());
    let status = answer.status;
    let code = head.as_ref().map(|head| head.ret_code);
    if (200..300).contains(&status) && code == Some(0) {
        let silence = spent(&answer, at);
        return Ok(Judged { body: answer.body, at, silence });
    }
    let text = head.map_or_else(|| String::from_utf8_lossy(&answer.body).into_owned(), |head| head.ret_msg);
    let said = if quote { stripped(&text) } else { "not quoted".to_owned() };
    Err(match (status, code) {
        (403, _) if is_too_frequent(&text) => limited(BAN, at),
        (429, _) => limited(answer.retry_after_s().map_or(SECOND, Duration::from_secs), at),
        (_, Some(10_006 | 10_018 | 429)) => limited(reset(&answer, at).unwrap_or(SECOND), at),
        (
            _,
            Some(
                code @ (10_002..=10_005 | 10_007 | 10_008 | 10_010 | 10_027 | 10_028 | 33_004 | -1 | -2_015),
            ),
        ) => MarketError::Denied { code },
        (401, _) => MarketError::Denied { code: code.unwrap_or(401) },
        (451 | 403, _) | (_, Some(10_009 | 10_024)) => MarketError::Restricted { status, said },
        (_, Some(code @ (10_001 | 10_029 | 110_074))) => match symbol {
            // a parameter error names the parameter; the others are always the same
            Some(symbol) if code != 10_001 || text.to_lowercase().contains("symbol") => {
                MarketError::UnknownSymbol { symbol: symbol.clone() }
            }
            _ => MarketError::unexpected(format!("code {code}: {said}")),
        },
        (500.., _) | (408, _) => MarketError::unavailable(format!("HTTP {status}: {said}")),
        (_, Some(code @ (10_000 | 10_016))) => MarketError::unavailable(format!("code {code}: {said}")),
        (200..300, None) if is_page(&text) => {
            MarketError::unavailable(format!("a web page in place of data: {said}"))
        }
        _ => MarketError::unexpected(format!("HTTP {status}, code {}: {said}", code.unwrap_or(0))),
    })
}

fn is_page(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// Whether a 403 means too many requests; it means a region or a firewall otherwise.
fn is_too_frequent(text: &str) -> bool {
    text.to_lowercase().contains("too frequent")
}

fn limited(wait: Duration, at: Option<Timestamp>) -> MarketError {
    MarketError::RateLimited { wait, until: at.and_then(|at| at.checked_add(wait).ok()) }
}

/// Time until the limit of the endpoint is counted anew, if the exchange told it.
fn reset(answer: &Answer, at: Option<Timestamp>) -> Option<Duration> {
    let reset = time(answer.number("x-bapi-limit-reset-timestamp")?)?;
    let left = Duration::try_from(reset.duration_since(at?)).ok()?;
    (!left.is_zero()).then_some(left.min(LONGEST_LIMIT))
}

/// What to wait after an answer that left nothing of the limit of its endpoint.
fn spent(answer: &Answer, at: Option<Timestamp>) -> Option<Duration> {
    let left: u32 = answer.number("x-bapi-limit-status")?;
    (left == 0).then(|| reset(answer, at)).flatten()
}
