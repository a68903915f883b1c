use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::{Sha256Hex, hash};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use storage::StoreError;

use crate::sqlite::io_error;
use crate::{Access, durable, fault, plain, random};

const KEY_FILE: &str = "signing.key";

/// Signs addresses of artifacts and checks them: HMAC-SHA256 over method, path, content hash and expiry.
pub struct Signer {
    // absent for a reader of a folder that never signed
    key: Option<[u8; 32]>,
    base_url: String,
}

/// The parts of a signed address that its holder sends back.
#[derive(Debug, Clone, Copy)]
pub struct SignedPath<'a> {
    /// `GET` or `HEAD`, both signed as `GET`.
    pub method: &'a str,
    /// The artifact's key.
    pub key: &'a str,
    /// Seconds since 1970.
    pub expires: i64,
    /// Hex digits.
    pub signature: &'a str,
}

/// The address opens nothing. One answer whatever was wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this address is not valid or no longer so; `topdown open RUN` opens the page, `topdown cat` prints any artifact"
)]
pub struct Refused;

impl Signer {
    pub(crate) fn open(folder: &Path, access: Access, base_url: &str) -> Result<Self, StoreError> {
        let path = folder.join(KEY_FILE);
        let key = match plain::open(&path) {
            Ok(mut file) => {
                let mode = file.metadata().map_err(|e| io_error(&path, &e))?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(StoreError::Unusable(format!(
                        "{} can be read by others; run chmod 600 on it",
                        path.display()
                    )));
                }
                let mut key = [0; 32];
                match file.read_exact(&mut key) {
                    Ok(()) => Some(key),
                    // without a key nothing is signed, and everything else is read
                    Err(error) if error.kind() == ErrorKind::UnexpectedEof && access == Access::Read => None,
                    Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                        return Err(StoreError::Unusable(format!(
                            "{} is cut short; remove it: addresses signed before then open nothing",
                            path.display()
                        )));
                    }
                    Err(error) => return Err(io_error(&path, &error)),
                }
            }
            Err(_) if access == Access::Read => None,
            Err(error) if error.kind() == ErrorKind::NotFound => Some(create_key(&path)?),
            Err(error) => return Err(io_error(&path, &error)),
        };
        Ok(Self { key, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    /// The address that opens `key` until `expires_at`.
    pub(crate) fn url(&self, key: &str, sha256: &Sha256Hex, expires_at: Timestamp) -> Option<String> {
        let expires = expires_at.as_second();
        let mac = self.mac("GET", key, sha256, expires)?;
        let signature = hash::hex(&mac.finalize().into_bytes());
        Some(format!("{}/artifacts/{key}?expires={expires}&signature={signature}", self.base_url))
    }

    /// Whether the address opens the artifact whose content hash is `sha256` at `now`.
    ///
    /// # Errors
    /// [`Refused`], without saying why.
    pub fn verify(&self, path: SignedPath<'_>, sha256: &Sha256Hex, now: Timestamp) -> Result<(), Refused> {
        let method = if path.method == "HEAD" { "GET" } else { path.method };
        let mac = self.mac(method, path.key, sha256, path.expires).ok_or(Refused)?;
        let signature = unhex(path.signature).ok_or(Refused)?;
        mac.verify_slice(&signature).map_err(|_| Refused)?;
        if now.as_second() < path.expires { Ok(()) } else { Err(Refused) }
    }

    fn mac(&self, method: &str, key: &str, sha256: &Sha256Hex, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key?).ok()?;
        mac.update(format!("{method}\n/artifacts/{key}\n{sha256}\n{expires}").as_bytes());
        Some(mac)
    }
}

fn create_key(path: &Path) -> Result<[u8; 32], StoreError> {
    let key = random::bytes()?;
    fault::point("signing-key.begin");
    durable::write_private(path, &key)?;
    Ok(key)
}

/// The bytes of lower-case digits. The parser of numbers would take a sign for a digit: `+7` is no way to write `07`.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if !text.len().is_multiple_of(2) || !text.bytes().all(is_digit) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_cut_short_keeps_nobody_from_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        std::fs::write(&path, [7; 31]).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let open = |access| Signer::open(folder.path(), access, "http://127.0.0.1:8377");
        assert!(open(Access::Read).is_ok());
        let error = open(Access::Write).err().unwrap().to_string();
        assert!(error.contains("is cut short; remove it"), "{error}");
        std::fs::remove_file(&path).unwrap();
        assert!(open(Access::Write).is_ok() && open(Access::Write).is_ok());
    }

    #[test]
    fn any_signature_but_its_own_is_refused() {
        let signer = Signer { key: Some([7; 32]), base_url: "http://127.0.0.1:8377".to_owned() };
        let (hash, at) = (Sha256Hex::of(b"page"), Timestamp::UNIX_EPOCH);
        let key = "pages/rep-1w-8e02k7qd.html";
        let url = signer.url(key, &hash, Timestamp::from_second(60).unwrap()).unwrap();
        let own = url.rsplit_once('=').unwrap().1;
        let opens = |method: &str, signature: &str| {
            signer.verify(SignedPath { method, key, expires: 60, signature }, &hash, at).is_ok()
        };
        assert!(opens("GET", own));
        assert!(own.contains("07") && !opens("GET", &own.replacen("07", "+7", 1)), "{own}");
        bolero::check!().for_each(|bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(opens("GET", &text), text == own);
            assert!(!opens(&text, own) || matches!(&*text, "GET" | "HEAD"));
            let at = bytes.len() % own.len();
            let spliced = [own.get(..at).unwrap(), &text].concat();
            assert_eq!(opens("GET", &spliced), spliced == own);
        });
    }
}
