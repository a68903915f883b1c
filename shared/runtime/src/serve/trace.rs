//! The trace that a request belongs to, from the headers by which Google Cloud passes it on.

use axum::http::HeaderMap;

/// The trace of a request, as Cloud Logging names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// 32 hex digits.
    pub(super) id: String,
    /// 16 hex digits.
    pub(super) span: String,
    /// Whether Cloud Trace keeps it.
    pub(super) sampled: bool,
}

impl Trace {
    /// W3C's `traceparent`, or the older `X-Cloud-Trace-Context: TRACE/SPAN;o=1`, whose span is decimal.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        header("traceparent")
            .and_then(Self::parent)
            .or_else(|| header("x-cloud-trace-context").and_then(Self::context))
    }

    fn parent(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let flags = u8::from_str_radix(flags, 16).ok()?;
        let sound = is_hex(version, 2) && version != "ff" && is_hex(id, 32) && is_hex(span, 16);
        sound.then(|| Self { id: id.to_owned(), span: span.to_owned(), sampled: flags & 1 == 1 })
    }

    fn context(text: &str) -> Option<Self> {
        let (id, rest) = text.split_once('/').unwrap_or((text, ""));
        let (span, options) = rest.split_once(';').unwrap_or((rest, ""));
        let span = span.parse::<u64>().unwrap_or_default();
        is_hex(id, 32).then(|| Self {
            id: id.to_ascii_lowercase(),
            span: format!("{span:016x}"),
            sampled: options == "o=1",
        })
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    let zero = text.bytes().all(|b| b == b'0');
    text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit()) && (digits == 2 || !zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &'static str, value: &str) -> Option<Trace> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Trace::of(&headers)
    }

    #[test]
    fn both_headers_name_a_trace() {
        // the example of the W3C recommendation
        let trace = of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(trace.id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!((trace.span.as_str(), trace.sampled), ("00f067aa0ba902b7", true));
        // the example of Cloud Trace's documentation
        let trace = of("x-cloud-trace-context", "105445aa7843bc8bf206b12000100000/1;o=1").unwrap();
        assert_eq!(trace.id, "105445aa7843bc8bf206b12000100000");
        assert_eq!((trace.span.as_str(), trace.sampled), ("0000000000000001", true));
        assert!(!of("x-cloud-trace-context", "105445aa7843bc8bf206b12000100000").unwrap().sampled);
    }

    #[test]
    fn what_is_no_trace_is_left_out() {
        for odd in
            ["", "00-0-0-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "x/1;o=1", "ä"]
        {
            assert!(of("traceparent", odd).is_none(), "{odd}");
            assert!(of("x-cloud-trace-context", odd).is_none(), "{odd}");
        }
    }
}
