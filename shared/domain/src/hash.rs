//! Content hashes.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of stored bytes, 64 lower-case hex digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sha256Hex(String);

impl Sha256Hex {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(hex(&Sha256::digest(bytes)))
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, as ids and pages show them.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Sha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

/// Lower-case hex of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

/// `bytes` in lower-case base 32 without look-alikes (Crockford's alphabet), for ids people read aloud.
pub fn base32(bytes: &[u8], digits: usize) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut out = String::with_capacity(digits);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        if out.len() == digits {
            break;
        }
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 && out.len() < digits {
            bits -= 5;
            let index = (buffer >> bits) & 31;
            out.push(char::from(DIGITS[index as usize]));
        }
        buffer &= (1 << bits) - 1;
    }
    out
}

/// The first `digits` base-32 digits of the SHA-256 of `text`.
pub fn short_id(text: &str, digits: usize) -> String {
    base32(&Sha256::digest(text.as_bytes()), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_abc_is_the_published_vector() {
        // FIPS 180-4, appendix B.1
        assert_eq!(
            Sha256Hex::of(b"abc").as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn base32_takes_five_bits_a_digit() {
        // 0xF8 0x3F = 11111 00000 11111 1 -> z, 0, z
        assert_eq!(base32(&[0xF8, 0x3F], 3), "z0z");
        // the hash of `abc` begins ba78 = 10111 01001 11100 0: digits 23, 9 and 28
        assert_eq!(short_id("abc", 3), "q9w");
    }
}
