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
            let text = std::fs::read_to_string(path).unwrap();
            // a file's own tests come last
            into.push_str(text.split("#[cfg(test)]\nmod ").next().unwrap());
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

/// Lines of the level `WARN` that no alert looks for, and why a person need not know at once.
const NO_ALERT: [(&str, &str); 22] = [
    ("not let in", "the platform's own line of it is looked for"),
    ("no connection accepted", "the platform's limit: it sends the request elsewhere"),
    ("stopped with work in hand: its leases end by themselves", "the sweeper hands it over again"),
    ("step {step_id} is handed over again", "what the sweeper is for"),
    ("not given back", "its lease ends by itself"),
    ("not handed over again: left to the sweeper", "what the sweeper is for"),
    ("result dropped", "another worker's stands"),
    ("another worker's answer came first", "it stands, and the budget counts both"),
    ("no signed address", "one is signed when it is asked for"),
    ("message for a run that does not exist: dropped", "nothing waits for it"),
    ("message for a step that is none of its topic's: dropped", "nothing waits for it"),
    ("message for another function: dropped", "nothing waits for it"),
    ("this version has no such flow: left to the one that started it", "its deadline ends it with an error"),
    ("the repair call brought nothing: the answer keeps its marks", "the report shows them"),
    ("drawn built-in", "the chart says so"),
    ("a tool has no answer", "the model is told, and the report shows it"),
    ("{symbol} does not trade: {status}", "the pages show it"),
    ("{symbol} does not trade: {status}, last hour until {since}", "the pages show it"),
    ("not collected; asked again at the next tick", "one symbol; its runs fail if it stays so"),
    ("a commit's outcome is unknown: reading again", "what it comes to in the end is logged"),
    ("{what} is tried again", "what it comes to in the end is logged"),
    ("exchange unavailable, retrying", "what it comes to in the end is logged"),
];

/// More of them, of vendors and storage, by how they end.
const TRIED_AGAIN: [&str; 3] = ["is written again", "is read again", "exchange wants silence"];

/// The messages that the sources log at a level: the last text of each call, but for those in other texts.
fn logged(sources: &str, level: &str) -> Vec<String> {
    sources.split(level).skip(1).filter_map(last_text).collect()
}

/// The last text of a call, from behind its opening bracket to the closing one.
fn last_text(call: &str) -> Option<String> {
    let (mut depth, mut text, mut last) = (1, None::<String>, None);
    let mut characters = call.chars();
    while depth > 0 {
        match (characters.next()?, &mut text) {
            ('\\', Some(text)) => text.push(characters.next()?),
            ('"', Some(_)) => last = text.take(),
            ('"', None) => text = Some(String::new()),
            (other, Some(text)) => text.push(other),
            ('(', None) => depth += 1,
            (')', None) => depth -= 1,
            _ => {}
        }
    }
    last
}

/// Whether words with `.*` between them are a pattern of a message.
fn is_matched(pattern: &str, message: &str) -> bool {
    let mut rest = message;
    let words: Vec<&str> = pattern.trim_matches(['^', '$']).split(".*").collect();
    for word in &words {
        let Some(at) = rest.find(word) else { return false };
        if pattern.starts_with('^') && std::ptr::eq(rest, message) && at > 0 {
            return false;
        }
        rest = &rest[at + word.len()..];
    }
    !pattern.ends_with('$') || message.ends_with(words[words.len() - 1])
}

#[test]
fn what_the_programs_warn_of_is_looked_for_or_known_to_need_nobody() {
    let test = "what_the_programs_warn_of_is_looked_for_or_known_to_need_nobody";
    let Some([infra, _]) = shown(test) else { return };
    let filters: Vec<&str> = infra
        .plan("services")
        .iter()
        .filter_map(|it| it.values["conditions"][0]["condition_matched_log"][0]["filter"].as_str())
        .collect();
    // every error there is: nothing but the messages of two other alerts is taken out of this one
    let catch_all = filters.iter().filter(|filter| filter.contains("severity>=ERROR AND NOT (")).count();
    assert_eq!(catch_all, 1, "{filters:?}");
    let excepted = filters.iter().find_map(|filter| filter.split(" AND NOT ").nth(1)).unwrap();
    for part in excepted.trim_matches(['(', ')']).split(" OR ") {
        let own = |filter: &&&str| !filter.contains(" AND NOT ") && filter.contains(part);
        assert!(filters.iter().any(|filter| own(&filter)), "nobody looks for {part}");
    }
    let patterns: Vec<String> = filters
        .iter()
        .filter(|filter| filter.contains("severity>=WARNING"))
        .flat_map(|filter| filter.split("jsonPayload.message").skip(1))
        .map(|part| {
            let words = part.split('"').nth(1).unwrap();
            if part.starts_with("=~") { words.to_owned() } else { format!("^{words}$") }
        })
        .collect();
    let mut all = String::new();
    let of_programs = ["runtime", "platform-gcp", "market", "llm", "notify", "storage", "charts", "flows"];
    for folder in of_programs.map(|name| format!("shared/{name}/src")) {
        sources(&repository().join(folder), &mut all);
    }
    for function in tests::FUNCTIONS {
        sources(&repository().join("functions").join(function).join("src"), &mut all);
    }
    let unseen: Vec<String> = logged(&all, "warn!(")
        .into_iter()
        .filter(|message| !patterns.iter().any(|pattern| is_matched(pattern, message)))
        .filter(|message| !NO_ALERT.iter().any(|(known, _)| known == message))
        .filter(|message| !TRIED_AGAIN.iter().any(|end| message.ends_with(end)))
        .collect();
    assert_eq!(unseen, Vec::<String>::new(), "an alert, or a reason why none: infra/alerts.tf, NO_ALERT");
    // the check sees what it should: a line of each kind
    let planted =
        "warn!(%error, \"answer lost\");\nwarn!(a = 1, \"step {id} failed\")\n};warn!(\"unheard of\");";
    let seen = logged(planted, "warn!(");
    assert_eq!(seen, ["answer lost", "step {id} failed", "unheard of"]);
    let is_seen = |message: String| patterns.iter().any(|pattern| is_matched(pattern, &message));
    assert_eq!(seen.into_iter().map(is_seen).collect::<Vec<_>>(), [true, true, false]);
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
