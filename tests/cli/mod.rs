//! The command line as a person meets it: transcripts, and what bad input gets.

mod bad_input;
mod bench;
mod transcripts;

use tests::Topdown;

/// Runs the command and answers its output with what differs between runs replaced: durations, dates of the
/// machine's clock, ids made from the catalog's content.
fn transcript(topdown: &Topdown, arguments: &[&str]) -> String {
    let finished = topdown.run(arguments);
    let mut text = format!("$ topdown {}\n", arguments.join(" "));
    if !finished.stderr.is_empty() {
        text.push_str(&finished.stderr);
    }
    if !finished.stdout.is_empty() {
        text.push_str(&finished.stdout);
    }
    if finished.code != 0 {
        text.push_str(&format!("exit code {}\n", finished.code));
    }
    text.lines().map(|line| format!("{}\n", masked(line))).collect()
}

fn masked(line: &str) -> String {
    let words: Vec<String> = line.split(' ').map(word).collect();
    let mut masked = words.join(" ");
    // a number before ` s` is a duration, and what pads it goes with it
    while let Some(at) = masked.match_indices(" s").map(|(at, _)| at).find(|at| is_duration(&masked, *at)) {
        let start = masked[..at].rfind(' ').map_or(0, |space| space + 1);
        let head = masked[..start].trim_end().to_owned();
        masked = format!("{head} TIME{}", &masked[at + 2..]);
    }
    masked
}

fn is_duration(line: &str, at: usize) -> bool {
    let number = line[..at].rsplit(' ').next().unwrap_or_default();
    let ends = line[at + 2..].chars().next().is_none_or(|next| !next.is_alphanumeric());
    ends && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn word(word: &str) -> String {
    let ids = [("r-", "r-ID"), ("rep-1M-", "rep-1M-ID"), ("rep-1w-", "rep-1w-ID")];
    let mut out = word.to_owned();
    for (prefix, mask) in ids {
        let mut from = 0;
        while let Some(found) = out[from..].find(prefix) {
            let at = from + found;
            let id: String =
                out[at + prefix.len()..].chars().take_while(char::is_ascii_alphanumeric).collect();
            let starts = at == 0 || !out[..at].ends_with(|c: char| c.is_alphanumeric());
            if id.len() == 8 && starts {
                out.replace_range(at..at + prefix.len() + id.len(), mask);
            }
            from = at + prefix.len();
        }
    }
    let date = out.len() == 10
        && out
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    let time = out.len() == 5
        && out.bytes().enumerate().all(|(i, b)| if i == 2 { b == b':' } else { b.is_ascii_digit() });
    match (date, time) {
        (true, _) => "DATE".to_owned(),
        (_, true) => "CLOCK".to_owned(),
        _ => out,
    }
}
