//! Alerts look for lines of the log: the programs must write them.

use std::path::Path;

use tests::repository;

use super::plan::shown;

fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_line_that_alerts_look_for_is_logged() {
    let Some([infra, _]) = shown("every_line_that_alerts_look_for_is_logged") else { return };
    let mut all = String::new();
    for folder in ["shared/runtime/src", "functions"] {
        sources(&repository().join(folder), &mut all);
    }
    let alerts =
        infra.plan("services").iter().filter(|resource| resource.kind == "google_monitoring_alert_policy");
    let mut looked_for = 0;
    for alert in alerts {
        let filter = alert.values["conditions"][0]["condition_matched_log"][0]["filter"].as_str();
        for part in filter.unwrap_or_default().split("jsonPayload.message").skip(1) {
            let pattern = part.split('"').nth(1).unwrap();
            // the fixed words of a pattern
            for words in pattern.trim_matches(['^', '$']).split(".*") {
                let logged = all.lines().any(|line| line.contains('"') && line.contains(words.trim()));
                assert!(logged, "{}: nothing logs `{words}`", alert.address);
                looked_for += 1;
            }
        }
    }
    assert!(looked_for >= 8, "{looked_for}");
}

#[test]
fn every_alert_says_where_a_person_reads_on() {
    let Some([infra, _]) = shown("every_alert_says_where_a_person_reads_on") else { return };
    let readme = std::fs::read_to_string(repository().join("infra/README.md")).unwrap();
    let alerts =
        infra.plan("services").iter().filter(|resource| resource.kind == "google_monitoring_alert_policy");
    let names: Vec<&str> = alerts.map(|alert| alert.address.split('"').nth(1).unwrap()).collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("\n| `{name}` | ")), "infra/README.md says nothing of {name}");
    }
}
