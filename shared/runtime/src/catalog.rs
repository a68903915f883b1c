use std::collections::BTreeMap;

use domain::{ContentId, Sha256Hex};
use storage::{ArtifactKey, Pin, Pins, StoreError};

use crate::Services;

/// The files that can be changed without building a container, by name: prompts with their shared parts, model
/// profiles, chart templates. Read at run time, fixed for a run when it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Prompt files, `weekly-report.prompt`, each with its partials in their places.
    pub prompts: BTreeMap<String, String>,
    /// Model profiles, `models.toml`.
    pub models: BTreeMap<String, String>,
    /// Chart templates, `trend.toml`.
    pub templates: BTreeMap<String, String>,
}

impl Catalog {
    /// One hash over all files, names included.
    pub fn hash(&self) -> Sha256Hex {
        let mut all = String::new();
        for (name, text) in self.prompts.iter().chain(&self.models).chain(&self.templates) {
            all.push_str(&format!("{name}\n{}\n", Sha256Hex::of(text.as_bytes())));
        }
        Sha256Hex::of(all.as_bytes())
    }

    /// Keeps every file as an artifact, by content, and answers where. A pin's id is the id that prompts and templates
    /// have in results: the name without its ending, and the hash of the bytes kept.
    ///
    /// # Errors
    /// Whatever storage says.
    pub async fn pin(&self, services: &Services) -> Result<Pins, StoreError> {
        Ok(Pins {
            prompts: pin(services, &self.prompts, PROMPT).await?,
            models: pin(services, &self.models, TOML).await?,
            templates: pin(services, &self.templates, TOML).await?,
        })
    }

    /// The files a run fixed when it began.
    ///
    /// # Errors
    /// Whatever storage says.
    pub async fn pinned(services: &Services, pins: &Pins) -> Result<Self, StoreError> {
        Ok(Self {
            prompts: unpin(services, &pins.prompts, PROMPT).await?,
            models: unpin(services, &pins.models, TOML).await?,
            templates: unpin(services, &pins.templates, TOML).await?,
        })
    }
}

const PROMPT: &str = ".prompt";
const TOML: &str = ".toml";

async fn pin(
    services: &Services,
    files: &BTreeMap<String, String>,
    ending: &str,
) -> Result<Vec<Pin>, StoreError> {
    let mut pins = Vec::with_capacity(files.len());
    for (name, text) in files {
        let key = ArtifactKey::new(&format!("catalog/{}", Sha256Hex::of(text.as_bytes())))
            .map_err(|error| StoreError::NotFound(error.to_string()))?;
        let put = services.artifacts.put(&key, "text/plain; charset=utf-8", text.as_bytes()).await?;
        let name = name.strip_suffix(ending).unwrap_or(name);
        pins.push(Pin { id: ContentId::of(name, text.as_bytes()), gcs_uri: put.artifact.gcs_uri });
    }
    Ok(pins)
}

async fn unpin(
    services: &Services,
    pins: &[Pin],
    ending: &str,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut files = BTreeMap::new();
    for pin in pins {
        let bytes = services.artifacts.get(&pin.gcs_uri).await?;
        let text = String::from_utf8(bytes).map_err(|_| StoreError::Damaged {
            what: pin.gcs_uri.clone(),
            found: "bytes that are no text".to_owned(),
        })?;
        // earlier versions kept the ending
        let name = pin.id.name();
        let ending = if name.ends_with(ending) { "" } else { ending };
        files.insert(format!("{name}{ending}"), text);
    }
    Ok(files)
}
