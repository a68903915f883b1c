use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where the browser's own services are sent by its flags, so that the rest is what pages ask for.
pub(super) const BROWSERS_OWN: &str = "browsers-own.invalid";

/// A web server on a free port of loopback that is the browser's proxy too: it serves the pages of the test and
/// records everything anybody is asked for.
pub(super) struct Site {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<HashMap<String, String>>,
    /// A server of this machine that requests are handed on to.
    server: Mutex<Option<SocketAddr>>,
    requests: Mutex<Vec<String>>,
}

impl Site {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let shared = Arc::new(Shared::default());
        let served = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = served.clone();
                // a browser may hang up at any time
                tokio::spawn(async move { served.answer(stream, port).await.unwrap_or_default() });
            }
        });
        Self { port, shared }
    }

    /// Host and port, as `--proxy-server` takes them.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address of a page.
    pub(super) fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// Serves `html` under `name`, with the policy in the header if there is one.
    pub(super) fn publish(&self, name: &str, html: &str, policy: Option<&str>) {
        let policy =
            policy.map(|policy| format!("Content-Security-Policy: {policy}\r\n")).unwrap_or_default();
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n{policy}\
             Connection: close\r\n\r\n{html}",
            html.len()
        );
        lock(&self.shared.pages).insert(format!("/{name}"), response);
    }

    /// Hands requests for that server on to it.
    pub(super) fn hand_on_to(&self, server: SocketAddr) {
        *lock(&self.shared.server) = Some(server);
    }

    /// What was asked for since the last call, as `METHOD URL` (`CONNECT HOST:PORT` for https), without what the
    /// browser's own services ask for.
    pub(super) fn requests(&self) -> Vec<String> {
        let mut all = std::mem::take(&mut *lock(&self.shared.requests));
        all.retain(|request| !request.contains(BROWSERS_OWN));
        all
    }
}

impl Shared {
    async fn answer(&self, mut stream: TcpStream, port: u16) -> std::io::Result<()> {
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let bytes = head.clone();
        let head = String::from_utf8_lossy(&head);
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        lock(&self.requests).push(format!("{method} {target}"));
        let server = *lock(&self.server);
        if let Some(server) = server
            && let Some(path) = target.strip_prefix(&format!("http://{server}"))
        {
            return hand_on(stream, server, method, path, target, &bytes).await;
        }
        let here = format!("http://127.0.0.1:{port}");
        let page = target.strip_prefix(&here).and_then(|path| lock(&self.pages).get(path).cloned());
        let missing =
            || "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
        stream.write_all(page.unwrap_or_else(missing).as_bytes()).await?;
        stream.shutdown().await
    }
}

/// Sends a proxy's request to its server as the server's own, and the answer back.
async fn hand_on(
    mut stream: TcpStream,
    server: SocketAddr,
    method: &str,
    path: &str,
    target: &str,
    bytes: &[u8],
) -> std::io::Result<()> {
    let mut onward = TcpStream::connect(server).await?;
    let rest = &bytes[method.len() + 1 + target.len()..];
    onward.write_all(format!("{method} {path}").as_bytes()).await?;
    onward.write_all(rest).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut onward).await.map(|_| ())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
