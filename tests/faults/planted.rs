//! Links and pipes planted in a data folder: none is followed, none is waited at, and each is named.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use platform_local::{Access, Local};
use storage::{ArtifactKey, ArtifactStore, StoreError};
use tests::Topdown;

use super::bench::{DEMO, program};

/// What is planted: a pipe, and links to a file and to a folder that are somebody else's.
const KINDS: [&str; 3] = ["pipe", "file", "folder"];

fn plant(kind: &str, at: &Path, elsewhere: &Path) {
    match std::fs::symlink_metadata(at) {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(at).unwrap(),
        Ok(_) => std::fs::remove_file(at).unwrap(),
        Err(_) => {}
    }
    let (file, folder) = (elsewhere.join("secret"), elsewhere.join("folder"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(&file, b"somebody else's").unwrap();
    match kind {
        "pipe" => assert!(Command::new("mkfifo").arg(at).status().unwrap().success()),
        "file" => symlink(file, at).unwrap(),
        _ => symlink(folder, at).unwrap(),
    }
}

/// Nothing was written through what was planted.
fn untouched(elsewhere: &Path) {
    assert_eq!(std::fs::read(elsewhere.join("secret")).unwrap(), b"somebody else's");
    assert_eq!(std::fs::read_dir(elsewhere.join("folder")).unwrap().count(), 0);
}

fn open(path: &Path) -> Result<Local, StoreError> {
    Local::open(path, Access::Write, "http://127.0.0.1:8377")
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_artifacts_place_it_is_damage_and_written_over() {
    for kind in KINDS {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let local = open(folder.path()).unwrap();
        let key = ArtifactKey::new("runs/r-1/a.json").unwrap();
        let put = async || local.artifacts.put(&key, "application/json", b"{}").await;
        let uri = put().await.unwrap().artifact.gcs_uri;
        plant(kind, &local.artifacts.path(&key), elsewhere.path());
        let read = local.artifacts.get(&uri).await;
        assert!(matches!(read, Err(StoreError::Damaged { .. })), "{kind}: {read:?}");
        // the same bytes mend it, as they mend any damage
        put().await.unwrap();
        assert_eq!(local.artifacts.get(&uri).await.unwrap(), b"{}", "{kind}");
        assert!(local.artifacts.path(&key).symlink_metadata().unwrap().is_file(), "{kind}");
        untouched(elsewhere.path());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_folders_place_nothing_is_read_or_written_through_it() {
    for (kind, place) in KINDS.iter().flat_map(|kind| ["runs", "runs/r-1", "unfinished"].map(|at| (kind, at)))
    {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let local = open(folder.path()).unwrap();
        let key = |name: &str| ArtifactKey::new(&format!("runs/r-1/{name}")).unwrap();
        let put = local.artifacts.put(&key("a.json"), "application/json", b"{}").await.unwrap();
        plant(kind, &folder.path().join(place), elsewhere.path());
        let error = local.artifacts.put(&key("b.json"), "application/json", b"{}").await.unwrap_err();
        assert!(matches!(error, StoreError::Unusable(_)), "{kind} {place}: {error}");
        assert!(error.to_string().contains(place) && error.to_string().contains("it is a link"), "{error}");
        if place != "unfinished" {
            let read = local.artifacts.get(&put.artifact.gcs_uri).await;
            assert!(matches!(read, Err(StoreError::Damaged { .. })), "{kind} {place}: {read:?}");
        }
        untouched(elsewhere.path());
    }
}

#[test]
fn in_place_of_the_folders_own_files_it_is_named() {
    for (kind, name) in KINDS.iter().flat_map(|kind| {
        [
            "lock",
            "signing.key",
            "topdown.sqlite",
            "topdown.sqlite-wal",
            "topdown.sqlite-shm",
            "watchlist.toml",
        ]
        .map(|name| (kind, name))
    }) {
        let topdown = Topdown::new();
        let elsewhere = topdown.path("elsewhere");
        drop(open(&topdown.data()).unwrap());
        plant(kind, &topdown.data().join(name), &elsewhere);
        // nobody answers at that port: nothing is asked of it
        let finished = topdown.run(&["collect", "BTCUSDT"]);
        assert!([1, 2].contains(&finished.code), "{kind} {name}: {}", finished.stderr);
        for part in [name, "it is a link, a pipe"] {
            assert!(finished.stderr.contains(part), "{kind} {name}: {}", finished.stderr);
        }
        untouched(&elsewhere);
    }
}

/// What a killed process left, and anything with its name, is gone before a file is written.
#[test]
fn in_an_unfinished_files_place_it_is_removed() {
    for kind in KINDS {
        let topdown = Topdown::new();
        let elsewhere = topdown.path("elsewhere");
        // a folder of other things that others can read would be refused as a whole
        DirBuilder::new().mode(0o700).create(topdown.data()).unwrap();
        plant(kind, &topdown.data().join("signing.unfinished"), &elsewhere);
        drop(open(&topdown.data()).unwrap());
        assert!(topdown.data().join("signing.key").symlink_metadata().unwrap().is_file());
        untouched(&elsewhere);
    }
}

/// Whatever the caller's mask, nobody else reads a data folder, not even what SQLite writes.
#[test]
fn a_data_folder_is_its_owners_alone() {
    let topdown = program();
    let demo = topdown.command(DEMO);
    let mut command = Command::new("bash");
    // killed while it writes: SQLite's own files are there
    command.args(["-c", "umask 0; exec \"$@\"", "bash"]).arg(demo.get_program()).args(demo.get_args());
    command.current_dir(topdown.path("")).env("FAILPOINTS", "commit.after=5*off->return");
    assert!(!command.output().unwrap().status.success());
    let (mut folders, mut seen) = (vec![topdown.data()], Vec::new());
    while let Some(folder) = folders.pop() {
        let mode = |path: &Path| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            seen.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    for name in
        ["topdown.sqlite", "topdown.sqlite-wal", "topdown.sqlite-shm", "lock", "signing.key", "1M-ohlcv.json"]
    {
        assert!(seen.iter().any(|seen| seen == name), "{name} is among {seen:?}");
    }
}
