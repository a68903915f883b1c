use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;

/// Where a command writes: results to stdout, progress and errors to stderr.
pub(crate) struct Terminal {
    colour: bool,
    json: bool,
}

/// Writes log lines to stderr.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // a reader that went away must not end the work: whoever logs would panic on an error here
        let _ = std::io::stderr().lock().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    pub(crate) fn new(colour: bool, json: bool) -> Self {
        Self { colour: colour && std::io::stdout().is_terminal(), json }
    }

    pub(crate) fn log_writer(&self) -> impl Fn() -> LogWriter + Send + Sync + 'static + use<> {
        || LogWriter
    }

    /// Whether stdout is for programs.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// A line of a result. A closed pipe ends the reader's interest, not the work.
    pub(crate) fn line(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// A line in bold where there is colour: the answer.
    pub(crate) fn answer(&self, text: &str) {
        if self.colour { self.line(&format!("\u{1b}[1m{text}\u{1b}[0m")) } else { self.line(text) }
    }

    /// Bytes of a result, as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// A step of the work that has finished: its name and what it brought.
    pub(crate) fn progress(&self, name: &str, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "  {name:<7}  {text}");
    }

    /// A line that is redrawn while work goes on; nothing where stderr is no terminal.
    pub(crate) fn bar(&self, name: &'static str) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("  {prefix:7}  {msg}") {
            bar.set_style(style);
        }
        bar.with_prefix(name)
    }

    /// The same with the time since it was last reset, which goes on by itself.
    pub(crate) fn waiting(&self) -> ProgressBar {
        let bar = self.bar("");
        if let Ok(style) = ProgressStyle::with_template("  {prefix:7}  {msg:28}  {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_secs(1));
        bar
    }

    /// Says what happened, where and what to do, and answers the exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        self.trouble(failure);
        ExitCode::from(failure.code)
    }

    /// Says what happened, where and what to do; the work goes on.
    pub(crate) fn trouble(&self, failure: &Failure) {
        let mut text = format!("error: {}\n", notify::console::plain_line(&failure.what));
        if let Some(place) = &failure.place {
            text.push_str(&format!("  where  {}\n", notify::console::plain_line(place)));
        }
        if let Some(advice) = &failure.advice {
            text.push_str(&format!("  do     {}\n", notify::console::plain_line(advice)));
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}
