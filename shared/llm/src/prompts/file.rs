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
}

pub(super) struct File {
    pub(super) front: FrontMatter,
    pub(super) sections: Sections,
    /// What the id is the hash of.
    pub(super) content: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Head,
    System,
    Before,
    After,
}

pub(super) fn read(name: &str, text: &str, partials: &[(&str, &str)]) -> Result<File, PromptError> {
    let front_error = |detail: String| PromptError::FrontMatter { file: name.to_owned(), detail };
    if text.len() > LONGEST {
        return Err(front_error(format!("the file has {} bytes; at most {LONGEST} are read", text.len())));
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
    let mut content = Vec::new();
    push(&mut content, text);
    let sections = sections(name, body, first_line, partials, &mut content)?;
    Ok(File { front, sections, content })
}

fn check_front(name: &str, front: &FrontMatter) -> Result<(), String> {
    let stem = name.strip_suffix(".prompt").ok_or("a prompt's file name ends in .prompt")?;
    if stem.split('.').next() != Some(front.task.as_str()) {
        return Err(format!("task is `{}`, but the file is called {name}; rename one of them", front.task));
    }
    if schemas::named(&front.schema).is_none() {
        return Err(format!("schema `{}` is unknown; `report` is known", front.schema));
    }
    Ok(())
}

fn sections(
    name: &str,
    body: &str,
    first_line: usize,
    partials: &[(&str, &str)],
    content: &mut Vec<u8>,
) -> Result<Sections, PromptError> {
    let mut sections = Sections::default();
    let mut place = Place::Head;
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
            continue;
        };
        let next = match (directive.trim_end(), place) {
            ("system", Place::Head) => Place::System,
            ("user", Place::System) => Place::Before,
            ("data", Place::Before) => Place::After,
            (word, _) => {
                let Some(wanted) = word.strip_prefix("include ") else {
                    return Err(error(format!(
                        "`@{word}` is no directive here; the order is @system, @user, @data"
                    )));
                };
                let partial = partials
                    .iter()
                    .find(|(file, _)| *file == wanted.trim())
                    .ok_or_else(|| error(format!("there is no partial `{}`", wanted.trim())))?;
                let section = section_at(&mut sections, place)
                    .ok_or_else(|| error("@include before @system".into()))?;
                section.text.push_str(partial.1);
                push(content, partial.0);
                push(content, partial.1);
                continue;
            }
        };
        place = next;
        if let Some(section) = section_at(&mut sections, place) {
            section.line = number + 1;
        }
    }
    if place != Place::After {
        let line = first_line + body.lines().count();
        let detail = "@system, @user and @data must each stand on a line of their own".into();
        return Err(PromptError::Text { file: name.to_owned(), line, detail });
    }
    Ok(sections)
}

fn section_at(sections: &mut Sections, place: Place) -> Option<&mut Section> {
    match place {
        Place::Head => None,
        Place::System => Some(&mut sections.system),
        Place::Before => Some(&mut sections.before),
        Place::After => Some(&mut sections.after),
    }
}

/// Length first, so that no two sets of texts share their bytes.
fn push(content: &mut Vec<u8>, text: &str) {
    content.extend_from_slice(&(text.len() as u64).to_be_bytes());
    content.extend_from_slice(text.as_bytes());
}
