//! `./bench` as a person calls it; what it measures is measured by nobody here.

use std::process::{Command, Output};

use tests::repository;

fn bench(arguments: &[&str]) -> Output {
    Command::new(repository().join("bench")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_names_every_figure_and_option() {
    let output = bench(&["--help"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let help = text(&output.stdout);
    for name in [
        "flow-overhead",
        "collector",
        "cold-start",
        "functions",
        "indicators",
        "chart",
        "newcomer",
        "monitor",
        "--json",
        "--newcomer",
        "--rounds",
    ] {
        assert!(help.contains(name), "{name}: {help}");
    }
}

#[test]
fn wrong_arguments_are_refused_before_anything_is_built() {
    for (arguments, says) in [
        (&["speed"][..], "`speed` is no figure: flow-overhead"),
        (&["--rounds", "0"], "--rounds"),
        (&["--rounds", "many"], "--rounds"),
        (&["--fast"], "--fast"),
    ] {
        let output = bench(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(says) && said.contains("usage: ./bench"), "{arguments:?}: {said}");
        assert!(!said.contains("building") && output.stdout.is_empty(), "{arguments:?}: {said}");
    }
}

#[test]
fn scripts_are_sound() {
    for script in ["bench", "test", "tests/peers/setup.sh"] {
        let output = Command::new("bash").arg("-n").arg(repository().join(script)).output().unwrap();
        assert!(output.status.success(), "{script}: {}", text(&output.stderr));
    }
}
