use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use crate::error::EgressError;
use crate::public::is_public;

/// What may be spoken to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// The public internet.
    Public,
    /// And the one server at this address of this machine, in clear.
    Beside(SocketAddr),
}

impl Reach {
    /// Whether an address may be asked, as far as it shows by itself: names are looked at when they are resolved. An
    /// address has been read as a browser reads it, so that `0x7f.1` and `2130706433` are `127.0.0.1` by now.
    pub(crate) fn admit(self, url: &Url) -> Result<(), EgressError> {
        let refused = |why| Err(EgressError::Refused { why });
        if !url.username().is_empty() || url.password().is_some() {
            return refused("it names a user; leave out what stands before the @");
        }
        let Some(host) = url.host_str() else { return refused("it names no host") };
        let literal = literal(host);
        if let Self::Beside(server) = self
            && url.scheme() == "http"
            && literal.zip(url.port_or_known_default()) == Some((server.ip(), server.port()))
        {
            return Ok(());
        }
        if url.scheme() != "https" {
            return refused("it is not https");
        }
        match literal {
            Some(ip) if !is_public(ip) => refused("it is no address of the public internet"),
            _ => Ok(()),
        }
    }
}

/// The address that a host is, where it is no name.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(reach: Reach, address: &str) -> bool {
        reach.admit(&Url::parse(address).unwrap()).is_ok()
    }

    #[test]
    fn literals_are_known_however_they_are_written() {
        for inside in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://%31%32%37.0.0.1/",
            // the dots and digits of other scripts
            "https://１２７。０。０。１/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[0:0:0:0:0:0:0:1]:8443/",
        ] {
            assert!(!admits(Reach::Public, inside), "{inside}");
        }
        for outside in ["https://93.184.216.34/a?b", "https://0x5db8d822/", "https://[2606:4700::1111]/"] {
            assert!(admits(Reach::Public, outside), "{outside}");
        }
    }

    #[test]
    fn only_https_without_a_user_goes_out() {
        for refused in [
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:text/plain,a",
            "gopher://example.com/",
            "https://user@example.com/",
            "https://user:pass@example.com/",
            "https://:pass@example.com/",
            "https://example.com:443@127.0.0.1/",
        ] {
            assert!(!admits(Reach::Public, refused), "{refused}");
        }
        // a name is decided by what it resolves to
        assert!(admits(Reach::Public, "https://localhost./"));
    }

    #[test]
    fn beside_the_public_one_server_is_let_through_and_no_other() {
        let beside = Reach::Beside("127.0.0.1:8080".parse().unwrap());
        assert!(admits(beside, "http://127.0.0.1:8080/hook") && admits(beside, "http://0x7f.1:8080/hook"));
        for refused in [
            "http://127.0.0.1/",
            "http://127.0.0.1:8081/",
            "http://127.0.0.2:8080/",
            "http://localhost:8080/",
            "http://user@127.0.0.1:8080/",
            "https://127.0.0.1:8080/",
            "http://[::1]:8080/",
        ] {
            assert!(!admits(beside, refused), "{refused}");
        }
    }
}
