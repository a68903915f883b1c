//! The tables of infra/README.md are those that its command prints.

use std::io::Write;
use std::process::{Command, Stdio};

use tests::repository;

use super::plan::shown;

#[test]
fn the_inventory_in_the_readme_is_what_its_command_prints() {
    let Some(shown) = shown("the_inventory_in_the_readme_is_what_its_command_prints") else { return };
    let mut command = Command::new("python3");
    command.arg(repository().join("infra/inventory")).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in shown.iter().flat_map(|shown| &shown.lines) {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("google") || printed.lines().count() > 40, "{printed}");
    let readme = std::fs::read_to_string(repository().join("infra/README.md")).unwrap();
    let inside = readme
        .split("<!-- infra/inventory --write -->\n")
        .nth(1)
        .and_then(|rest| rest.split("<!-- end -->").next());
    assert_eq!(inside, Some(printed.as_str()), "run infra/inventory --write");
}
