use std::collections::BTreeMap;
use std::path::Path;

use runtime::Catalog;

use crate::failure::Failure;

/// The built-in catalog, with the files of `folder` (`prompts/`, `chart_templates/`) over it, every one of them
/// checked.
pub(crate) fn load(folder: Option<&Path>) -> Result<Catalog, Failure> {
    let mut catalog = Catalog::default();
    for (name, text) in llm::defaults() {
        let files = if name.ends_with(".prompt") { &mut catalog.prompts } else { &mut catalog.models };
        files.insert((*name).to_owned(), (*text).to_owned());
    }
    for (name, text) in charts::defaults() {
        catalog.templates.insert(format!("{name}.toml"), (*text).to_owned());
    }
    if let Some(folder) = folder {
        if !folder.is_dir() {
            return Err(Failure::usage("the catalog is no folder").at(folder.display()));
        }
        if !["prompts", "chart_templates"].iter().any(|name| folder.join(name).is_dir()) {
            let what = "the catalog has neither of the folders prompts and chart_templates";
            return Err(Failure::usage(what).at(folder.display()));
        }
        overlay(&mut catalog.prompts, &folder.join("prompts"), "prompt")?;
        overlay(&mut catalog.models, &folder.join("prompts"), "toml")?;
        overlay(&mut catalog.templates, &folder.join("chart_templates"), "toml")?;
    }
    catalog.prompts = checked(&catalog).map_err(|error| match folder {
        Some(folder) => {
            Failure::usage(error).at(folder.display()).advice("mend the file; nothing was started")
        }
        None => Failure::run(error),
    })?;
    Ok(catalog)
}

fn overlay(files: &mut BTreeMap<String, String>, folder: &Path, extension: &str) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.extension().is_some_and(|found| found == extension) {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::usage(format!("a file of the catalog: {error}")).at(path.display())
            })?;
            files.insert(name.to_owned(), text);
        }
    }
    Ok(())
}

/// The prompts, each as one file with its partials in their places, once every file of the catalog has been read.
fn checked(catalog: &Catalog) -> Result<BTreeMap<String, String>, String> {
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
