//! Who this process is to Google Cloud.

use google_cloud_auth::credentials::{AccessTokenCredentials, Builder, Credentials, anonymous};
use secrecy::SecretString;
use storage::StoreError;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// Where a process without credentials gets some.
const HINT: &str = "run `gcloud auth application-default login`, name a key file in \
                    GOOGLE_APPLICATION_CREDENTIALS, or give the service an account";

/// The identity of this process. One is built for a process and cloned into its clients: they share the token, which
/// is fetched at the first request and renewed before it expires.
#[derive(Debug, Clone)]
pub struct Identity {
    tokens: Option<AccessTokenCredentials>,
}

impl Identity {
    /// The identity of the environment, in the order of Google's own clients: the key file that is named there,
    /// the login of `gcloud`, the metadata server. Nothing is asked of the network yet. It signs with the process's
    /// rustls provider, which is installed before.
    ///
    /// # Errors
    /// `Unavailable` if there is a file and it is no key or login.
    pub fn from_environment() -> Result<Self, StoreError> {
        let tokens = Builder::default()
            .with_scopes([SCOPE])
            .build_access_token_credentials()
            .map_err(|error| StoreError::Unavailable(format!("Google credentials: {error}; {HINT}")))?;
        Ok(Self { tokens: Some(tokens) })
    }

    /// Nobody: emulators ask for no name.
    pub fn anonymous() -> Self {
        Self { tokens: None }
    }

    /// What Google's own clients are built with.
    pub fn credentials(&self) -> Credentials {
        match &self.tokens {
            Some(tokens) => tokens.clone().into(),
            None => anonymous::Builder::new().build(),
        }
    }

    /// The access token for a bearer header; `None` for nobody.
    ///
    /// # Errors
    /// `Unavailable` if there is no token to be had.
    pub async fn token(&self) -> Result<Option<SecretString>, StoreError> {
        let Some(tokens) = &self.tokens else { return Ok(None) };
        let token = tokens
            .access_token()
            .await
            .map_err(|error| StoreError::Unavailable(format!("no access token: {error}; {HINT}")))?;
        Ok(Some(SecretString::from(token.token)))
    }
}
