//! Hosts, as a URL names them.

use std::net::IpAddr;

/// Whether a host is this machine, to which a key may go in clear: by its literal address, an IPv6 one in brackets, or
/// as `localhost`. What another name resolves to is not this machine's to promise.
pub fn is_loopback(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || literal.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
