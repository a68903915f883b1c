//! What a run fixes when it begins: the files of this build, with those of a catalog over them, every one checked.

use std::collections::BTreeMap;

use runtime::Catalog;

/// The files of this build.
pub fn built_in() -> Catalog {
    let mut catalog = Catalog::default();
    for (name, text) in llm::defaults() {
        put(&mut catalog, &format!("prompts/{name}"), (*text).to_owned());
    }
    for (name, text) in charts::defaults() {
        put(&mut catalog, &format!("chart_templates/{name}.toml"), (*text).to_owned());
    }
    catalog
}

/// Puts a file into the catalog by its path: `prompts/NAME.prompt`, `prompts/models.toml`,
/// `chart_templates/NAME.toml`. Says whether there is a place for it.
pub fn put(catalog: &mut Catalog, path: &str, text: String) -> bool {
    let files = match path.split_once('/') {
        Some(("prompts", name)) if name.ends_with(".prompt") => Some((&mut catalog.prompts, name)),
        Some(("prompts", name)) if name.ends_with(".toml") => Some((&mut catalog.models, name)),
        Some(("chart_templates", name)) if name.ends_with(".toml") => Some((&mut catalog.templates, name)),
        _ => None,
    };
    let Some((files, name)) = files.filter(|(_, name)| !name.contains('/')) else { return false };
    files.insert(name.to_owned(), text);
    true
}

/// The prompts, each as one file with its partials in their places, once every file of the catalog has been read.
///
/// # Errors
/// The file and what is wrong with it.
pub fn checked(catalog: &Catalog) -> Result<BTreeMap<String, String>, String> {
    let prompts: Vec<_> = catalog.prompts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut whole = BTreeMap::new();
    for (name, text) in prompts.iter().filter(|(name, _)| !name.starts_with('_')) {
        let prompt = llm::Prompt::parse(name, text, &prompts).map_err(|error| error.to_string())?;
        whole.insert((*name).to_owned(), prompt.whole().to_owned());
    }
    for text in catalog.models.values() {
        llm::Models::parse(text).map_err(|error| error.to_string())?;
    }
    for (name, text) in &catalog.templates {
        let name = name.trim_end_matches(".toml");
        charts::Template::parse(name, text).map_err(|error| error.to_string())?;
    }
    Ok(whole)
}
