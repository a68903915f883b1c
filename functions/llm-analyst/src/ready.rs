use llm::{Models, Prompt};
use runtime::Catalog;

use crate::{Config, ConfigError};

impl Config {
    /// Refuses what no step of these tasks could be asked with: a profile that is not there or that the environment
    /// does not let be used, a key that is not set. Nothing is sent. A catalog without a task's prompt, or with one
    /// that cannot be read, is the step's to refuse.
    ///
    /// `model` stands over what the prompts name.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub async fn require(
        &self,
        catalog: &Catalog,
        tasks: impl Iterator<Item = &str> + Send,
        model: Option<&str>,
    ) -> Result<(), ConfigError> {
        let text = catalog.models.get("models.toml").map(String::as_str).unwrap_or_default();
        let Ok(models) = Models::parse(text) else { return Ok(()) };
        let mut names: Vec<String> = match model {
            Some(model) => vec![model.to_owned()],
            None => tasks.filter_map(|task| named_by(catalog, task)).collect(),
        };
        names.sort();
        names.dedup();
        for name in names {
            let profile = self.profile(&models, &name)?;
            self.client(&profile).await?;
        }
        Ok(())
    }
}

/// The profile that the prompt of a task names.
fn named_by(catalog: &Catalog, task: &str) -> Option<String> {
    let file = format!("{task}.prompt");
    let all: Vec<_> = catalog.prompts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let prompt = Prompt::parse(&file, catalog.prompts.get(&file)?, &all).ok()?;
    Some(prompt.front().model.clone())
}
