//! Artifacts in Cloud Storage: the suite, and what no other backend meets.

use jiff::SignedDuration;
use platform_gcp::{BucketConfig, CatalogBucket, CloudArtifacts, Identity, WithAccountFiles};
use serde_json::json;
use storage::{ArtifactKey, ArtifactStore, CatalogFiles, StoreError, conformance};
use tests::{Emulator, http, unique};

/// A bucket of a test's own on the emulator.
pub(super) struct Bucket {
    /// `HOST:PORT`.
    pub(super) address: String,
    pub(super) config: BucketConfig,
}

impl Bucket {
    pub(super) fn new(test: &str) -> Option<Self> {
        let emulator = Emulator::Storage.address(test)?;
        let address = emulator.trim_start_matches("http://").to_owned();
        let bucket = unique("artifacts");
        let (status, body) =
            http(&address, "POST", "/storage/v1/b?project=demo", Some(&json!({"name": bucket})));
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        Some(Self { address, config: BucketConfig { bucket, emulator: Some(emulator) } })
    }

    pub(super) fn artifacts(&self) -> CloudArtifacts {
        CloudArtifacts::new(self.config.clone(), None, Identity::anonymous())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_artifacts_pass_their_suite() {
    let Some(bucket) = Bucket::new("the_artifacts_pass_their_suite") else { return };
    conformance::artifact_store(&bucket.artifacts()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_address_opens_the_artifact_for_others() {
    let Some(bucket) = Bucket::new("a_signed_address_opens_the_artifact_for_others") else { return };
    let artifacts = bucket.artifacts();
    let key = ArtifactKey::new("runs/r-1/1w-chart-trend.png").unwrap();
    let put = artifacts.put(&key, "image/png", b"\x89PNG").await.unwrap();
    let now = "2026-04-30T04:00:00Z".parse().unwrap();
    let signed = artifacts.sign(&put.artifact.gcs_uri, now, SignedDuration::from_hours(1)).await.unwrap();
    assert_eq!(signed.expires_at, "2026-04-30T05:00:00Z".parse().unwrap());
    // the parameters of Google's V4 signing process
    for part in ["X-Goog-Algorithm=GOOG4-RSA-SHA256", "X-Goog-Expires=3600", "X-Goog-Signature="] {
        assert!(signed.url.contains(part), "{}", signed.url);
    }
    let path = signed.url.strip_prefix(&format!("http://{}", bucket.address)).unwrap();
    let (status, body) = http(&bucket.address, "GET", path, None);
    assert_eq!((status, body.as_slice()), (200, &b"\x89PNG"[..]));
}

/// What replaces an object under its name is another one.
#[tokio::test(flavor = "multi_thread")]
async fn an_artifact_is_named_with_the_number_that_its_bucket_gave_it() {
    let Some(bucket) = Bucket::new("an_artifact_is_named_with_the_number_that_its_bucket_gave_it") else {
        return;
    };
    let artifacts = bucket.artifacts();
    let key = ArtifactKey::new("1w-ohlcv.json").unwrap();
    let kept = || {
        let path = format!("/storage/v1/b/{}/o/1w-ohlcv.json", bucket.config.bucket);
        let object: serde_json::Value =
            serde_json::from_slice(&http(&bucket.address, "GET", &path, None).1).unwrap();
        object["generation"].as_str().unwrap().parse::<i64>().unwrap()
    };
    let made = artifacts.put(&key, "application/json", b"{}").await.unwrap().artifact;
    assert_eq!(made.generation, Some(kept()));
    assert_eq!(artifacts.find(&key).await.unwrap(), Some(made.clone()));

    let path = format!("/upload/storage/v1/b/{}/o?uploadType=media&name=1w-ohlcv.json", bucket.config.bucket);
    assert_eq!(http(&bucket.address, "POST", &path, Some(&json!({}))).0, 200);
    let replaced = artifacts.find(&key).await.unwrap().unwrap();
    assert_eq!(replaced.generation, Some(kept()));
    assert_eq!(replaced.sha256, made.sha256);
    assert_ne!(replaced.generation, made.generation);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_another_bucket_is_neither_read_nor_signed() {
    let Some(bucket) = Bucket::new("an_address_of_another_bucket_is_neither_read_nor_signed") else { return };
    let Some(other) = Bucket::new("an_address_of_another_bucket_is_neither_read_nor_signed") else { return };
    let key = ArtifactKey::new("runs/r-1/account.json").unwrap();
    let put = other.artifacts().put(&key, "application/json", b"{}").await.unwrap();
    let artifacts = bucket.artifacts();
    let now = "2026-04-30T04:00:00Z".parse().unwrap();
    let read = artifacts.get(&put.artifact.gcs_uri).await.unwrap_err();
    assert!(matches!(read, StoreError::NotFound(_)), "{read}");
    let signed = artifacts.sign(&put.artifact.gcs_uri, now, SignedDuration::from_hours(1)).await.unwrap_err();
    assert!(matches!(signed, StoreError::NotFound(_)), "{signed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn account_files_are_read_and_signed_beside_artifacts_and_never_written() {
    let test = "account_files_are_read_and_signed_beside_artifacts_and_never_written";
    let (Some(bucket), Some(apart), Some(third)) = (Bucket::new(test), Bucket::new(test), Bucket::new(test))
    else {
        return;
    };
    let store = WithAccountFiles::new(bucket.artifacts(), apart.artifacts());
    conformance::artifact_store(&store).await;
    let key = ArtifactKey::new("runs/r-1/account.json").unwrap();
    let put = apart.artifacts().put(&key, "application/json", b"{}").await.unwrap();
    assert_eq!(store.find(&key).await.unwrap(), None, "it is looked for among artifacts alone");
    assert_eq!(store.get(&put.artifact.gcs_uri).await.unwrap(), b"{}");
    let now = "2026-04-30T04:00:00Z".parse().unwrap();
    let signed = store.sign(&put.artifact.gcs_uri, now, SignedDuration::from_hours(1)).await.unwrap();
    assert!(signed.url.contains(&format!("/{}/", apart.config.bucket)), "{}", signed.url);
    let written = store.put(&key, "application/json", b"[]").await.unwrap().artifact.gcs_uri;
    assert_eq!(written, format!("gs://{}/{key}", bucket.config.bucket));
    assert_eq!(apart.artifacts().get(&put.artifact.gcs_uri).await.unwrap(), b"{}");
    let elsewhere = third.artifacts().put(&key, "application/json", b"{}").await.unwrap().artifact.gcs_uri;
    let refused = store.get(&elsewhere).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_is_read_as_people_left_it() {
    let Some(bucket) = Bucket::new("the_catalog_is_read_as_people_left_it") else { return };
    let catalog = CatalogBucket::new(bucket.config.clone(), Identity::anonymous());
    assert_eq!(catalog.read("watchlist.toml").await.unwrap(), None);
    let key = ArtifactKey::new("watchlist.toml").unwrap();
    bucket.artifacts().put(&key, "text/plain", b"symbols = [\"BTCUSDT\"]").await.unwrap();
    assert_eq!(catalog.read("watchlist.toml").await.unwrap().as_deref(), Some("symbols = [\"BTCUSDT\"]"));
}
