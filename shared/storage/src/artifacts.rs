use std::fmt;

use async_trait::async_trait;
use domain::Sha256Hex;
use jiff::{SignedDuration, Timestamp};

use crate::StoreError;

/// Name of an artifact below its bucket: parts of letters, digits, `_`, `-`, `.` and `%`, joined by `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactKey(String);

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of an artifact; it looks like gs://BUCKET/runs/RUN/STEP.json")]
pub struct KeyError(String);

impl ArtifactKey {
    /// Checks the parts: none empty, none of dots alone, no character that a path could obey.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'%');
        let part = |p: &str| !p.is_empty() && p.len() <= 200 && p.bytes().all(plain) && !p.starts_with('.');
        if !text.is_empty() && text.len() <= 900 && text.split('/').all(part) {
            return Ok(Self(text.to_owned()));
        }
        Err(KeyError(text.chars().filter(|c| !c.is_control()).take(120).collect()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArtifactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An artifact that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// `gs://bucket/key`; the bucket is `local` on one machine.
    pub gcs_uri: String,
    /// Hash of its bytes.
    pub sha256: Sha256Hex,
    /// Its media type.
    pub media_type: String,
    /// Which object of that name it is, where a bucket numbers them.
    pub generation: Option<i64>,
}

/// What a create-only write found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The artifact under that key now: the one written, or the one that was there before.
    pub artifact: Artifact,
    /// Whether this call wrote it.
    pub created: bool,
}

/// An address that opens one artifact until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUrl {
    /// The address. It grants access: for the journal, notices, the API's answers and pages alone.
    pub url: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// Files by name, created once.
#[async_trait]
pub trait ArtifactStore: Send + Sync {
    /// Writes the artifact if the key is free, durably before it answers. A taken key is no error: the answer
    /// names what is there.
    async fn put(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError>;

    /// The bytes, checked against the hash they were stored with.
    async fn get(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError>;

    /// What is under the key, if anything is.
    async fn find(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError>;

    /// An address that opens the artifact for `ttl`, at most twelve hours.
    async fn sign(&self, gcs_uri: &str, now: Timestamp, ttl: SignedDuration)
    -> Result<SignedUrl, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_in_its_bucket() {
        for bad in ["", "/a", "a//b", "a/../b", "..", ".hidden", "a\\b", "a\0", "a b", "a/"] {
            assert!(ArtifactKey::new(bad).is_err(), "{bad:?}");
        }
        assert!(ArtifactKey::new("runs/r-1/%E5%B8%81-1M.json").is_ok());
    }
}
