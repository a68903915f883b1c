use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The value of `X-Signature` for a body sent at `timestamp`, seconds since 1970.
pub fn signature(secret: &SecretString, timestamp: i64, body: &[u8]) -> String {
    format!(
        "sha256={}",
        hmac_hex(secret.expose_secret().as_bytes(), &[timestamp.to_string().as_bytes(), b".", body])
    )
}

/// HMAC-SHA256 (RFC 2104) of the parts, one behind the other.
fn hmac_hex(key: &[u8], parts: &[&[u8]]) -> String {
    // a key of any length is taken
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    parts.iter().for_each(|part| mac.update(part));
    let mut hex = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        // writing to a string cannot fail
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, sections 4.2 (case 1), 4.3 (case 2) and 4.7 (case 6).
    #[test]
    fn published_vectors_hold() {
        assert_eq!(
            hmac_hex(&[0x0b; 20], &[b"Hi There"]),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            hmac_hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hmac_hex(&[0xaa; 131], &[b"Test Using Larger Than Block-Size Key - Hash Key First"]),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    /// `printf '1777521600.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of a test'`
    #[test]
    fn the_signature_covers_timestamp_and_body() {
        let secret = SecretString::from("a secret of a test");
        assert_eq!(
            signature(&secret, 1_777_521_600, br#"{"a":1}"#),
            "sha256=9dbd22ea26322afebce1b6f2c37432f5dae557fae621bed5c8d611337eafd32f"
        );
        assert_ne!(
            signature(&secret, 1_777_521_601, br#"{"a":1}"#),
            signature(&secret, 1_777_521_600, br#"{"a":1}"#)
        );
    }
}
