use std::io::{BufRead, Write};

/// Repeats `work` as often as each line of stdin says, and answers a line when that is done.
pub(crate) fn repeat(mut work: impl FnMut()) {
    for line in std::io::stdin().lock().lines() {
        let times: u32 = line.unwrap().trim().parse().expect("how often");
        (0..times).for_each(|_| work());
        answer(&times.to_string());
    }
}

/// Writes a line to whoever started this.
pub(crate) fn answer(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("whoever started this reads");
}
