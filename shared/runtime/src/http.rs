//! The one HTTP client: no redirect, no referer, certificates of its own, a deadline on every call.

use std::sync::Arc;
use std::time::Duration;

/// The client could not be built: the program cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be built: {0}")]
pub struct ClientError(String);

/// A client for vendors. `timeout` bounds a call from its start to its last byte.
///
/// A redirect would carry a vendor's key to another host, and a `Referer` its path; neither is ever sent. Roots
/// are those of Mozilla, compiled in, so that a bare machine or image has them. The environment's proxies are used.
///
/// # Errors
/// [`ClientError`], at start only.
pub fn client(timeout: Duration) -> Result<reqwest::Client, ClientError> {
    finish(builder(timeout)?)
}

/// The same for servers on this machine: no proxy of the environment can reach them, and a key that is sent to them
/// in clear must not leave it.
///
/// # Errors
/// [`ClientError`], at start only.
pub fn loopback_client(timeout: Duration) -> Result<reqwest::Client, ClientError> {
    finish(builder(timeout)?.no_proxy())
}

/// The client for a server at `base_url`: through the environment's proxies, unless it is on this machine.
///
/// # Errors
/// [`ClientError`], at start only.
pub fn reaching(base_url: &str, timeout: Duration) -> Result<reqwest::Client, ClientError> {
    if is_loopback(base_url) { loopback_client(timeout) } else { client(timeout) }
}

/// Whether `base_url` is a server on this machine that is spoken to in clear, for [`loopback_client`].
pub fn is_loopback(base_url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(base_url) else { return false };
    url.scheme() == "http" && url.host_str().is_some_and(domain::host::is_loopback)
}

/// A server as it is told from others: scheme, host, port and path of its base URL, without user, query or a slash
/// at the end. What is no address stays as it is.
pub(crate) fn endpoint(base_url: &str) -> String {
    let Ok(url) = reqwest::Url::parse(base_url) else { return base_url.to_owned() };
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}://{host}:{port}{}", url.scheme(), url.path().trim_end_matches('/'))
}

fn finish(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, ClientError> {
    builder.build().map_err(|error| ClientError(error.without_url().to_string()))
}

/// What every client here trusts: Mozilla's roots, compiled in.
///
/// # Errors
/// [`ClientError`], at start only.
pub fn tls() -> Result<rustls::ClientConfig, ClientError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn builder(timeout: Duration) -> Result<reqwest::ClientBuilder, ClientError> {
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .timeout(timeout)
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("topdown/", env!("CARGO_PKG_VERSION"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_host_and_not_by_how_an_address_begins() {
        for here in ["http://127.0.0.1:8377/a", "http://127.9.9.9", "http://localhost:1", "http://[::1]:80/"]
        {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example/",
            "http://localhost@evil.example",
            "http://127.0.0.1:80@evil.example/",
            "http://[::2]/",
            "https://127.0.0.1",
            "http://evil.example/http://127.0.0.1",
            "127.0.0.1",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn one_server_has_one_endpoint() {
        let own = endpoint("https://api.example.com/v1");
        for same in ["https://API.example.com:443/v1/", "https://u:p@api.example.com/v1?a=1"] {
            assert_eq!(endpoint(same), own, "{same}");
        }
        for other in [
            "http://api.example.com/v1",
            "https://api.example.com:8443/v1",
            "https://api.example.org/v1",
            "https://api.example.com/v2",
            "https://api.example.com",
            "rule-analyst",
        ] {
            assert_ne!(endpoint(other), own, "{other}");
        }
    }
}
