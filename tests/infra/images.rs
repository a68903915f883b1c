//! The image of each function, made of the programs that this build has, unpacked and started.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tests::{left_out, repository};

use super::functions::{documented, environments, program, programs};
use super::judges::{judged, judges};
use super::plan::shown;
use super::terraform::{target, text};

/// Folder with a root for each function; `None`, and one line, where it cannot be made.
fn roots(test: &str) -> Option<&'static Path> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match MADE.get_or_init(make) {
        Ok(folder) => Some(folder),
        Err(why) => {
            left_out(test, why);
            None
        }
    }
}

fn make() -> Result<PathBuf, String> {
    let work = target().join("images");
    _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(work.join("empty")).unwrap();
    let buildah = |arguments: &[&str]| buildah(&work, arguments);
    let known = buildah(&["--version"]).map_err(|error| format!("buildah: {error}"))?;
    let root = Command::new("id").arg("-u").output().unwrap();
    if !known.status.success() || root.stdout != b"0\n" {
        return Err("roots are made and entered by root alone".to_owned());
    }
    for arguments in [&["from", "--name", "probe", "scratch"][..], &["mount", "probe"]] {
        let probed = buildah(arguments).unwrap();
        if !probed.status.success() {
            return Err(format!("roots cannot be made here: {}", text(&probed).trim()));
        }
    }
    let out = work.join("build/out");
    let from = program("coordinator").parent().unwrap().to_owned();
    let staged = Command::new("bash")
        .arg(repository().join("infra/stage"))
        .args([&from, &out])
        .args(programs())
        // not optimised
        .env("MOST_BYTES", "1000000000")
        .output()
        .unwrap();
    assert!(staged.status.success(), "{}", text(&staged));
    let started = || Command::new("bash").arg(repository().join("infra/start")).arg(&out).output().unwrap();
    let refused = started();
    let said = text(&refused);
    assert!(!refused.status.success() && said.contains("does not start in its image"), "{said}");
    for function in programs() {
        bring_libraries(&out.join(&function));
        let context = format!("build={}", work.join("build").display());
        let argument = format!("FUNCTION={function}");
        let (file, empty) = (repository().join("infra/Dockerfile"), work.join("empty"));
        let (file, empty) = (file.to_str().unwrap(), empty.to_str().unwrap());
        let rest = ["--isolation", "chroot", "--target", "function", "--build-context", &context];
        let image = ["--build-arg", &argument, "--file", file, "--tag", &function, empty];
        let built = buildah(&[&["bud"], &rest[..], &image[..]].concat()).unwrap();
        assert!(built.status.success(), "{}", text(&built));
        let unpacked = buildah(&["from", "--name", &function, &format!("localhost/{function}")]).unwrap();
        assert!(unpacked.status.success(), "{}", text(&unpacked));
        let mounted = buildah(&["mount", &function]).unwrap();
        let path = String::from_utf8(mounted.stdout).unwrap();
        std::os::unix::fs::symlink(path.trim(), work.join(&function)).unwrap();
    }
    let started = started();
    assert!(started.status.success(), "{}", text(&started));
    std::fs::remove_dir_all(work.join("build")).unwrap();
    Ok(work)
}

fn buildah(work: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let mut command = Command::new("buildah");
    command
        .args(["--storage-driver", "vfs", "--root"])
        .arg(work.join("storage"))
        .arg("--runroot")
        .arg(work.join("run"));
    command.args(arguments).output()
}

/// The programs of a test's build are linked with the machine's libraries; those of a release are static.
fn bring_libraries(root: &Path) {
    let output = Command::new("ldd").arg(root.join("function")).output().unwrap();
    for word in
        String::from_utf8_lossy(&output.stdout).split_whitespace().filter(|word| word.starts_with('/'))
    {
        let to = root.join(&word[1..]);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(word, to).unwrap();
    }
}

/// What the platform adds to what Terraform gives.
fn on_cloud_run(given: &BTreeMap<String, String>, port: u16) -> BTreeMap<String, String> {
    let mut all = given.clone();
    all.extend([("PORT".to_owned(), port.to_string()), ("K_SERVICE".to_owned(), "a-service".to_owned())]);
    all
}

/// The program in its root, as nobody.
fn start(root: &Path, environment: &BTreeMap<String, String>) -> Child {
    let mut command = Command::new("chroot");
    command.arg("--userspec=65532:65532").arg(std::fs::canonicalize(root).unwrap()).arg("/function");
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").envs(environment);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn the_image_of_each_function_starts_with_what_terraform_gives_it() {
    let test = "the_image_of_each_function_starts_with_what_terraform_gives_it";
    let (Some(roots), Some([infra, _])) = (roots(test), shown(test)) else { return };
    for (function, given) in
        environments(infra, "services").into_iter().filter(|(name, _)| programs().contains(name))
    {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = start(&roots.join(&function), &on_cloud_run(&given, port));
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("\"ready\"") {
            assert!(log.read_line(&mut lines).unwrap() > 0, "{function} ends: {lines}");
        }
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a-service\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{function}: {answer}");
        // chroot has become the program
        let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(stopped.success() && child.wait().unwrap().success(), "{function}");
    }
}

#[test]
fn the_image_of_each_function_refuses_to_start_without_a_variable() {
    let test = "the_image_of_each_function_refuses_to_start_without_a_variable";
    let (Some(roots), Some([infra, _])) = (roots(test), shown(test)) else { return };
    for (function, given) in
        environments(infra, "services").into_iter().filter(|(name, _)| programs().contains(name))
    {
        let required = documented(&function).into_iter().filter(|variable| variable["required"] == true);
        let mut names: Vec<String> =
            required.map(|variable| variable["name"].as_str().unwrap().to_owned()).collect();
        assert!(names.len() >= 2, "{function}: {names:?}");
        // needed where the platform checks tokens
        names.push("AUDIENCE".to_owned());
        for name in names {
            let mut less = on_cloud_run(&given, 1);
            assert!(less.remove(&name).is_some(), "{function}: Terraform gives no {name}");
            let output = start(&roots.join(&function), &less).wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{function} without {name}: {said}");
            assert!(said.contains(&name), "{function} without {name}: {said}");
        }
    }
}

#[test]
fn an_image_holds_a_program_and_what_it_was_made_of() {
    let test = "an_image_holds_a_program_and_what_it_was_made_of";
    let (Some(roots), Some(judges)) = (roots(test), judges(test)) else { return };
    let lock = std::fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    for function in programs() {
        let root = roots.join(&function);
        let certificates = std::fs::read_to_string(root.join("etc/ssl/certs/ca-certificates.crt")).unwrap();
        assert!(certificates.matches("BEGIN CERTIFICATE").count() > 50);
        let list = root.join("sbom.cdx.json");
        let check = "import sys\n\
            from cyclonedx.validation.json import JsonStrictValidator\n\
            from cyclonedx.schema import SchemaVersion\n\
            sys.exit(JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()) and 'no CycloneDX')";
        judged(&judges.join("python"), &["-c", check, list.to_str().unwrap()]).unwrap();
        let list: Value = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
        let components = list["components"].as_array().unwrap();
        let named = |name: &str| components.iter().any(|component| component["name"] == name);
        // a crate of the program, none of its tests, none of its build
        assert!(named("tokio") && named("domain") && !named("proptest") && !named("cc"), "{function}");
        for component in components {
            if let Some(hash) = component["hashes"][0]["content"].as_str() {
                assert!(lock.contains(hash), "{component}");
            }
        }
    }
}
