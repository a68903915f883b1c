use std::hash::{BuildHasher, Hasher, RandomState};

/// 32 hex digits that no other call gives: a hasher begins with keys that are random.
pub(crate) fn nonce() -> String {
    let part = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", part(), part())
}
