use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egress::Lookup;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::names::Names;

/// Listens for https and http at every address, and remembers by which it was called.
pub(super) struct Trap(Arc<Mutex<Vec<IpAddr>>>);

impl Trap {
    pub(super) async fn set() -> Self {
        let caught = Arc::<Mutex<Vec<IpAddr>>>::default();
        for port in [443, 80] {
            // where a machine has no IPv6 its addresses cannot be reached at all
            let listener = match TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await {
                Ok(listener) => listener,
                Err(_) => TcpListener::bind(("0.0.0.0", port)).await.unwrap(),
            };
            let caught = caught.clone();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    caught.lock().unwrap().push(stream.local_addr().unwrap().ip().to_canonical());
                    drop(stream);
                }
            });
        }
        Self(caught)
    }

    /// By which addresses it was called so far.
    pub(super) fn caught(&self) -> Vec<IpAddr> {
        self.0.lock().unwrap().clone()
    }

    pub(super) fn forget(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// Names of the same source without a guard.
struct Unguarded;

impl reqwest::dns::Resolve for Unguarded {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let found: Vec<SocketAddr> =
            Names::of(name.as_str()).iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 0)).collect();
        Box::pin(async move {
            let found: reqwest::dns::Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// A client that asks anybody.
pub(super) fn naive(_: Arc<dyn Lookup>) -> reqwest::Client {
    let builder =
        reqwest::Client::builder().no_proxy().tls_backend_preconfigured(runtime::http::tls().unwrap());
    builder.dns_resolver(Arc::new(Unguarded)).timeout(Duration::from_secs(20)).build().unwrap()
}

/// A server on this machine that leads every request on.
pub(super) struct Redirector {
    pub(super) address: SocketAddr,
    task: AbortHandle,
}

impl Redirector {
    pub(super) async fn to(status: u16, location: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = format!(
            "HTTP/1.1 {status} x\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        let serve = async move {
            while let Ok((stream, _)) = listener.accept().await {
                lead(stream, &answer).await;
            }
        };
        Self { address, task: tokio::spawn(serve).abort_handle() }
    }
}

impl Drop for Redirector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn lead(mut stream: TcpStream, answer: &str) {
    let (mut request, mut part) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(count) if count > 0 => request.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
