use std::str::FromStr;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::Response;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::error::MarketError;

/// Largest answer read, decoded: 1000 candles are 200 kB.
const LARGEST: usize = 8 << 20;

/// An answer as it came.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads a response to its end, up to the cap.
    pub(crate) async fn read(mut response: Response) -> Result<Self, MarketError> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let told = response.content_length().and_then(|length| usize::try_from(length).ok());
        let mut body = Vec::with_capacity(told.unwrap_or_default().min(LARGEST));
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(MarketError::unexpected(format!("a body over {} MiB", LARGEST >> 20)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, headers, body })
    }

    /// Whether the body is a web page, as firewalls and maintenance send them.
    pub(crate) fn is_page(&self) -> bool {
        self.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
    }

    /// The number that a header holds, by its lower-case name.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.headers.get(name)?.to_str().ok()?.trim().parse().ok()
    }

    /// `Retry-After`, seconds.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.number(RETRY_AFTER.as_str())
    }

    /// The exchange's clock, `Date`, which has whole seconds.
    pub(crate) fn date(&self) -> Option<Timestamp> {
        http_date(self.headers.get(DATE)?.to_str().ok()?)
    }
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// A failure of the transport, without the address.
pub(crate) fn transport(error: reqwest::Error) -> MarketError {
    let what = match () {
        () if error.is_timeout() => "no answer in time",
        () if error.is_connect() => "no connection",
        () if error.is_decode() || error.is_body() => "the answer broke off",
        () => "the request failed",
    };
    // the innermost cause says what the outer layers only wrap
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    MarketError::unavailable(format!("{what} ({cause})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_header_is_read() {
        assert_eq!(http_date("Thu, 30 Apr 2026 04:00:48 GMT"), "2026-04-30T04:00:48Z".parse().ok());
        assert_eq!(http_date("yesterday"), None);
    }
}
