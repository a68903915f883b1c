use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// A simulated vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// The exchange.
    Binance,
    /// The other exchange.
    Bybit,
    /// The chart vendor.
    ChartImg,
    /// The model.
    OpenAi,
    /// The messenger.
    Telegram,
    /// The receiver of a webhook.
    Webhook,
    /// Slack's incoming webhooks.
    Slack,
    /// The mail server: a request is a letter.
    Mail,
}

/// A request as it arrived.
#[derive(Clone)]
pub struct Recorded {
    /// Its place among all requests to this world, from 0.
    pub seq: u64,
    /// Who was asked.
    pub service: Service,
    /// `GET`, `POST`.
    pub method: String,
    /// Path, still percent-encoded.
    pub path: String,
    /// Query without its question mark, still percent-encoded.
    pub query: Option<String>,
    /// Headers by lower-case name; bytes that are no text are replaced.
    pub headers: Vec<(String, String)>,
    /// The body, at most its first 4 MiB; empty once newer requests needed the room.
    pub body: Vec<u8>,
    /// Length of the whole body in bytes.
    pub body_len: usize,
    /// The world's clock when it arrived.
    pub at: Timestamp,
    /// Status of the answer; `None` while there is none.
    pub status: Option<u16>,
}

/// Keys and tokens travel in headers, paths and queries: only what cannot hold one is shown.
impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "#{} {:?} {} {} bytes -> {:?}",
            self.seq, self.service, self.method, self.body_len, self.status
        )
    }
}

impl Recorded {
    /// The value of a header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

const BODY: usize = 4 << 20;
const ALL_BODIES: usize = 64 << 20;
const REQUESTS: usize = 50_000;

/// Requests in the order they arrived. Memory is bounded: the oldest lose their bodies, then go; counts stay.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    kept: VecDeque<Recorded>,
    bytes: usize,
    next: u64,
    counts: BTreeMap<Service, u64>,
}

impl Recorder {
    /// Keeps the request and gives its number.
    pub(crate) fn arrived(&self, mut request: Recorded) -> u64 {
        let mut log = self.lock();
        request.seq = log.next;
        log.next += 1;
        *log.counts.entry(request.service).or_default() += 1;
        request.body_len = request.body.len();
        request.body.truncate(BODY);
        log.bytes += request.body.len();
        log.kept.push_back(request);
        log.shrink();
        log.next - 1
    }

    /// Notes the status of the answer to request `seq`.
    pub(crate) fn answered(&self, seq: u64, status: u16) {
        let mut log = self.lock();
        let Some(first) = log.kept.front().map(|request| request.seq) else { return };
        let index = seq.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| log.kept.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.lock().kept.iter().cloned().collect()
    }

    pub(crate) fn count(&self, service: Service) -> u64 {
        self.lock().counts.get(&service).copied().unwrap_or(0)
    }

    pub(crate) fn clear(&self) {
        let mut log = self.lock();
        let next = log.next;
        *log = Log { next, ..Log::default() };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn shrink(&mut self) {
        let mut freed = 0;
        let over = self.bytes.saturating_sub(ALL_BODIES);
        for request in self.kept.iter_mut().take_while(|_| over > 0) {
            if freed >= over {
                break;
            }
            freed += request.body.len();
            request.body = Vec::new();
        }
        self.bytes -= freed;
        while self.kept.len() > REQUESTS {
            self.bytes -= self.kept.pop_front().map_or(0, |request| request.body.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: usize) -> Recorded {
        Recorded {
            seq: 0,
            service: Service::OpenAi,
            method: "POST".to_owned(),
            path: "/v1/chat/completions".to_owned(),
            query: None,
            headers: vec![("authorization".to_owned(), "Bearer canary".to_owned())],
            body: vec![b'x'; body],
            body_len: 0,
            at: Timestamp::UNIX_EPOCH,
            status: None,
        }
    }

    #[test]
    fn memory_is_bounded_and_counts_are_not_forgotten() {
        let recorder = Recorder::default();
        for _ in 0..20 {
            recorder.arrived(request(5 << 20));
        }
        recorder.answered(19, 200);
        let kept = recorder.requests();
        assert_eq!((kept.len(), recorder.count(Service::OpenAi)), (20, 20));
        assert_eq!(kept.iter().map(|r| r.body.len()).sum::<usize>(), 64 << 20);
        assert_eq!((kept[0].body.len(), kept[19].body.len(), kept[19].body_len), (0, 4 << 20, 5 << 20));
        assert_eq!((kept[18].status, kept[19].status), (None, Some(200)));
    }

    #[test]
    fn a_key_is_not_in_the_debug_text() {
        assert!(!format!("{:?}", request(0)).contains("canary"));
    }
}
