use std::str::FromStr;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{AsyncSmtpConnection, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use reqwest::Url;

use super::client::CONNECT;

/// A server that takes letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
}

/// When a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// From the first byte.
    Tls,
    /// From STARTTLS on; a server without it is left.
    StartTls,
    /// Never: a server on this machine.
    Clear,
}

/// The text names no server. Nothing of it is repeated: it may hold a password that belongs elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// It cannot be read.
    #[error(
        "write smtps://HOST, or smtp://HOST for STARTTLS, with :PORT behind it where it is not 465 or 587"
    )]
    Unreadable,
    /// A user or a password stands in it.
    #[error("it holds a user or a password; those belong into SMTP_USERNAME and SMTP_PASSWORD")]
    Login,
}

impl FromStr for Server {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| ServerError::Unreadable)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ServerError::Login);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(ServerError::Unreadable)?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let (security, port) = match url.scheme() {
            _ if !is_bare => return Err(ServerError::Unreadable),
            "smtps" => (Security::Tls, 465),
            "smtp" if domain::host::is_loopback(host) => (Security::Clear, 25),
            "smtp" => (Security::StartTls, 587),
            _ => return Err(ServerError::Unreadable),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port: url.port().unwrap_or(port), security })
    }
}

impl Server {
    /// A connection on which a password may be sent.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::default();
        let tls = || {
            TlsParameters::builder(self.host.clone())
                .certificate_store(CertificateStore::WebpkiRoots)
                .build_rustls()
        };
        let at_once = if self.security == Security::Tls { Some(tls()?) } else { None };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &hello, at_once, None).await?;
        if self.security == Security::StartTls {
            // fails where the server does not offer it
            connection.starttls(tls()?, &hello).await?;
        }
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Result<(String, u16, Security), ServerError> {
        text.parse().map(|Server { host, port, security }| (host, port, security))
    }

    #[test]
    fn a_server_is_reached_under_tls_unless_it_is_here() {
        let is = |host: &str, port, security| Ok((host.to_owned(), port, security));
        assert_eq!(server("smtps://smtp.example.org"), is("smtp.example.org", 465, Security::Tls));
        assert_eq!(server("smtp://smtp.example.org"), is("smtp.example.org", 587, Security::StartTls));
        assert_eq!(server("smtp://smtp.example.org:2525/"), is("smtp.example.org", 2525, Security::StartTls));
        assert_eq!(server("smtp://127.0.0.1:1025"), is("127.0.0.1", 1025, Security::Clear));
        assert_eq!(server("smtps://[::1]:1025"), is("::1", 1025, Security::Tls));
        // a name that only looks like this machine
        assert_eq!(server("smtp://127.0.0.1.example"), is("127.0.0.1.example", 587, Security::StartTls));
    }

    #[test]
    fn what_names_no_server_is_refused_without_being_repeated() {
        for text in [
            "smtp.example.org",
            "http://smtp.example.org",
            "smtps://",
            "smtps://a/b",
            "smtp://a?tls=none",
            "",
        ] {
            assert_eq!(server(text), Err(ServerError::Unreadable), "{text}");
        }
        for text in ["smtps://user@a", "smtps://user:pass@a", "smtp://:pass@127.0.0.1"] {
            assert_eq!(server(text), Err(ServerError::Login), "{text}");
        }
        assert!(!format!("{} {}", ServerError::Login, ServerError::Unreadable).contains("pass@"));
    }
}
