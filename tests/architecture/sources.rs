//! What may stand in the tree.

use std::path::{Path, PathBuf};
use std::process::Command;

fn tracked() -> Vec<PathBuf> {
    let root = tests::repository();
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(|name| root.join(name))
        .filter(|p| p.exists())
        .collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for path in tracked() {
        if path.extension().is_some_and(|extension| extension == "rs")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            found.push((path, text));
        }
    }
    assert!(found.len() > 100, "the search sees the sources");
    found
}

/// The part of a file before its unit tests.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

fn of_tests(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.contains("/tests/")
        || name.ends_with("/tests.rs")
        || name.contains("/sample.rs")
        || name.contains("testbed")
}

#[test]
fn unsafe_code_stands_in_runtime_only() {
    let blocks = [concat!("uns", "afe {"), concat!("uns", "afe fn"), concat!("uns", "afe impl")];
    let has = |text: &str| blocks.iter().any(|block| text.contains(block));
    for (path, text) in sources() {
        let name = path.to_string_lossy().into_owned();
        assert!(name.contains("/shared/runtime/") || !has(&text), "{name}");
    }
    assert!(has(&format!("let x = {} *y }};", blocks[0])), "the search finds a planted block");
}

#[test]
fn the_environment_is_read_in_main_only() {
    let readers = [concat!("env::", "var("), concat!("env::", "vars("), concat!("env::", "var_os(")];
    let reads = |text: &str| readers.iter().any(|reader| text.contains(reader));
    for (path, text) in sources() {
        let name = path.to_string_lossy().into_owned();
        if name.ends_with("/main.rs") || of_tests(&path) {
            continue;
        }
        assert!(!reads(shipped(&text)), "{name} reads the environment");
    }
    let planted = format!("#[cfg(test)]\nmod tests;\nlet home = std::{}\"HOME\");", readers[0]);
    assert!(
        reads(shipped(&planted)),
        "the search finds a planted reader, after the name of a module of tests too"
    );
}

#[test]
fn files_are_small() {
    for (path, text) in sources() {
        let lines = shipped(&text).lines().count();
        assert!(lines <= 400 || of_tests(&path), "{} has {lines} lines", path.display());
    }
}

#[test]
fn names_say_something() {
    for path in tracked() {
        let within = path.strip_prefix(tests::repository()).unwrap();
        assert!(!is_empty_name(within), "{}", within.display());
    }
    for planted in ["shared/market/src/utils.rs", "shared/common/src/lib.rs"] {
        assert!(is_empty_name(Path::new(planted)), "the search finds {planted}");
    }
}

/// Whether a file or a folder above it has a name that says nothing.
fn is_empty_name(path: &Path) -> bool {
    let empty = ["common", "util", "utils", "helper", "helpers", "misc", "prelude"];
    let stem = path.file_stem().into_iter();
    let mut parts = path.iter().chain(stem).map(|part| part.to_string_lossy());
    parts.any(|part| empty.contains(&part.as_ref()))
}

/// SQL is made of constants and bound parameters: no statement is put together from values.
#[test]
fn no_statement_is_formatted_from_values() {
    let mut seen = 0;
    for (path, text) in sources().into_iter().filter(|(path, _)| path.to_string_lossy().contains("/sqlite/"))
    {
        for line in shipped(&text).lines().filter(|line| is_statement(line)) {
            seen += 1;
            assert!(!is_put_together(line), "{}: {line}", path.display());
        }
    }
    assert!(seen > 10, "the search sees the statements");
    for planted in
        ["UPDATE series SET from_ms = {from}", "DELETE FROM {table}", "SELECT {COLUMNS} FROM {table}"]
    {
        assert!(is_statement(planted) && is_put_together(planted), "the search finds {planted}");
    }
}

fn is_statement(line: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", " FROM ", "WHERE "].iter().any(|word| line.contains(word))
}

/// The one name that is put in is a constant list of columns.
fn is_put_together(line: &str) -> bool {
    let mut names = line.match_indices('{').map(|(at, _)| &line[at..]);
    names.any(|name| !name.starts_with("{COLUMNS}"))
}

/// Templates insert text escaped; what is not escaped is counted and made by this program.
#[test]
fn unescaped_insertions_are_counted() {
    let mut found = Vec::new();
    for path in tracked().into_iter().filter(|p| p.to_string_lossy().contains("/templates/")) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            for _ in line.match_indices("|safe") {
                found.push(format!("{}:{}", path.file_name().unwrap().to_string_lossy(), number + 1));
            }
        }
    }
    assert_eq!(
        found.len(),
        8,
        "the style, six charts, and the part of a page that its own template made: {found:?}"
    );
}

/// Nothing of one machine and no registry's host: the repository speaks of itself alone.
#[test]
fn no_place_of_one_machine_is_named() {
    let forbidden = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("cra", "tes.io"),
        concat!("pypi", ".org"),
        concat!("npmjs", ".org"),
        concat!("maven", ".org"),
        concat!("deb", "ian.org"),
    ];
    for path in tracked() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if path.ends_with("Cargo.lock") {
            continue;
        }
        for place in forbidden {
            assert!(!text.contains(place), "{} names {place}", path.display());
        }
    }
    assert!(format!("see {}x", forbidden[0]).contains(forbidden[0]), "the search finds a planted case");
}
