//! Logs as Cloud Logging reads them: one JSON object a line.

use std::io::{self, Write};

use serde_json::{Map, Value};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::filter;

/// Starts logging at `level` to `writer`, each line joined to its request's trace in `project`.
pub fn start<W>(level: &str, project: &str, writer: W)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let writer = Lifting { inner: writer, project: project.to_owned() };
    let layer = tracing_stackdriver::layer().with_source_location(false).with_writer(writer);
    // a second subscriber in one process is a test's; the first stays
    let _ = tracing_subscriber::registry().with(filter(level)).with(layer).try_init();
}

/// Lifts what the request's span knows to where Cloud Logging looks for it.
struct Lifting<W> {
    inner: W,
    project: String,
}

/// A line on its way.
struct Line<'a, W: Write> {
    inner: W,
    project: &'a str,
    bytes: Vec<u8>,
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Lifting<W> {
    type Writer = Line<'a, W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { inner: self.inner.make_writer(), project: &self.project, bytes: Vec::new() }
    }
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Drop for Line<'_, W> {
    fn drop(&mut self) {
        let lifted = lift(&self.bytes, self.project);
        // there is no other place left to say that logs cannot be written
        let _ = self.inner.write_all(lifted.as_deref().unwrap_or(&self.bytes));
    }
}

/// The line with the trace at its top level, and the run and steps beside it; without the spans, which hold nothing
/// else.
fn lift(line: &[u8], project: &str) -> Option<Vec<u8>> {
    let Value::Object(mut fields) = serde_json::from_slice(line).ok()? else { return None };
    fields.remove("span");
    if let Some(Value::Array(spans)) = fields.remove("spans") {
        for span in spans {
            if let Value::Object(span) = span {
                take(span, &mut fields, project);
            }
        }
    }
    let mut lifted = visible(&serde_json::to_string(&fields).ok()?);
    lifted.push('\n');
    Some(lifted.into_bytes())
}

/// The same JSON without a character that whoever prints it would obey instead of showing it: JSON escapes the
/// control characters of ASCII alone. Such a character can only stand in a string.
fn visible(json: &str) -> String {
    let mut visible = String::with_capacity(json.len());
    for c in json.chars() {
        if domain::text::is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                visible.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            visible.push(c);
        }
    }
    visible
}

fn take(span: Map<String, Value>, fields: &mut Map<String, Value>, project: &str) {
    for (name, value) in span {
        let (name, value) = match (name.as_str(), value) {
            ("trace", Value::String(id)) => {
                ("logging.googleapis.com/trace", format!("projects/{project}/traces/{id}").into())
            }
            ("span_id", value) => ("logging.googleapis.com/spanId", value),
            ("trace_sampled", value) => ("logging.googleapis.com/trace_sampled", value),
            ("run_id", value) => ("runId", value),
            ("steps", value) => ("steps", value),
            _ => continue,
        };
        fields.entry(name).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What the layer writes while `log` logs.
    fn written(log: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let writer = Lifting { inner: move || writer.clone(), project: "demo".to_owned() };
        let layer = tracing_stackdriver::layer().with_writer(writer);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    /// Ends of lines, escape sequences, marks of direction and width, a tag, and an object of its own.
    #[test]
    fn a_text_from_outside_forges_no_line() {
        const FORGED: &str = "x\r\n{\"severity\":\"EMERGENCY\"}\u{85}\u{2028}\u{2029}\u{1b}[2J\u{9b}31m\u{7}\u{7f}\u{202e}\u{2066}\
                              \u{200b}\u{feff}\u{e0041}\",\"severity\":\"ALERT\",\"x\":\"币";
        let text = written(|| {
            tracing::warn!(title = FORGED, "{FORGED}");
            tracing::error_span!("request", run_id = FORGED)
                .in_scope(|| tracing::error!(said = ?FORGED, "plain"));
        });
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        assert_eq!(lines.len(), 2, "{text}");
        for (line, severity) in lines.iter().zip(["WARNING", "ERROR"]) {
            let obeyed = |c: char| {
                c.is_control()
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0041}')
            };
            assert!(!line.contains(obeyed), "{}", line.escape_debug());
            let read: Value = serde_json::from_str(line).unwrap();
            assert_eq!(read["severity"], severity);
        }
        let read: Value = serde_json::from_str(lines[0]).unwrap();
        assert_eq!(
            (&read["message"], &read["title"]),
            (&FORGED.into(), &FORGED.into()),
            "nothing of it is lost"
        );
        assert!(lines[0].contains('币'), "what can be seen stays as it is");
    }

    #[test]
    fn a_line_of_a_request_is_joined_to_its_trace() {
        let text = written(|| {
            let request = tracing::error_span!(
                "request",
                trace = "4bf92f3577b34da6a3ce929d0e0e4736",
                span_id = "00f067aa0ba902b7",
                trace_sampled = true,
                run_id = tracing::field::Empty,
            );
            request.record("run_id", "r-1");
            request.in_scope(|| {
                tracing::info_span!("inner").in_scope(|| {
                    tracing::warn!(
                        http_request.status = 204,
                        step_id = "1w-report",
                        "forged\nline \u{1b}[31m"
                    );
                });
            });
            tracing::info!("outside of a request");
        });
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        let line = &lines[0];
        assert_eq!(
            line["logging.googleapis.com/trace"],
            "projects/demo/traces/4bf92f3577b34da6a3ce929d0e0e4736"
        );
        assert_eq!(line["logging.googleapis.com/spanId"], "00f067aa0ba902b7");
        assert_eq!(line["logging.googleapis.com/trace_sampled"], true);
        assert_eq!((&line["severity"], &line["runId"]), (&"WARNING".into(), &"r-1".into()));
        assert_eq!((&line["httpRequest"]["status"], &line["stepId"]), (&204.into(), &"1w-report".into()));
        assert_eq!(line["message"], "forged\nline \u{1b}[31m");
        assert!(!text.contains('\u{1b}') && line.get("span").is_none());
        assert!(lines[1].get("logging.googleapis.com/trace").is_none());
    }
}
