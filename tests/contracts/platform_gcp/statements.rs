//! Where SQL stands, and that no read of the candles goes without the filter that BigQuery asks for: the emulator
//! does not.
use std::collections::BTreeSet;

use platform_gcp::bigquery::STATEMENTS;

use super::warehouse::Infra;

fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let folder = tests::repository().join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    of.map(read).collect()
}

#[test]
fn every_statement_is_a_file_and_every_file_a_statement() {
    let names = |list: Vec<String>| list.into_iter().collect::<BTreeSet<_>>();
    let queries = files("infra/sql/queries", "sql");
    assert_eq!(
        names(queries.iter().map(|(name, _)| name.clone()).collect()),
        names(STATEMENTS.iter().map(|statement| statement.name.to_owned()).collect()),
    );
    for statement in STATEMENTS {
        assert!(
            queries.contains(&(statement.name.to_owned(), statement.sql.to_owned())),
            "{}",
            statement.name
        );
    }
    let made = ["functions", "views"].map(|kind| files(&format!("infra/sql/{kind}"), "sql")).concat();
    let listed = Infra::read().made().into_iter().map(|made| (made.name, made.body)).collect::<BTreeSet<_>>();
    assert_eq!(made.into_iter().collect::<BTreeSet<_>>(), listed);
}

/// Statements are constants: none stands in the code, so none can be put together there.
#[test]
fn no_statement_stands_in_the_code() {
    let words = ["SELECT ", "INSERT ", "FROM ", "MERGE ", "CREATE OR", "WHERE "];
    let statement = |text: &str| words.iter().any(|word| text.contains(word));
    let sources = files("shared/platform-gcp/src/bigquery", "rs");
    assert!(sources.len() > 8, "the search sees the sources");
    for (name, text) in sources {
        assert!(!statement(&text), "{name}.rs");
    }
    assert!(statement("format!(\"SELECT {columns}\")"), "the search finds a planted statement");
}

/// What of `sql` reads the candles without a bare comparison of the partition column beside the scan.
fn unfiltered(sql: &str) -> Vec<String> {
    let plain: String = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default())
        .fold(String::new(), |all, line| all + " " + line.trim());
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut wrong = Vec::new();
    for (place, _) in words.match_indices("ohlcv_raw") {
        let before = words[..place].trim_end_matches("topdown_market.").trim_end();
        if !(before.ends_with("FROM") || before.ends_with("JOIN") || before.ends_with(',')) {
            continue;
        }
        let after = &words[place + "ohlcv_raw".len()..];
        if !conjuncts(after).iter().any(|conjunct| bare(conjunct)) {
            wrong.push(after.chars().take(80).collect());
        }
    }
    wrong
}

/// The parts of the condition that follows a table, between ANDs on its own level.
fn conjuncts(after: &str) -> Vec<String> {
    let Some(condition) = after.trim_start().strip_prefix("WHERE ") else { return Vec::new() };
    let mut parts = vec![String::new()];
    let mut depth = 0;
    let mut between = false;
    for word in condition.split(' ') {
        let ends = ["QUALIFY", "GROUP", "ORDER", "LIMIT", "UNION", "WINDOW", "HAVING"];
        if depth == 0 && (ends.contains(&word) || word.starts_with(')')) {
            break;
        }
        match word {
            "BETWEEN" if depth == 0 => between = true,
            "AND" if depth == 0 && between => between = false,
            "AND" if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            // a filter beside an alternative is none
            "OR" if depth == 0 => return Vec::new(),
            _ => {}
        }
        let part = parts.last_mut().unwrap();
        part.push_str(word);
        part.push(' ');
        depth += word.matches('(').count() as i64 - word.matches(')').count() as i64;
        if depth < 0 {
            break;
        }
    }
    parts
}

/// Whether the partition column itself is compared with what is known before the scan.
fn bare(conjunct: &str) -> bool {
    let mut words = conjunct.split(' ');
    let compared = words.next() == Some("open_time")
        && words.next().is_some_and(|operator| [">=", ">", "=", "BETWEEN"].contains(&operator));
    let known = words.next().is_some_and(|word| word.starts_with('@') || word == "oldest");
    compared && known
}

#[test]
fn every_read_of_candles_carries_the_partition_filter() {
    let infra = Infra::read();
    let tables = infra.tables["tables"].as_object().unwrap();
    let filtered: Vec<_> =
        tables.iter().filter(|(_, table)| table["require_partition_filter"] == true).collect();
    assert_eq!(filtered.len(), 1);
    assert_eq!(
        (filtered[0].0.as_str(), &filtered[0].1["time_partitioning"]["field"]),
        ("ohlcv_raw", &"open_time".into())
    );

    let made = infra.made().into_iter().map(|made| (made.name, made.body));
    let sent = STATEMENTS.iter().map(|statement| (statement.name.to_owned(), statement.sql.to_owned()));
    let mut readers = 0;
    for (name, sql) in made.chain(sent) {
        readers += usize::from(sql.contains("topdown_market.ohlcv_raw"));
        assert_eq!(unfiltered(&sql), Vec::<String>::new(), "{name}");
    }
    assert_eq!(readers, 3, "the search sees the table function and two queries");
}

#[test]
fn the_search_finds_reads_without_the_filter() {
    for planted in [
        "SELECT * FROM topdown_market.ohlcv_raw",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE symbol = @symbol",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE DATE(open_time) >= @day",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE open_time >= @oldest OR symbol = @symbol",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE symbol = @symbol -- AND open_time >= @oldest",
        "SELECT * FROM (SELECT * FROM topdown_market.ohlcv_raw WHERE symbol = @s) WHERE open_time >= @oldest",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE open_time >= close_time",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE (SELECT MAX(t) FROM UNNEST(@x)) > 1 QUALIFY open_time >= @o",
        "SELECT * FROM topdown_market.ohlcv_raw WHERE open_time >= @o UNION ALL SELECT * FROM topdown_market.ohlcv_raw",
    ] {
        assert_eq!(unfiltered(planted).len(), 1, "{planted}");
    }
    let right =
        "SELECT * FROM topdown_market.ohlcv_raw WHERE open_time BETWEEN @a AND @b AND symbol = @symbol";
    assert!(unfiltered(right).is_empty());
}
