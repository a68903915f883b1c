//! What the tests of this crate share: worlds without ports, and requests to them.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt;

use crate::world::Shared;
use crate::{Service, SimClock, WorldConfig, front};

/// A folder or file of recorded data; `None`, and one line, where it is not at hand.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
pub(crate) fn recorded(path: &str, test: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("left out: {test} needs ../shared/{path}");
    None
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn seeded(now: &str) -> Arc<Shared> {
    Shared::new(WorldConfig::seeded(7, SimClock::fixed(at(now)))).unwrap()
}

pub(crate) fn recording(dir: PathBuf, now: &str) -> Arc<Shared> {
    Shared::new(WorldConfig::recorded(dir, SimClock::fixed(at(now)))).unwrap()
}

/// An answer, its body whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A vendor without a port.
pub(crate) struct Vendor(Router);

impl Vendor {
    pub(crate) fn new(service: Service, shared: &Arc<Shared>) -> Self {
        let routes = match service {
            Service::Binance => crate::binance::routes(shared.clone()),
            Service::Bybit => crate::bybit::routes(shared.clone()),
            Service::ChartImg => crate::chart_img::routes(shared.clone()),
            Service::OpenAi => crate::openai::routes(shared.clone()),
            Service::Telegram => crate::telegram::routes(shared.clone()),
            Service::Webhook => crate::webhook::routes(shared.clone()),
            Service::Slack => crate::slack::routes(shared.clone()),
            Service::Mail => panic!("no routes: it speaks SMTP"),
        };
        Self(front::behind(service, routes, shared))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.0.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send(Request::get(uri).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }
}
