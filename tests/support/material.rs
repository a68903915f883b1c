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

/// Says in one line what a test left out and why. With `CI` set nothing may be left out but for the reasons that hold a
/// part of `MAY_LEAVE_OUT`, whose parts stand between bars.
pub fn left_out(test: &str, why: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
    let given = |name: &str| std::env::var(name).unwrap_or_default();
    let reasons = given("MAY_LEAVE_OUT");
    let is_allowed = reasons.split('|').any(|part| !part.is_empty() && why.contains(part));
    assert!(given("CI").is_empty() || is_allowed, "{test} would be left out in CI: {why}");
    eprintln!("left out: {test}: {why}");
}
