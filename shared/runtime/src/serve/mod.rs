//! A function behind HTTP: Pub/Sub pushes messages to it, Cloud Scheduler calls it, and nobody else does.
//!
//! No status code steers the flow: a message is acknowledged (204) once the journal knows what is to be done, and
//! refused (503) only while storage cannot be reached. What waits, waits inside the request.

mod accept;
mod auth;
mod envelope;
mod push;
mod request;
mod tick;
mod token;
mod trace;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use auth::Auth;
pub use auth::{
    AUDIENCE, AUTH, JWKS_URL, K_SERVICE, MakeVerifier, PUSH_INVOKER, TICK_INVOKER, Verified, Verifier,
};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware;
use axum::routing::{get, post};
pub use envelope::Delivery;
pub use push::{Push, StepPush};
pub use tick::{OnTick, Tick};
use tokio::net::TcpListener;

use crate::settings::{Settings, SettingsError, Variable};
use crate::{Clock, Function, Services, SystemClock};

/// The port.
pub const PORT: Variable = Variable::or("PORT", "8080", "the port to listen on");

/// What every function takes.
pub const VARIABLES: &[Variable] = &[PORT, AUTH, AUDIENCE, PUSH_INVOKER, TICK_INVOKER, JWKS_URL, K_SERVICE];

/// What a function that is up answers to `GET /`.
pub const READY: &str = "ready\n";

/// Who sends a request: one of the extensions of what reaches [`Server::routes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// An account's e-mail address, or `local`.
    Known(String),
    /// Nobody that is let in.
    Nobody,
    /// It cannot be found out now.
    Unsure,
}

/// A function's paths.
pub struct Server {
    address: SocketAddr,
    auth: Auth,
    clock: Arc<dyn Clock>,
    router: Router<Arc<request::Door>>,
    routes: Option<Router>,
}

impl Server {
    /// A server that answers `GET /` alone.
    ///
    /// # Errors
    /// [`SettingsError`] if the settings contradict each other.
    pub fn new(settings: &Settings, make_verifier: MakeVerifier) -> Result<Self, SettingsError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let auth = Auth::new(settings, make_verifier, clock.clone())?;
        let ip = if auth.is_local() { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
        let port = settings.parse(&PORT)?.unwrap_or_default();
        let router = Router::new();
        Ok(Self { address: SocketAddr::new(IpAddr::V4(ip), port), auth, clock, router, routes: None })
    }

    /// With a step function behind `POST /push`.
    #[must_use]
    pub fn function(self, services: Services, function: Arc<dyn Function>) -> Self {
        self.push(Arc::new(StepPush::new(services, function)))
    }

    /// With something else behind `POST /push`.
    #[must_use]
    pub fn push(self, push: Arc<dyn Push>) -> Self {
        let handler = move |State(door): State<Arc<request::Door>>, request: Request| {
            let push = push.clone();
            async move { request::push(&door, push, request).await }
        };
        Self { router: self.router.route("/push", post(handler)), ..self }
    }

    /// With what the schedule calls by `POST` at `path`.
    #[must_use]
    pub fn tick(self, path: &'static str, on_tick: Arc<dyn OnTick>) -> Self {
        let handler = move |State(door): State<Arc<request::Door>>, request: Request| {
            let on_tick = on_tick.clone();
            async move { request::tick(&door, on_tick, request).await }
        };
        Self { router: self.router.route(path, post(handler)), ..self }
    }

    /// With routes of the function's own, each of whose requests has an [`Identity`]. `GET /` is among them: the
    /// platform asks for it, as nobody, to see whether the function is up.
    #[must_use]
    pub fn routes(self, routes: Router) -> Self {
        Self { routes: Some(routes), ..self }
    }

    /// Answers until `stop` ends, then lets what is in work come to its end for as long as the platform waits.
    ///
    /// # Errors
    /// If the port cannot be listened on.
    pub async fn run(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        tracing::info!(address = %listener.local_addr()?, "ready");
        let door = Arc::new(request::Door { auth: self.auth, clock: self.clock });
        let identified = middleware::from_fn_with_state(door.clone(), request::identified);
        let routes = match self.routes {
            Some(routes) => routes.layer(identified),
            None => Router::new().route("/", get(|| async { READY })),
        };
        let router = self.router.merge(routes.with_state(()));
        let router = request::guard(router, door);
        accept::serve(listener, router, stop).await;
        Ok(())
    }
}
