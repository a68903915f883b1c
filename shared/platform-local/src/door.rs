//! Where the server of a data folder answers, and the token that it answers to.

use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::{Sha256Hex, hash};
use secrecy::{ExposeSecret, SecretString};
use storage::StoreError;

use crate::sqlite::io_error;
use crate::{durable, plain, random};

const TOKEN_FILE: &str = "api.token";
const PORT_FILE: &str = "api.port";

/// Longest content of either file, bytes.
const LONGEST: u64 = 200;

/// The door of a data folder's server. Whoever can read the folder's files may use it.
pub struct Door {
    /// Of 127.0.0.1.
    pub port: u16,
    /// The bearer token.
    pub token: SecretString,
}

impl Door {
    /// The door of a server at `port`: its token is the folder's, made if there is none.
    ///
    /// # Errors
    /// `Unusable` if others can read the token.
    pub fn open(folder: &Path, port: u16) -> Result<Self, StoreError> {
        let path = folder.join(TOKEN_FILE);
        let token = match token(&path)? {
            Some(token) => token,
            None => {
                let made = hash::hex(&random::bytes()?);
                durable::write_private(&path, format!("{made}\n").as_bytes())?;
                made.into()
            }
        };
        durable::write_private(&folder.join(PORT_FILE), format!("{port}\n").as_bytes())?;
        Ok(Self { port, token })
    }

    /// The door that a server of the folder opened last.
    ///
    /// # Errors
    /// `Unusable` if others can read the token.
    pub fn find(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(PORT_FILE);
        let port = match plain::read(&path, LONGEST) {
            Ok(text) => String::from_utf8_lossy(&text).trim().parse().ok(),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(io_error(&path, &error)),
        };
        let token = token(&folder.join(TOKEN_FILE))?;
        Ok(port.zip(token).map(|(port, token)| Self { port, token }))
    }

    /// Whether a caller showed the token. How long the answer takes says nothing of it: hashes are compared.
    pub fn opens(&self, shown: &str) -> bool {
        Sha256Hex::of(shown.as_bytes()) == Sha256Hex::of(self.token.expose_secret().as_bytes())
    }
}

fn token(path: &Path) -> Result<Option<SecretString>, StoreError> {
    let mut file = match plain::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path, &error)),
    };
    let mode = file.metadata().map_err(|e| io_error(path, &e))?.permissions().mode();
    let unusable = |what: &str| Err(StoreError::Unusable(format!("{} {what}", path.display())));
    if mode & 0o077 != 0 {
        return unusable("can be read by others; run chmod 600 on it");
    }
    let mut text = String::new();
    Read::take(&mut file, LONGEST).read_to_string(&mut text).map_err(|e| io_error(path, &e))?;
    let text = text.trim();
    if text.len() < 32 {
        return unusable("holds no token; remove it, and the next start makes one");
    }
    Ok(Some(text.into()))
}
