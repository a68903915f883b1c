use std::path::{Path, PathBuf};

/// Root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// The folder of real candles, if it lies beside the repository.
pub fn candles() -> Option<PathBuf> {
    let folder = repository().join("../shared/data/binance_spot");
    folder.is_dir().then_some(folder)
}

/// Says in one line what a test left out and why. With `CI` set nothing may be left out.
pub fn left_out(test: &str, why: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty());
    assert!(!ci, "{test} would be left out in CI: {why}");
    eprintln!("left out: {test}: {why}");
}
