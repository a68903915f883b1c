//! Faults that a test scripts: the next requests of a service, or of one of its paths, meet them.

pub(crate) mod answer;
mod body;
mod gate;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::response::Response;

use crate::Service;

pub use gate::Gate;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 in the vendor's own words, with `Retry-After` where the vendor sends it.
    TooManyRequests {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The other 429: a quota that waiting does not help (the chart vendor's day, the model's credit).
    QuotaExceeded,
    /// 418, the exchange's ban.
    Banned {
        /// Seconds it lasts.
        retry_after_s: u32,
    },
    /// 451: not from this country.
    Restricted,
    /// A 5xx in the vendor's own words.
    ServerError(u16),
    /// 403 with a page instead of JSON: a firewall in front of the vendor.
    Firewall,
    /// 403 of the chart vendor: larger than the plan allows.
    ResolutionLimit {
        /// The plan's size, such as (800, 600).
        size: (u32, u32),
    },
    /// 403 of the chart vendor: more studies and drawings than the plan allows.
    ParameterLimit(u32),
    /// 422 of the chart vendor.
    Unprocessable(String),
    /// 200 with `[]`.
    EmptyArray,
    /// 200 with a page.
    Page,
    /// Exactly this answer.
    Answer {
        /// Its status.
        status: u16,
        /// Its headers.
        headers: Vec<(String, String)>,
        /// Its body.
        body: Vec<u8>,
    },
    /// 307 to an address.
    Redirect(String),
    /// 200 with a gzip body of a few kilobytes that unpacks to so many bytes of JSON.
    GzipBomb {
        /// Bytes unpacked.
        unpacked: usize,
    },
    /// The true answer, but the connection ends after so many bytes of its body.
    Cut {
        /// Bytes sent.
        after: usize,
    },
    /// The true answer, complete as far as HTTP can tell, but only its first bytes.
    Truncated {
        /// Bytes sent.
        keep: usize,
    },
    /// The true answer, a byte at a time.
    Trickle {
        /// Time between bytes; a second is the slowest that keeps most connections alive.
        every: Duration,
    },
    /// The true answer, late.
    Delay(Duration),
    /// The true answer, once the gate is opened.
    Held(Gate),
    /// The true answer, never: the request stays open.
    Hang,
}

/// When a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    service: Service,
    path: String,
    skip: u32,
    times: Option<u32>,
    fault: Fault,
}

impl Rule {
    /// The next request of `service` meets `fault`.
    pub fn next(service: Service, fault: Fault) -> Self {
        Self { service, path: String::new(), skip: 0, times: Some(1), fault }
    }

    /// Only requests whose path contains `part`, such as `/klines` or `sendMessage`.
    #[must_use]
    pub fn on(mut self, part: &str) -> Self {
        part.clone_into(&mut self.path);
        self
    }

    /// So many requests instead of one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Every request until the faults are cleared.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }
}

/// The script. Of several rules that match a request, the oldest strikes.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Rule>>);

impl Faults {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self(Mutex::new(rules))
    }

    /// Adds a rule.
    pub fn inject(&self, rule: Rule) {
        self.lock().push(rule);
    }

    /// Ends all faults.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Rules that have not struck as often as they will.
    pub fn pending(&self) -> usize {
        self.lock().len()
    }

    /// The fault this request meets.
    pub(crate) fn strike(&self, service: Service, path: &str) -> Option<Fault> {
        let mut rules = self.lock();
        let index = rules.iter().position(|rule| rule.service == service && path.contains(&rule.path))?;
        let rule = rules.get_mut(index)?;
        if let Some(left) = rule.skip.checked_sub(1) {
            rule.skip = left;
            return None;
        }
        let fault = rule.fault.clone();
        match &mut rule.times {
            None => {}
            Some(left) if *left > 1 => *left -= 1,
            Some(_) => drop(rules.remove(index)),
        }
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    /// The answer that stands in for the true one; `None` where the true one is needed.
    pub(crate) fn instead(&self, service: Service) -> Option<Response> {
        answer::of(self, service)
    }

    /// What becomes of the true answer.
    pub(crate) async fn spoil(self, answer: Response) -> Response {
        match self {
            Self::Cut { after } => body::cut(answer, after).await,
            Self::Truncated { keep } => body::truncated(answer, keep).await,
            Self::Trickle { every } => body::trickled(answer, every).await,
            Self::Delay(time) => {
                tokio::time::sleep(time).await;
                answer
            }
            Self::Held(gate) => {
                gate.passed().await;
                answer
            }
            Self::Hang => std::future::pending().await,
            _ => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_its_path_as_often_as_it_says() {
        let faults = Faults::default();
        faults.inject(Rule::next(Service::Binance, Fault::Restricted).on("/klines").after(1).times(2));
        let strike = |path: &str| faults.strike(Service::Binance, path).is_some();
        let met: Vec<bool> = [
            "/api/v3/ping",
            "/api/v3/klines",
            "/api/v3/klines",
            "/api/v3/time",
            "/api/v3/klines",
            "/api/v3/klines",
        ]
        .map(strike)
        .to_vec();
        assert_eq!(met, [false, false, true, false, true, false]);
        assert_eq!(faults.pending(), 0);
        faults.inject(Rule::next(Service::OpenAi, Fault::Hang).forever());
        assert!(faults.strike(Service::Telegram, "/").is_none());
        assert!(faults.strike(Service::OpenAi, "/").is_some() && faults.pending() == 1);
    }
}
