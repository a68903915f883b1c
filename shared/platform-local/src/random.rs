//! Bytes that nobody can foresee.

use std::io::Read;
use std::path::Path;

use storage::StoreError;

use crate::sqlite::io_error;

/// A text of 64 hex digits that nobody can guess.
///
/// # Errors
/// If the system has no random bytes.
pub fn secret() -> Result<String, StoreError> {
    Ok(domain::hash::hex(&bytes()?))
}

/// 32 of them, of the system's.
pub(crate) fn bytes() -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    let random = Path::new("/dev/urandom");
    std::fs::File::open(random)
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(|e| io_error(random, &e))?;
    Ok(bytes)
}
