//! Recorded candles: `{SYMBOL}-{TIMEFRAME}.csv.gz`, the exchange's own decimals, closed bars only.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::bar::{Bar, ONE, parse};
use super::interval::Interval;

const HEADER: &str =
    "open_time_ms,open,high,low,close,volume,close_time_ms,quote_volume,trades,taker_base,taker_quote";

/// Most bytes of a file once unpacked: thirty years of hours. A few kilobytes of gzip can unpack to gigabytes.
const LONGEST: u64 = 32 << 20;
/// Most bytes of a line; eleven numbers have half of it.
const LONGEST_LINE: u64 = 512;

/// 2100-01-01T00:00:00Z: a later time is a misread field.
const LATEST_MS: i64 = 4_102_444_800_000;
/// More trades than a bar can have; a million bars of so many can still be added up.
const MOST_TRADES: u64 = 1_000_000_000_000;

/// Why a folder of recorded candles cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// One of its files is a pipe, a link to one, or a folder: reading it might never end.
    #[error("{0} is no file; put the candles' own file there")]
    NoFile(String),
    /// The folder or one of its files cannot be read.
    #[error("cannot read {path}: {source}; check the path and its permissions")]
    Unreadable {
        /// The folder or file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// No file in it has hours.
    #[error("{0} holds no {{SYMBOL}}-1h.csv.gz; hours are what bars in progress are made of")]
    NoHours(String),
    /// More than candles could need.
    #[error("{0} holds over {LONGEST} bytes, packed or unpacked; record fewer bars")]
    TooLarge(String),
    /// A file holds something else.
    #[error("{path}, line {line}: {what}; expected the columns {HEADER}")]
    Malformed {
        /// The file.
        path: String,
        /// Its line, the header 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
}

/// A file of one series.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) symbol: String,
    pub(crate) interval: Interval,
    path: PathBuf,
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> RecordedError {
    let path = path.display().to_string();
    move |source| RecordedError::Unreadable { path, source }
}

/// The files of a folder by name, and eight hex digits of the SHA-256 of their names and bytes.
pub(crate) fn folder(dir: &Path) -> Result<(Vec<File>, String), RecordedError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        files.extend(named(path));
    }
    let hours: Vec<String> =
        files.iter().filter(|file| file.interval == Interval::Hour).map(|file| file.symbol.clone()).collect();
    files.retain(|file| hours.contains(&file.symbol));
    if files.is_empty() {
        return Err(RecordedError::NoHours(dir.display().to_string()));
    }
    files.sort_by(|a, b| a.path.file_name().cmp(&b.path.file_name()));
    let mut hash = Sha256::new();
    for file in &files {
        let bytes = file.packed()?;
        check_header(file, &bytes)?;
        hash.update(file.path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update([0]);
        hash.update(bytes);
    }
    let digest = domain::hash::hex(&hash.finalize());
    Ok((files, digest.chars().take(8).collect()))
}

fn named(path: PathBuf) -> Option<File> {
    let name = path.file_name()?.to_str()?.strip_suffix(".csv.gz")?;
    let (symbol, frame) = name.rsplit_once('-')?;
    let symbol: domain::Symbol = symbol.parse().ok()?;
    let interval = Interval::named(frame)?;
    Some(File { symbol: symbol.to_string(), interval, path })
}

fn check_header(file: &File, bytes: &[u8]) -> Result<(), RecordedError> {
    let mut header = String::new();
    let read = BufReader::new(GzDecoder::new(bytes).take(LONGEST_LINE)).read_line(&mut header);
    match read {
        Ok(_) if header.trim_end() == HEADER => Ok(()),
        _ => Err(file.malformed(1, "another header, or no gzip")),
    }
}

impl File {
    fn malformed(&self, line: usize, what: &'static str) -> RecordedError {
        RecordedError::Malformed { path: self.path.display().to_string(), line, what }
    }

    fn too_large(&self) -> RecordedError {
        RecordedError::TooLarge(self.path.display().to_string())
    }

    fn open(&self) -> Result<std::fs::File, RecordedError> {
        if std::fs::metadata(&self.path).map_err(unreadable(&self.path))?.is_file() {
            return std::fs::File::open(&self.path).map_err(unreadable(&self.path));
        }
        Err(RecordedError::NoFile(self.path.display().to_string()))
    }

    /// Its bytes as they are.
    fn packed(&self) -> Result<Vec<u8>, RecordedError> {
        let file = self.open()?;
        let mut bytes = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable(&self.path))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= LONGEST) {
            Ok(bytes)
        } else {
            Err(self.too_large())
        }
    }

    /// Its bars, oldest first.
    pub(crate) fn bars(&self) -> Result<Vec<Bar>, RecordedError> {
        let file = self.open()?;
        let mut text = BufReader::new(GzDecoder::new(file).take(LONGEST + 1));
        let (mut bars, mut line, mut read): (Vec<Bar>, _, u64) = (Vec::new(), String::new(), 0);
        for number in 1.. {
            line.clear();
            let length = text.by_ref().take(LONGEST_LINE).read_line(&mut line);
            let length = length.map_err(unreadable(&self.path))?;
            read = read.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
            if read > LONGEST {
                return Err(self.too_large());
            }
            if length == 0 {
                break;
            }
            // of the header it is known
            if number == 1 {
                continue;
            }
            let bar = row(line.trim_end_matches(['\n', '\r']));
            let bar = bar.ok_or_else(|| self.malformed(number, "not eleven numbers, or one out of range"))?;
            if bars.last().is_some_and(|last| last.open_ms >= bar.open_ms) {
                return Err(self.malformed(number, "not later than the line before"));
            }
            bars.push(bar);
        }
        Ok(bars)
    }
}

fn row(line: &str) -> Option<Bar> {
    let mut cells = line.split(',');
    let mut next = || cells.next();
    let price = |text: &str| i64::try_from(parse(text)?).ok();
    let bar = Bar {
        open_ms: next()?.parse().ok()?,
        open: price(next()?)?,
        high: price(next()?)?,
        low: price(next()?)?,
        close: price(next()?)?,
        volume: parse(next()?)?,
        close_ms: next()?.parse().ok()?,
        quote: parse(next()?)?,
        trades: next()?.parse().ok()?,
        taker_base: parse(next()?)?,
        taker_quote: parse(next()?)?,
    };
    let in_time = (0..LATEST_MS).contains(&bar.open_ms) && (bar.open_ms..LATEST_MS).contains(&bar.close_ms);
    (cells.next().is_none() && in_time && bar.trades <= MOST_TRADES).then_some(bar)
}

/// The price step that the last bars show, hundred-millionths.
pub(crate) fn tick(bars: &[Bar]) -> i64 {
    let newest = bars.iter().rev().take(200).flat_map(|bar| [bar.open, bar.high, bar.low, bar.close]);
    let mut tick = i64::try_from(ONE).unwrap_or(1);
    for price in newest {
        while price % tick != 0 {
            tick /= 10;
        }
    }
    tick
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_of_no_time_or_of_trades_beyond_count_is_refused() {
        let line = |open: i64, close: i64, trades: u64| format!("{open},1,1,1,1,1,{close},1,{trades},1,1");
        assert!(row(&line(0, 1, MOST_TRADES)).is_some());
        for (open, close, trades) in [
            (-1, 1, 1),
            (2, 1, 1),
            (i64::MAX, i64::MAX, 1),
            (0, i64::MAX, 1),
            (LATEST_MS, LATEST_MS, 1),
            (0, 1, MOST_TRADES + 1),
            (0, 1, u64::MAX),
        ] {
            assert!(row(&line(open, close, trades)).is_none(), "{open} {close} {trades}");
        }
    }

    #[test]
    fn any_line_is_answered() {
        const GOOD: &str = "1499040000000,0.01634790,0.80000000,0.01575800,0.01577100,148976.11427815,1499644799999,\
                            2434.19055334,308,1756.87402397,28.46694368";
        assert!(row(GOOD).is_some());
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % GOOD.len();
            let end = GOOD.len().min(at + usize::from(*length));
            let spliced = [&GOOD.as_bytes()[..at], with, &GOOD.as_bytes()[end..]].concat();
            let bars: Vec<Bar> =
                [with, &spliced].iter().filter_map(|line| row(&String::from_utf8_lossy(line))).collect();
            let _ = tick(&bars);
        });
    }
}
