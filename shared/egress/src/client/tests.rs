use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::names::Found;

const BOUNDS: Bounds = Bounds { deadline: Duration::from_secs(20), bytes: 1000 };

fn tls() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
}

/// A server that gives each request the next of `answers`, and the requests it got.
async fn server(answers: Vec<Vec<u8>>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, requests) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
    let kept = requests.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut request, mut part) = (Vec::new(), [0; 4096]);
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let count = stream.read(&mut part).await.unwrap();
                request.extend_from_slice(&part[..count]);
            }
            kept.lock().unwrap().push(String::from_utf8(request).unwrap());
            // the client may have had enough before the end
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    (address, requests)
}

fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} x\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn url(address: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{address}{path}")).unwrap()
}

#[tokio::test]
async fn a_post_carries_what_it_is_given_and_follows_nobody() {
    let (address, requests) = server(vec![answer(307, "Location: /other\r\n", b"elsewhere")]).await;
    let client = Client::beside(tls(), address).unwrap();
    let headers = HeaderMap::from_iter([("x-signature".parse().unwrap(), "sha256=a".parse().unwrap())]);
    let answered =
        client.post(&url(address, "/hook"), headers, b"{}".to_vec(), BOUNDS.deadline).await.unwrap();
    assert_eq!(answered.status, 307);
    let requests = requests.lock().unwrap();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    let lines = request.lines().skip(1).take_while(|line| !line.is_empty());
    let mut names: Vec<&str> = lines.filter_map(|line| line.split(": ").next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "content-length", "host", "user-agent", "x-signature"]);
}

#[tokio::test]
async fn a_feed_may_lead_on_three_times() {
    let on = || answer(302, "Location: /next\r\n", b"");
    let (address, requests) = server(vec![on(), on(), on(), answer(200, "", b"feed")]).await;
    let client = Client::beside(tls(), address).unwrap();
    let fed = client.get(&url(address, "/feed?key=secret"), BOUNDS).await.unwrap();
    assert_eq!(fed.body, b"feed");
    // no address is handed on
    assert!(!requests.lock().unwrap().iter().skip(1).any(|request| request.contains("secret")));

    let (address, requests) = server(vec![on(), on(), on(), on(), answer(200, "", b"feed")]).await;
    let client = Client::beside(tls(), address).unwrap();
    assert_eq!(client.get(&url(address, "/feed"), BOUNDS).await, Err(EgressError::LedOn(3)));
    assert_eq!(requests.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn what_comes_back_is_bounded() {
    let (address, _) = server(vec![answer(200, "", &[b'x'; 1001])]).await;
    let client = Client::beside(tls(), address).unwrap();
    assert_eq!(client.get(&url(address, "/"), BOUNDS).await, Err(EgressError::TooLong(1000)));

    // a listener that accepts by the system's queue alone, and says nothing
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let client = Client::beside(tls(), address).unwrap();
    let short = Bounds { deadline: Duration::from_millis(50), ..BOUNDS };
    assert_eq!(client.get(&url(address, "/"), short).await, Err(EgressError::Late(short.deadline)));
}

#[tokio::test]
async fn no_error_holds_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::beside(tls(), address).unwrap();
    let error = client.get(&url(address, "/canary?canary#canary"), BOUNDS).await.unwrap_err();
    assert!(matches!(error, EgressError::Unavailable { may_have_arrived: false, .. }), "{error:?}");
    assert!(!format!("{error} {error:?} {client:?}").contains("canary"), "{error:?}");
}

struct Inside;

impl Lookup for Inside {
    fn addresses(&self, _: &str) -> Found {
        Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap(), "169.254.169.254".parse().unwrap()]) })
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_as_that() {
    let client = Client::with_names(tls(), None, Arc::new(Inside)).unwrap();
    let error = client.get(&Url::parse("https://feeds.example.com/").unwrap(), BOUNDS).await.unwrap_err();
    assert_eq!(error, EgressError::Refused { why: "its name has no address of the public internet" });
}
