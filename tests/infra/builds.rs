//! The Dockerfile and the builds.

use tests::repository;

use super::judges::{judged, judges};

const SCRIPTS: [&str; 7] = [
    "infra/catalog",
    "infra/images",
    "infra/record",
    "infra/smoke",
    "infra/stage",
    "infra/start",
    "infra/variables",
];
const BUILDS: [&str; 2] = ["cloudbuild.yaml", "infra/deploy.cloudbuild.yaml"];

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap()
}

#[test]
fn dockerfile_builds_and_scripts_pass_their_judges() {
    let Some(judges) = judges("dockerfile_builds_and_scripts_pass_their_judges") else { return };
    judged(&judges.join("hadolint"), &["infra/Dockerfile"]).unwrap();
    judged(&judges.join("shellcheck"), &SCRIPTS).unwrap();
    let schema = ["--builtin-schema", "vendor.cloudbuild"];
    judged(&judges.join("check-jsonschema"), &[&schema[..], &BUILDS[..]].concat()).unwrap();

    // each of them finds a planted mistake
    let folder = tempfile::tempdir().unwrap();
    let planted = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let dockerfile = planted("Dockerfile", &read("infra/Dockerfile").replace("WORKDIR /src", "WORKDIR src"));
    assert!(judged(&judges.join("hadolint"), &[&dockerfile]).unwrap_err().contains("DL3000"));
    let script = planted(
        "images",
        &read("infra/images").replace("\"$registry/$name:$commit\"", "$registry/$name:$commit"),
    );
    assert!(judged(&judges.join("shellcheck"), &[&script]).unwrap_err().contains("SC2086"));
    let build = planted("cloudbuild.yaml", &read("cloudbuild.yaml").replace("machineType:", "machine:"));
    let said = judged(&judges.join("check-jsonschema"), &[&schema[..], &[&build]].concat()).unwrap_err();
    assert!(said.contains("'machine' was unexpected"), "{said}");
}

/// Images of steps and stages: by digest, or made here.
fn unpinned(text: &str) -> Vec<&str> {
    let from = |line: &'static str| move |text: &str| text.trim_start().strip_prefix(line).map(str::len);
    let made = ["scratch", "${RUST}", "tools", "build", "recipe", "check"];
    let mut found = Vec::new();
    for line in text.lines() {
        for start in ["FROM ", "ARG RUST=", "COPY --from=", "- --driver-opt=image=", "name: "] {
            if let Some(length) = from(start)(line) {
                let image = line[line.len() - length..].split_whitespace().next().unwrap();
                if !made.contains(&image) && !image.contains("@sha256:") {
                    found.push(image);
                }
            }
        }
    }
    found
}

#[test]
fn every_image_that_is_pulled_is_named_by_digest() {
    for file in ["infra/Dockerfile", BUILDS[0], BUILDS[1]] {
        assert_eq!(unpinned(&read(file)), Vec::<&str>::new(), "{file}");
    }
    let planted = "ARG RUST=rust:1\nFROM debian:12 AS tools\n  - id: x\n    name: docker\n";
    assert_eq!(unpinned(planted), ["rust:1", "debian:12", "docker"]);
}

/// The steps of a build, by their ids.
fn steps(build: &str) -> Vec<&str> {
    build.split("  - id: ").skip(1).collect()
}

/// What an account of no project role could not ask, and what a tag moved afterwards would change.
#[test]
fn a_build_writes_down_its_own_digests_and_a_deployment_takes_them() {
    let (build, deployment) = (read(BUILDS[0]), read(BUILDS[1]));
    let last = *steps(&build).last().unwrap();
    assert!(last.starts_with("record\n") && last.contains("images.auto.tfvars.json"), "{last}");
    for file in BUILDS.iter().chain(&SCRIPTS) {
        assert!(!read(file).contains("artifacts docker images"), "{file} asks for what a tag names");
    }
    assert!(deployment.contains("/builds/${_TAG}\n"), "{deployment}");
}

/// A provider of another day, or of another name in a state that was tampered with, is not run.
#[test]
fn a_deployment_runs_the_provider_that_a_person_has_run() {
    let deployment = read(BUILDS[1]);
    assert!(steps(&deployment)[0].contains("\"$STATE/.terraform.lock.hcl\" infra/"), "{deployment}");
    let inits: Vec<&str> = deployment.lines().filter(|line| line.contains("terraform init")).collect();
    assert!(!inits.is_empty() && inits.iter().all(|init| init.contains(" -lockfile=readonly ")), "{inits:?}");
}

/// A pushed commit is built by no one's leave: it changes nothing that runs.
#[test]
fn a_catalog_comes_into_force_with_the_images_of_its_commit() {
    let (build, deployment) = (read(BUILDS[0]), read(BUILDS[1]));
    let uploads: Vec<&str> =
        steps(&build).into_iter().filter(|step| step.contains("infra/catalog")).collect();
    assert!(uploads.len() == 1 && uploads[0].contains("'${_TAG}'"), "{uploads:?}");
    let order: Vec<&str> = steps(&deployment).iter().map(|step| step.split('\n').next().unwrap()).collect();
    assert_eq!(order, ["variables", "plan", "guard", "apply", "catalog", "smoke"]);
    assert!(steps(&deployment)[4].contains("/builds/${_TAG}/catalog.json"));
}

/// The build tests as CI does, and says which reasons it lets pass.
#[test]
fn a_build_leaves_out_for_the_reasons_that_it_names_alone() {
    let build = read("cloudbuild.yaml");
    let check = build.split("  - id: ").find(|step| step.starts_with("check\n")).unwrap();
    assert!(check.contains("- CI=1\n"), "{check}");
    let reasons = check.split("- MAY_LEAVE_OUT=").nth(1).unwrap().lines().next().unwrap();
    assert!(!reasons.is_empty() && reasons.split('|').all(|reason| reason.len() > 6), "{reasons}");
}

#[test]
fn the_image_is_made_of_each_function() {
    let dockerfile = read("infra/Dockerfile");
    let line = dockerfile.lines().find_map(|line| line.strip_prefix("ENV FUNCTIONS=\"-p ")).unwrap();
    let mut built: Vec<&str> = line.trim_end_matches('"').split(" -p ").collect();
    built.sort_unstable();
    let folders = std::fs::read_dir(repository().join("functions")).unwrap();
    let mut functions: Vec<String> =
        folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    functions.retain(|name| name != "local");
    functions.sort_unstable();
    assert_eq!(built, functions);
    // what a release laid out is started before it becomes an image: the programs of a test's build are not static
    assert!(
        dockerfile.contains(
            "infra/stage target/x86_64-unknown-linux-gnu/release /out \\\n    && infra/start /out\n"
        )
    );
    // the last word is the final stage's: nobody's id, not root's
    let last = dockerfile.rsplit("FROM ").next().unwrap();
    assert!(last.starts_with("scratch ") && last.contains("\nUSER 65532:65532\n"), "{last}");
}
