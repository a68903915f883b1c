//! Prompts: files with front matter and two templates, named by their content.

mod file;
mod template;

use domain::ContentId;
use minijinja::context;
use serde::Deserialize;

use crate::tools::ToolLimits;

pub(crate) use template::{Caption, Rendered, Variables};

/// What a prompt file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The task of the step, `weekly-report`: the first part of the file's name.
    pub task: String,
    /// Counted up by people; the id holds the content's hash.
    pub version: u32,
    /// Name of a model profile; `default` is the catalog's or the environment's.
    pub model: String,
    /// Name of the answer's schema.
    pub schema: String,
}

/// Why a prompt file cannot be used. All of them: keep the version in use and tell the catalog's owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// The front matter is missing or wrong.
    #[error("{file}: front matter: {detail}")]
    FrontMatter {
        /// The file.
        file: String,
        /// Which field or line, and what about it.
        detail: String,
    },
    /// The text is wrong.
    #[error("{file}:{line}: {detail}")]
    Text {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What about it.
        detail: String,
    },
}

/// A prompt that was read and tried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    name: String,
    front: FrontMatter,
    id: ContentId,
    sections: file::Sections,
    whole: String,
}

impl Prompt {
    /// Reads the file called `name` and tries its templates. `partials` are files by name and text; only those
    /// that stand in it count towards the prompt's id. A file without @repair, @again or @chart has the catalog's
    /// `_repair.prompt`, `_again.prompt`, `_chart.prompt`, or this build's.
    pub fn parse(name: &str, text: &str, partials: &[(&str, &str)]) -> Result<Self, PromptError> {
        let file = file::read(name, text, partials)?;
        let stem = name.strip_suffix(".prompt").unwrap_or(name);
        let prompt = Self {
            name: name.to_owned(),
            id: ContentId::of(stem, file.whole.as_bytes()),
            front: file.front,
            sections: file.sections,
            whole: file.whole,
        };
        for (parent, charts) in [(None, 0), (Some("1M"), 1)] {
            prompt.render(&Variables::sample(parent, charts))?;
        }
        prompt.repair("tag")?;
        prompt.again("error")?;
        prompt.caption(&Caption::default())?;
        prompt.tools(&ToolLimits::OF_A_STEP)?;
        Ok(prompt)
    }

    /// The prompt as one file, with its partials in their places: what is pinned, and what the id is the hash of.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// The prompt's version: its name and the hash of [`whole`](Self::whole).
    pub fn id(&self) -> &ContentId {
        &self.id
    }

    /// What the file says of itself.
    pub fn front(&self) -> &FrontMatter {
        &self.front
    }

    pub(crate) fn render(&self, variables: &Variables<'_>) -> Result<Rendered, PromptError> {
        template::render(&self.name, &self.sections, variables)
    }

    /// What is said beside a list of corrections in the fence of `tag`.
    pub(crate) fn repair(&self, tag: &str) -> Result<String, PromptError> {
        template::fill(&self.name, &self.sections.repair, context! { tag })
    }

    /// What is said of an answer that cannot be read.
    pub(crate) fn again(&self, error: &str) -> Result<String, PromptError> {
        template::fill(&self.name, &self.sections.again, context! { error })
    }

    /// Whether it says anything of tools: they are offered with no other.
    pub fn speaks_of_tools(&self) -> bool {
        !self.sections.tools.text.trim().is_empty()
    }

    /// What is said of tools.
    pub(crate) fn tools(&self, limits: &ToolLimits) -> Result<String, PromptError> {
        let ToolLimits { rounds, calls, .. } = *limits;
        template::fill(&self.name, &self.sections.tools, context! { rounds, calls })
    }

    /// The caption of a chart.
    pub(crate) fn caption(&self, chart: &Caption<'_>) -> Result<String, PromptError> {
        let Caption { provider, template, panes, timeframe, last_bar } = *chart;
        let values = context! { provider, template, panes, timeframe, last_bar };
        template::fill(&self.name, &self.sections.chart, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "+++\ntask = \"weekly-report\"\nversion = 1\nmodel = \"default\"\nschema = \"report\"\n+++\n\
        @system\n@include _s.prompt\n@user\nRead {{ symbol }}.\n@data\nTask: answer.\n";
    const PARTIALS: &[(&str, &str)] = &[("_s.prompt", "You read.\n"), ("_unused.prompt", "x")];

    fn message(text: &str) -> String {
        Prompt::parse("weekly-report.prompt", text, PARTIALS).unwrap_err().to_string()
    }

    #[test]
    fn the_files_of_this_build_are_good() {
        let files = crate::defaults();
        for (name, text) in
            files.iter().filter(|(name, _)| name.ends_with(".prompt") && !name.starts_with('_'))
        {
            let prompt = Prompt::parse(name, text, files).unwrap();
            assert_eq!(format!("{}.prompt", prompt.front().task), *name);
        }
    }

    #[test]
    fn the_id_covers_the_text_and_the_included_partials_only() {
        let id = |text: &str, partials: &[(&str, &str)]| {
            Prompt::parse("weekly-report.prompt", text, partials).unwrap().id().clone()
        };
        let first = id(GOOD, PARTIALS);
        assert_eq!(first.name(), "weekly-report");
        assert_eq!(first, id(GOOD, &[("_s.prompt", "You read.\n"), ("_unused.prompt", "y")]));
        assert_ne!(first, id(GOOD, &[("_s.prompt", "You look.\n")]));
        assert_ne!(first, id(&GOOD.replace("answer", "reply"), PARTIALS));
    }

    #[test]
    fn an_error_names_the_file_and_the_place() {
        assert!(message("no front matter").contains("weekly-report.prompt: front matter"));
        assert!(message(&GOOD.replace("version = 1", "versoin = 1")).contains("versoin"));
        assert!(message(&GOOD.replace("version = 1", "version = \"a\"")).contains("version"));
        assert!(message(&GOOD.replace("weekly-report\"", "daily-report\"")).contains("task"));
        assert!(message(&GOOD.replace("= \"report\"", "= \"reprot\"")).contains("schema"));
        assert!(message(&GOOD.replace("@user", "@usr")).starts_with("weekly-report.prompt:9: "));
        assert!(message(&GOOD.replace("_s.prompt", "_t.prompt")).starts_with("weekly-report.prompt:8: "));
        let unknown = message(&GOOD.replace("{{ symbol }}", "{{ symbl }}"));
        assert!(unknown.starts_with("weekly-report.prompt:10: "), "{unknown}");
        let later = message(&GOOD.replace("Task: answer.", "Task:\n{{ nothing }}"));
        assert!(later.starts_with("weekly-report.prompt:13: "), "{later}");
        assert!(message(&GOOD.replace("@data\n", "")).contains("@data"));
    }

    #[test]
    fn a_template_without_end_is_ended() {
        let endless = "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}";
        assert!(message(&GOOD.replace("Task: answer.", endless)).contains("fuel"));
    }

    #[test]
    fn any_text_is_answered() {
        bolero::check!().for_each(|bytes: &[u8]| {
            let [high, low, length, with @ ..] = bytes else { return };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % GOOD.len();
            let end = GOOD.len().min(at + usize::from(*length));
            let spliced = [&GOOD.as_bytes()[..at], with, &GOOD.as_bytes()[end..]].concat();
            for text in [with, &spliced] {
                let _ = Prompt::parse("weekly-report.prompt", &String::from_utf8_lossy(text), PARTIALS);
            }
        });
    }

    #[test]
    fn the_system_text_is_equal_for_all_symbols() {
        assert!(
            message(&GOOD.replace("@include _s.prompt", "About {{ symbol }}"))
                .contains("weekly-report.prompt:8")
        );
    }
}
