//! The file's own syntax: front matter, directives, partials.

use super::{FrontMatter, PromptError};
use crate::{schemas, toml_error};

const LONGEST: usize = 64 * 1024;

/// A text and the line of the file it starts at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Section {
    pub(super) text: String,
    pub(super) line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sections {
    pub(super) system: Section,
    /// The user's text before the data.
    pub(super) before: Section,
    /// The user's text after the data.
    pub(super) after: Section,
    /// What is said beside a list of corrections.
    pub(super) repair: Section,
    /// What is said of an answer that cannot be read.
    pub(super) again: Section,
    /// The caption of a chart.
    pub(super) chart: Section,
    /// What is said of tools; of a file that says nothing, empty.
    pub(super) tools: Section,
}

pub(super) struct File {
    pub(super) front: FrontMatter,
    pub(super) sections: Sections,
    /// The file with its partials in their places and the parts that it leaves to the catalog: read again, it is the
    /// same prompt.
    pub(super) whole: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    System,
    Before,
    After,
    Repair,
    Again,
    Chart,
    Tools,
}

/// Parts that a file may leave out: the directive, the partial that stands for it.
const PARTS: [(&str, &str, Place); 3] = [
    ("repair", "_repair.prompt", Place::Repair),
    ("again", "_again.prompt", Place::Again),
    ("chart", "_chart.prompt", Place::Chart),
];

pub(super) fn read(name: &str, text: &str, partials: &[(&str, &str)]) -> Result<File, PromptError> {
    let front_error = |detail: String| PromptError::FrontMatter { file: name.to_owned(), detail };
    let too_long = |length: usize| format!("the file has {length} bytes; at most {LONGEST} are read");
    if text.len() > LONGEST {
        return Err(front_error(too_long(text.len())));
    }
    let rest = text
        .strip_prefix("+++\n")
        .ok_or_else(|| front_error("the first line must be `+++`, then TOML, then a line `+++`".into()))?;
    let (head, body) = rest
        .split_once("\n+++\n")
        .ok_or_else(|| front_error("no line `+++` ends it; put one before @system".into()))?;
    let front: FrontMatter = toml::from_str(head).map_err(|error| {
        let (line, detail) = toml_error::place(head, &error);
        front_error(format!("line {}: {detail}", line + 1))
    })?;
    check_front(name, &front).map_err(front_error)?;

    let first_line = head.lines().count() + 3;
    let mut whole = format!("+++\n{head}\n+++\n");
    let sections = sections(name, body, first_line, partials, &mut whole)?;
    if whole.len() > LONGEST {
        return Err(front_error(too_long(whole.len())));
    }
    Ok(File { front, sections, whole })
}

fn check_front(name: &str, front: &FrontMatter) -> Result<(), String> {
    let stem = name.strip_suffix(".prompt").ok_or("a prompt's file name ends in .prompt")?;
    if stem.split('.').next() != Some(front.task.as_str()) {
        return Err(format!("task is `{}`, but the file is called {name}; rename one of them", front.task));
    }
    if schemas::named(&front.schema).is_none() {
        return Err(format!("schema `{}` is unknown; `report` and `recommendation` are known", front.schema));
    }
    Ok(())
}

fn sections(
    name: &str,
    body: &str,
    first_line: usize,
    partials: &[(&str, &str)],
    whole: &mut String,
) -> Result<Sections, PromptError> {
    let mut sections = Sections::default();
    let mut place = Place::Head;
    let mut seen = Vec::new();
    for (index, line) in body.lines().enumerate() {
        let number = first_line + index;
        let error = |detail: String| PromptError::Text { file: name.to_owned(), line: number, detail };
        let Some(directive) = line.strip_prefix('@') else {
            if let Some(section) = section_at(&mut sections, place) {
                section.text.push_str(line);
                section.text.push('\n');
            } else if !line.trim().is_empty() {
                return Err(error("text before @system".into()));
            }
            whole.push_str(line);
            whole.push('\n');
            continue;
        };
        let word = directive.trim_end();
        let part = PARTS.iter().find(|(part, ..)| *part == word);
        let next = match (word, place) {
            ("system", Place::Head) => Place::System,
            ("user", Place::System) => Place::Before,
            ("data", Place::Before) => Place::After,
            (_, Place::After | Place::Repair | Place::Again | Place::Chart | Place::Tools)
                if part.is_some_and(|(_, _, next)| !seen.contains(next)) =>
            {
                part.map_or(place, |(_, _, next)| *next)
            }
            ("tools", Place::After | Place::Repair | Place::Again | Place::Chart)
                if !seen.contains(&Place::Tools) =>
            {
                Place::Tools
            }
            _ => {
                let Some(wanted) = word.strip_prefix("include ") else {
                    return Err(error(format!(
                        "`@{word}` is no directive here; the order is @system, @user, @data, then @tools, @repair, \
                         @again and @chart"
                    )));
                };
                let text = partial(wanted.trim(), partials).map_err(error)?;
                let section = section_at(&mut sections, place)
                    .ok_or_else(|| error("@include before @system".into()))?;
                section.text.push_str(&text);
                whole.push_str(&text);
                continue;
            }
        };
        place = next;
        seen.push(place);
        if let Some(section) = section_at(&mut sections, place) {
            section.line = number + 1;
        }
        whole.push_str(&format!("@{word}\n"));
    }
    let error = |detail: String| PromptError::Text {
        file: name.to_owned(),
        line: first_line + body.lines().count(),
        detail,
    };
    if !seen.contains(&Place::After) {
        return Err(error("@system, @user and @data must each stand on a line of their own".into()));
    }
    for (part, file, place) in PARTS.iter().filter(|(_, _, place)| !seen.contains(place)) {
        let text = partial(file, partials).or_else(|_| partial(file, crate::defaults())).map_err(error)?;
        whole.push_str(&format!("@{part}\n{text}"));
        if let Some(section) = section_at(&mut sections, *place) {
            section.text = text;
        }
    }
    Ok(sections)
}

/// The text of a partial, which ends its last line and holds no directives.
fn partial(name: &str, partials: &[(&str, &str)]) -> Result<String, String> {
    let (_, text) = partials
        .iter()
        .find(|(file, _)| *file == name)
        .ok_or_else(|| format!("there is no partial `{name}`"))?;
    if let Some(line) = text.lines().find(|line| line.starts_with('@')) {
        return Err(format!("the partial `{name}` holds `{line}`; a partial has no directives"));
    }
    let ended = text.is_empty() || text.ends_with('\n');
    Ok(if ended { (*text).to_owned() } else { format!("{text}\n") })
}

fn section_at(sections: &mut Sections, place: Place) -> Option<&mut Section> {
    match place {
        Place::Head => None,
        Place::System => Some(&mut sections.system),
        Place::Before => Some(&mut sections.before),
        Place::After => Some(&mut sections.after),
        Place::Repair => Some(&mut sections.repair),
        Place::Again => Some(&mut sections.again),
        Place::Chart => Some(&mut sections.chart),
        Place::Tools => Some(&mut sections.tools),
    }
}
