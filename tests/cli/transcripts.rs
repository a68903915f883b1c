//! Golden transcripts.

use tests::Topdown;

use super::transcript;

#[test]
fn demo_runs_and_show_read_like_this() {
    let topdown = Topdown::new();
    let mut all = transcript(&topdown, &["demo"]);
    all.push('\n');
    all.push_str(&transcript(&topdown, &["runs"]));
    all.push('\n');
    let run = topdown.json(&["runs", "--json"])["runs"][0]["run_id"].as_str().unwrap().to_owned();
    all.push_str(&transcript(&topdown, &["show", &run]));
    insta::assert_snapshot!(all);
}

#[test]
fn a_failed_run_reads_like_this() {
    let topdown = Topdown::new();
    let mut all = transcript(&topdown, &["demo", "--model", "rule-analyst:truncate"]);
    all.push('\n');
    all.push_str(&transcript(&topdown, &["runs"]));
    insta::assert_snapshot!(all);
}

#[test]
fn three_errors_read_like_this() {
    let topdown = Topdown::new();
    let mut all = transcript(&topdown, &["demo", "--symbol", "NOPEUSDT"]);
    all.push('\n');
    all.push_str(&transcript(&topdown, &["demo", "--flow", "9"]));
    all.push('\n');
    all.push_str(&transcript(&topdown, &["show", "r-00000000", "--data", "elsewhere"]));
    insta::assert_snapshot!(all);
}
