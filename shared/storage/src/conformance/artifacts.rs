use domain::Sha256Hex;
use jiff::SignedDuration;

use super::at;
use crate::{ArtifactKey, ArtifactStore, StoreError};

/// The suite for [`ArtifactStore`].
pub async fn artifact_store(store: &dyn ArtifactStore) {
    let key = ArtifactKey::new("runs/r-1/1w-ohlcv.json").unwrap();
    assert_eq!(store.find(&key).await.unwrap(), None);

    let first = store.put(&key, "application/json", b"{\"a\":1}").await.unwrap();
    assert!(first.created);
    assert_eq!(first.artifact.sha256, Sha256Hex::of(b"{\"a\":1}"));
    assert!(first.artifact.gcs_uri.starts_with("gs://"), "{}", first.artifact.gcs_uri);
    assert!(first.artifact.gcs_uri.ends_with("/runs/r-1/1w-ohlcv.json"), "{}", first.artifact.gcs_uri);

    // create-only: the second writer learns what is there
    let second = store.put(&key, "application/json", b"{\"a\":2}").await.unwrap();
    assert!(!second.created);
    assert_eq!(second.artifact, first.artifact);
    assert_eq!(store.get(&first.artifact.gcs_uri).await.unwrap(), b"{\"a\":1}");
    assert_eq!(store.find(&key).await.unwrap(), Some(first.artifact.clone()));

    let missing = first.artifact.gcs_uri.replace("1w", "1d");
    assert!(matches!(store.get(&missing).await, Err(StoreError::NotFound(_))));
    for hostile in ["gs://", "gs://other/x", "runs/r-1/1w-ohlcv.json", "gs://local/../../etc/passwd"] {
        assert!(store.get(hostile).await.is_err(), "{hostile}");
    }

    let now = at("2026-04-30T04:00:00Z");
    let signed = store.sign(&first.artifact.gcs_uri, now, SignedDuration::from_hours(48)).await.unwrap();
    assert_eq!(signed.expires_at, at("2026-04-30T16:00:00Z"), "an address works for twelve hours at most");
    assert!(signed.url.contains("1w-ohlcv.json"), "{}", signed.url);
}
