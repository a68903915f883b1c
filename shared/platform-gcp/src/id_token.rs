//! Checks of identity tokens by their issuer's public keys.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use google_cloud_auth::credentials::idtoken::verifier::{Builder, Verifier};
use tokio::sync::Mutex;

/// The longest the issuer may take to show its keys.
const KEYS: Duration = Duration::from_secs(10);

/// `Ok(false)` if a signature does not hold, `Err` if the keys cannot be had.
type Verified = Pin<Box<dyn Future<Output = Result<bool, String>> + Send>>;

/// A check of tokens for these audiences by the keys at `jwks_url`, Google's unless told. The keys are fetched at
/// once, where a runtime is there to do it, and again each hour.
pub fn verifier(
    audiences: &[String],
    jwks_url: Option<&str>,
) -> Arc<dyn Fn(String) -> Verified + Send + Sync> {
    let mut builder = Builder::new(audiences);
    if let Some(url) = jwks_url {
        builder = builder.with_jwks_url(url);
    }
    // one at a time: a verifier that waits for keys refuses whoever comes meanwhile
    let verifier = Arc::new(Mutex::new(builder.build()));
    Arc::new(move |token| Box::pin(verify(verifier.clone(), token)))
}

async fn verify(verifier: Arc<Mutex<Verifier>>, token: String) -> Result<bool, String> {
    // in a task of its own: the crate panics where the machine has no certificates
    let checked = tokio::spawn(async move {
        let verifier = verifier.lock().await;
        tokio::time::timeout(KEYS, verifier.verify(&token)).await
    });
    match checked.await {
        Ok(Ok(Ok(_))) => Ok(true),
        Ok(Ok(Err(error))) if error.is_load_cert() => Err(error.to_string()),
        Ok(Ok(Err(_))) => Ok(false),
        Ok(Err(_)) => Err(format!("no answer within {} s", KEYS.as_secs())),
        Err(_) => Err("the check broke down; has the machine certificates?".to_owned()),
    }
}
