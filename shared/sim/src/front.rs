//! What every service has before its own routes: the record, and the faults.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;

use crate::faults::answer::plain;
use crate::recorder::{Recorded, Service};
use crate::world::Shared;

/// Largest request taken, as the vendors' own gateways have one.
const LARGEST: usize = 64 << 20;

#[derive(Clone)]
struct Front {
    service: Service,
    shared: Arc<Shared>,
}

/// `routes` behind the record and the faults of `service`.
pub(crate) fn behind(service: Service, routes: Router, shared: &Arc<Shared>) -> Router {
    let front = Front { service, shared: shared.clone() };
    routes.layer(middleware::from_fn_with_state(front, pass))
}

async fn pass(State(front): State<Front>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return plain(413, "text/plain", b"Payload Too Large".to_vec());
    };
    let seq = front.shared.recorder.arrived(front.recorded(&parts, &body));
    let fault = front.shared.faults.strike(front.service, parts.uri.path());
    let answer = match fault.as_ref().and_then(|fault| fault.instead(front.service)) {
        Some(answer) => answer,
        None => {
            let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
            match fault {
                Some(fault) => fault.spoil(answer).await,
                None => answer,
            }
        }
    };
    front.shared.recorder.answered(seq, answer.status().as_u16());
    answer
}

impl Front {
    fn recorded(&self, parts: &axum::http::request::Parts, body: &Bytes) -> Recorded {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = parts.headers.iter();
        Recorded {
            seq: 0,
            service: self.service,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect(),
            body: body.to_vec(),
            body_len: body.len(),
            at: self.shared.clock.now(),
            status: None,
        }
    }
}
