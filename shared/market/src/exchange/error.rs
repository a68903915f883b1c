use std::time::Duration;

use domain::Symbol;
use jiff::Timestamp;

/// Why the exchange gave no answer: each variant is something else to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketError {
    /// The exchange does not list the symbol: tell the user, do not ask again.
    #[error(
        "the exchange does not list {symbol}; look the name up there (capitals matter), or take it off the watchlist"
    )]
    UnknownSymbol {
        /// The symbol asked for.
        symbol: Symbol,
    },
    /// The exchange refuses this address: tell the operator.
    #[error(
        "the exchange refuses this machine's address or region (HTTP {status}: {said}); set another base URL of it, \
         such as Binance's for public data only (https://data-api.binance.vision), or run in a region it serves"
    )]
    Restricted {
        /// 451, or 403 from its firewall.
        status: u16,
        /// What it said.
        said: String,
    },
    /// Too many requests: nothing is sent before the time is up; come back then.
    #[error("the exchange asks for silence for {} s{}; ask again afterwards", .wait.as_secs(), until_text(.until))]
    RateLimited {
        /// How long from now.
        wait: Duration,
        /// Until when, if the exchange told its time.
        until: Option<Timestamp>,
    },
    /// The exchange refuses the key, its signature or its time: tell the operator. What it said is left out, for it
    /// may repeat what it was sent.
    #[error(
        "the exchange refuses the key or its request (code {code}); check the key, the addresses it is bound to and \
         that it may read"
    )]
    Denied {
        /// The exchange's code.
        code: i64,
    },
    /// No answer, or one that says to come back: try again later.
    #[error("the exchange is unavailable: {said}; try again later")]
    Unavailable {
        /// What happened.
        said: String,
    },
    /// An answer that cannot be used, and asking again would give the same: drop it and tell the developer.
    #[error("the exchange answered what cannot be used: {said}; if it lasts, its interface has changed")]
    Unexpected {
        /// What came back, stripped and cut.
        said: String,
    },
}

impl MarketError {
    pub(crate) fn unavailable(said: impl Into<String>) -> Self {
        Self::Unavailable { said: said.into() }
    }

    pub(crate) fn unexpected(said: impl Into<String>) -> Self {
        Self::Unexpected { said: said.into() }
    }
}

fn until_text(until: &Option<Timestamp>) -> String {
    until.map(|until| format!(", until {}", until.strftime("%F %T UTC"))).unwrap_or_default()
}

/// Text of a foreign answer made safe for a log line: markup, control and format characters out, spaces folded,
/// 200 characters at most.
pub(crate) fn stripped(text: &str) -> String {
    let mut out = String::new();
    let mut inside_tag = false;
    for c in text.chars().take(10_000) {
        match c {
            '<' => inside_tag = true,
            '>' => inside_tag = false,
            _ if inside_tag => {}
            // anything that is not plainly visible becomes one space
            c if c.is_whitespace() || domain::text::is_hidden(c) => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.chars().take(200).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_echoed_is_short_and_harmless() {
        let page = "<html><b>403\nForbidden</b>\u{1b}[31m\u{202e}x\u{e0041}</html>";
        assert_eq!(stripped(page), "403 Forbidden [31m x");
        assert_eq!(stripped(&"é".repeat(5000)).chars().count(), 200);
    }

    #[test]
    fn a_ban_names_its_end() {
        let error = MarketError::RateLimited {
            wait: Duration::from_secs(120),
            until: Some("2026-04-30T04:02:00Z".parse().unwrap()),
        };
        let text =
            "the exchange asks for silence for 120 s, until 2026-04-30 04:02:00 UTC; ask again afterwards";
        assert_eq!(error.to_string(), text);
    }
}
