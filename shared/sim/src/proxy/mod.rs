//! A proxy before an emulator, which delays, refuses and resets: what a network and a busy service do to calls.
//!
//! It speaks HTTP/1 and HTTP/2 without TLS, gRPC with it, and passes each call on as a whole.

mod rule;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri, Version, client, server};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rule::Script;
pub use rule::{Fault, Rule};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What an HTTP/2 connection begins with.
const HTTP_2: &[u8] = b"PRI";

/// Codes of gRPC.
const RESOURCE_EXHAUSTED: &str = "8";
const UNAVAILABLE: &str = "14";

type Whole = Collected<Bytes>;

/// A proxy. It ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    script: Arc<Script>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// A proxy on a free port of the loopback interface, before what listens at `HOST:PORT`.
    ///
    /// # Errors
    /// If no port can be listened on.
    pub async fn before(upstream: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let script = Arc::new(Script::default());
        let to = Upstream { address: upstream.into(), script: script.clone() };
        let accepting = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(connection(stream, to.clone()))),
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        });
        Ok(Self { address, script, accepting })
    }

    /// `HOST:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Adds a rule.
    pub fn inject(&self, rule: Rule) {
        self.script.inject(rule);
    }

    /// Each call so far, as `METHOD /path?query`.
    pub fn calls(&self) -> Vec<String> {
        self.script.calls()
    }

    /// Each call that met a fault, and the fault.
    pub fn struck(&self) -> Vec<(String, Fault)> {
        self.script.struck()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Debug, Clone)]
struct Upstream {
    address: Arc<str>,
    script: Arc<Script>,
}

async fn connection(stream: TcpStream, upstream: Upstream) {
    let mut begins = [0; HTTP_2.len()];
    if !matches!(stream.peek(&mut begins).await, Ok(1..)) {
        return;
    }
    let Ok(socket) = socket2::SockRef::from(&stream).try_clone() else { return };
    let reset = Arc::new(Notify::new());
    let service = service_fn({
        let reset = reset.clone();
        move |request| {
            let (upstream, reset) = (upstream.clone(), reset.clone());
            async move { upstream.call(request, &reset).await }
        }
    });
    let stream = TokioIo::new(stream);
    let served = async {
        // a connection that breaks is the caller's business
        let _ = if begins == HTTP_2 {
            server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await
        } else {
            server::conn::http1::Builder::new().serve_connection(stream, service).await
        };
    };
    tokio::select! {
        () = served => {}
        () = reset.notified() => {
            // closed without this, it would end as if all had been said
            let _ = socket.set_linger(Some(Duration::ZERO));
        }
    }
}

impl Upstream {
    async fn call(&self, request: Request<Incoming>, reset: &Notify) -> Result<Response<Whole>, io::Error> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let fault = self.script.meet(&format!("{} {path}", request.method()));
        match fault {
            None => {}
            Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
            Some(Fault::Status(status)) => return refusal(status, request.version()).await,
            Some(Fault::ResetBefore) => return never(reset).await,
            Some(Fault::ResetAfter) => {
                self.forward(request).await?;
                return never(reset).await;
            }
        }
        self.forward(request).await
    }

    async fn forward(&self, request: Request<Incoming>) -> Result<Response<Whole>, io::Error> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?;
        let stream = TokioIo::new(TcpStream::connect(&*self.address).await?);
        let response = if parts.version == Version::HTTP_2 {
            parts.uri = format!("http://{}{}", self.address, parts.uri.path())
                .parse::<Uri>()
                .map_err(io::Error::other)?;
            let (mut to, connection) = client::conn::http2::handshake(TokioExecutor::new(), stream)
                .await
                .map_err(io::Error::other)?;
            tokio::spawn(connection);
            to.send_request(Request::from_parts(parts, body)).await.map_err(io::Error::other)?
        } else {
            parts.headers.insert(HOST, HeaderValue::from_str(&self.address).map_err(io::Error::other)?);
            let (mut to, connection) =
                client::conn::http1::handshake(stream).await.map_err(io::Error::other)?;
            tokio::spawn(connection);
            to.send_request(Request::from_parts(parts, body)).await.map_err(io::Error::other)?
        };
        let (parts, body) = response.into_parts();
        Ok(Response::from_parts(parts, body.collect().await.map_err(io::Error::other)?))
    }
}

/// A refusal as the service writes it: gRPC has statuses of its own, which go by in a header of an answer that is 200.
async fn refusal(status: u16, version: Version) -> Result<Response<Whole>, io::Error> {
    let text =
        format!("{{\"error\":{{\"code\":{status},\"message\":\"a fault of the proxy\",\"errors\":[]}}}}");
    let grpc = version == Version::HTTP_2;
    let body = Full::from(if grpc { String::new() } else { text });
    let mut response = Response::new(body.collect().await.map_err(io::Error::other)?);
    if grpc {
        let code = if status == 429 { RESOURCE_EXHAUSTED } else { UNAVAILABLE };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        response.headers_mut().insert("grpc-status", HeaderValue::from_static(code));
    } else {
        *response.status_mut() = StatusCode::from_u16(status).map_err(io::Error::other)?;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(response)
}

/// Ends the connection, and with it this call.
async fn never(reset: &Notify) -> Result<Response<Whole>, io::Error> {
    reset.notify_one();
    std::future::pending().await
}
