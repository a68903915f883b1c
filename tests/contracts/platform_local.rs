//! SQLite and a folder.
use std::path::Path;
use std::sync::Arc;

use domain::{Sha256Hex, Source, Timeframe};
use jiff::{SignedDuration, Timestamp};
use platform_local::{Access, Local, SignedPath};
use proptest::prelude::*;
use storage::{
    ArtifactKey, ArtifactStore, Bus, CandleStore, Message, RecommendationFilter, ReportStore, SeriesKey,
    StoreError, Topic, conformance,
};

use crate::contracts::samples;

fn open(path: &Path) -> Local {
    Local::open(path, Access::Write, "http://127.0.0.1:8377").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_port_passes_its_suite() {
    let folder = tempfile::tempdir().unwrap();
    let local = open(folder.path());
    conformance::candle_store(local.candles.as_ref()).await;
    conformance::artifact_store(local.artifacts.as_ref()).await;
    conformance::journal(local.journal.as_ref()).await;
    conformance::report_store(local.reports.as_ref()).await;
    conformance::recommendation_rows(local.reports.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_writes_and_others_read_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path());
    let second = Local::open(folder.path(), Access::Write, "http://127.0.0.1:8377").err().unwrap();
    let own = std::process::id();
    assert!(matches!(second, StoreError::InUse { pid: Some(pid) } if pid == own), "{second}");
    let key = ArtifactKey::new("runs/r-1/a.json").unwrap();
    let put = writer.artifacts.put(&key, "application/json", b"{}").await.unwrap();
    let reader = Local::open(folder.path(), Access::Read, "http://127.0.0.1:8377").unwrap();
    assert_eq!(reader.artifacts.get(&put.artifact.gcs_uri).await.unwrap(), b"{}");
    drop(writer);
    open(folder.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_a_newer_version_is_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let database = folder.path().join("topdown.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = Local::open(folder.path(), Access::Write, "http://127.0.0.1:8377").err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert!(error.to_string().contains("update topdown"));
}

/// A folder of the version before recommendations were kept.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_recommendations_is_read_and_then_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let connection = rusqlite::Connection::open(folder.path().join("topdown.sqlite")).unwrap();
    connection.execute_batch("DROP TABLE recommendations; PRAGMA user_version = 4").unwrap();
    drop(connection);
    let row = samples::recommendation("rec-1");
    let every = RecommendationFilter::default();
    let reader = Local::open(folder.path(), Access::Read, "http://127.0.0.1:8377").unwrap();
    assert_eq!(reader.reports.recommendation(&row.recommendation_id).await.unwrap(), None);
    assert_eq!(reader.reports.recommendations(&every, 10).await.unwrap(), []);
    open(folder.path()).reports.append_recommendation(&row).await.unwrap();
    assert_eq!(reader.reports.recommendations(&every, 10).await.unwrap(), [row], "the same reader, later");
}

/// The rows of candles as they stand in the database.
fn candle_rows(folder: &Path) -> Vec<Vec<rusqlite::types::Value>> {
    let connection = rusqlite::Connection::open(folder.join("topdown.sqlite")).unwrap();
    let sql =
        "SELECT series, open_ms, close_ms, open, volume, trades, taker_base, taker_quote, sum FROM candles";
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// A folder of the version in which every candle told its trades.
#[tokio::test(flavor = "multi_thread")]
async fn candles_of_a_version_that_knew_one_exchange_are_kept_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let series =
        SeriesKey { source: Source::Sim(1), symbol: "BTCUSDT".parse().unwrap(), timeframe: Timeframe::Hour };
    let bar = samples::hour("2026-04-30T00:00:00Z");
    let seen = "2026-04-30T01:10:00Z".parse().unwrap();
    open(folder.path()).candles.append(&series, std::slice::from_ref(&bar), seen).await.unwrap();
    let before = candle_rows(folder.path());
    let connection = rusqlite::Connection::open(folder.path().join("topdown.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 5).unwrap();
    drop(connection);
    let brought_up = open(folder.path());
    assert_eq!(brought_up.candles.newest_closed(&series).await.unwrap().unwrap().candle, bar);
    assert_eq!(candle_rows(folder.path()), before, "digit for digit, with their sums");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_recommendation_row_is_never_served() {
    let folder = tempfile::tempdir().unwrap();
    let local = open(folder.path());
    let row = samples::recommendation("rec-1");
    local.reports.append_recommendation(&row).await.unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("topdown.sqlite")).unwrap();
    // still a row, of another strength
    let sql = "UPDATE recommendations SET document = replace(document, ':64,', ':94,')";
    assert_eq!(connection.execute(sql, []).unwrap(), 1);
    let one = local.reports.recommendation(&row.recommendation_id).await.unwrap_err();
    let many = local.reports.recommendations(&RecommendationFilter::default(), 10).await.unwrap_err();
    for error in [one, many] {
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert!(error.to_string().starts_with("a recommendation row is damaged"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_artifact_is_never_served() {
    let folder = tempfile::tempdir().unwrap();
    let local = open(folder.path());
    let key = ArtifactKey::new("runs/r-1/a.json").unwrap();
    let put = local.artifacts.put(&key, "application/json", b"{\"price\":1}").await.unwrap();
    let path = local.artifacts.path(&key);
    for torn in [&b"{\"price\":2}"[..], b"{\"price\"", b""] {
        std::fs::write(&path, torn).unwrap();
        let error = local.artifacts.get(&put.artifact.gcs_uri).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
    let error = local.artifacts.get(&put.artifact.gcs_uri).await.unwrap_err();
    assert!(error.to_string().contains("export it again"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_never_committed_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let local = open(folder.path());
    let key = ArtifactKey::new("runs/r-1/a.json").unwrap();
    let path = local.artifacts.path(&key);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, b"torn by a kill").unwrap();
    assert_eq!(local.artifacts.find(&key).await.unwrap(), None);
    let put = local.artifacts.put(&key, "application/json", b"{}").await.unwrap();
    assert!(put.created);
    assert_eq!(local.artifacts.get(&put.artifact.gcs_uri).await.unwrap(), b"{}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_survives_its_taker() {
    let folder = tempfile::tempdir().unwrap();
    let message = Message {
        v: 1,
        topic: Topic::FlowEvents,
        run_id: "r-1".parse().unwrap(),
        steps: vec!["1w-report".parse().unwrap()],
    };
    let local = open(folder.path());
    local.bus.publish(&message).await.unwrap();
    assert_eq!(local.bus.take().unwrap().unwrap().message, message);
    assert!(local.bus.take().unwrap().is_none(), "taken once");
    drop(local);
    let local = open(folder.path());
    let delivery = local.bus.take().unwrap().unwrap();
    local.bus.acknowledge(delivery.id).unwrap();
    drop(local);
    assert!(open(folder.path()).bus.take().unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signing_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let key = folder.path().join("signing.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = Local::open(folder.path(), Access::Write, "http://127.0.0.1:8377").err().unwrap();
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

/// A folder that others could read until now is its owner's from the first opening on; one that holds other things
/// is not taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_wide_folder_is_narrowed_or_refused() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let widen = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(root.join("watchlist.toml"), "symbols = [\"BTCUSDT\"]").unwrap();
    widen(root, 0o755);
    drop(open(root));
    assert_eq!(mode(root), 0o700, "made by a person, who wrote a watchlist into it");
    let files = ["topdown.sqlite", "lock"];
    widen(root, 0o755);
    for name in files {
        assert_eq!(mode(&root.join(name)), 0o600);
        widen(&root.join(name), 0o644);
    }
    drop(open(root));
    assert_eq!(mode(root), 0o700);
    for name in files {
        assert_eq!(mode(&root.join(name)), 0o600, "{name}");
    }

    let other = tempfile::tempdir().unwrap();
    widen(other.path(), 0o755);
    std::fs::write(other.path().join("thesis.txt"), "mine").unwrap();
    let error = Local::open(other.path(), Access::Write, "http://127.0.0.1:8377").err().unwrap().to_string();
    assert!(error.contains("chmod 700") && error.contains("--data"), "{error}");
    assert_eq!(mode(other.path()), 0o755, "it is not this program's to change");
    assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1, "and nothing was put into it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_change_to_a_signed_address_closes_it(flip in 0_usize..64, other_hash in any::<[u8; 8]>(), later in 1_i64..10_000) {
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let local = open(folder.path());
            let key = ArtifactKey::new("runs/r-1/a.json").unwrap();
            let put = local.artifacts.put(&key, "application/json", b"{}").await.unwrap();
            let now: Timestamp = "2026-04-30T04:00:00Z".parse().unwrap();
            let signed =
                local.artifacts.sign(&put.artifact.gcs_uri, now, SignedDuration::from_hours(1)).await.unwrap();
            let query = signed.url.split_once("expires=").unwrap().1;
            let (expires, signature) = query.split_once("&signature=").unwrap();
            let expires: i64 = expires.parse().unwrap();
            let signer = Arc::clone(&local.signer);
            let good = SignedPath { method: "GET", key: key.as_str(), expires, signature };
            let hash = put.artifact.sha256;
            assert!(signer.verify(good, &hash, now).is_ok());
            assert!(signer.verify(SignedPath { method: "HEAD", ..good }, &hash, now).is_ok());
            let mut forged = signature.to_owned().into_bytes();
            forged[flip] = if forged[flip] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            for bad in [
                SignedPath { signature: &forged, ..good },
                SignedPath { signature: &signature[..62], ..good },
                SignedPath { method: "DELETE", ..good },
                SignedPath { key: "runs/r-1/b.json", ..good },
                SignedPath { expires: expires + later, ..good },
            ] {
                assert!(signer.verify(bad, &hash, now).is_err(), "{bad:?}");
            }
            assert!(signer.verify(good, &Sha256Hex::of(&other_hash), now).is_err());
            assert!(signer.verify(good, &hash, signed.expires_at).is_err(), "expired");
        });
    }
}
