use google_cloud_auth::credentials::{Builder, impersonated};
pub(super) use google_cloud_auth::signer::Signer;
use google_cloud_auth::signer::{Result as SignResult, SigningProvider};
use storage::StoreError;

use crate::Identity;

/// Who signs addresses: the account `signs_as`, which signs for whoever may become it, or the identity of the
/// environment, with its own key file or by the platform. No key is needed on Google Cloud.
pub(super) fn signer(
    identity: &Identity,
    signs_as: Option<&str>,
    emulated: bool,
) -> Result<Signer, StoreError> {
    if emulated {
        return Ok(Signer::from(Nobody));
    }
    let built = match signs_as {
        Some(account) => impersonated::Builder::from_source_credentials(identity.credentials())
            .with_target_principal(account)
            .build_signer(),
        None => Builder::default().build_signer(),
    };
    built.map_err(|error| {
        StoreError::Unavailable(format!("nobody signs addresses: {error}; set SIGNER to an account that may"))
    })
}

/// An emulator looks at no signature.
#[derive(Debug)]
struct Nobody;

impl SigningProvider for Nobody {
    async fn client_email(&self) -> SignResult<String> {
        Ok("nobody@emulator.invalid".to_owned())
    }

    async fn sign(&self, _: &[u8]) -> SignResult<bytes::Bytes> {
        Ok(bytes::Bytes::from_static(b"no signature"))
    }
}
