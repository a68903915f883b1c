use std::path::Path;

use runtime::Catalog;

use crate::failure::Failure;

/// Most bytes of a file.
const LONGEST: u64 = 256 << 10;

/// The built-in catalog, with the files of `folder` (`prompts/`, `chart_templates/`) over it, every one of them
/// checked.
pub(crate) fn load(folder: Option<&Path>) -> Result<Catalog, Failure> {
    let mut catalog = coordinator::catalog::built_in();
    if let Some(folder) = folder {
        if !folder.is_dir() {
            return Err(Failure::usage("the catalog is no folder").at(folder.display()));
        }
        if !["prompts", "chart_templates"].iter().any(|name| folder.join(name).is_dir()) {
            let what = "the catalog has neither of the folders prompts and chart_templates";
            return Err(Failure::usage(what).at(folder.display()));
        }
        overlay(&mut catalog, folder, "prompts")?;
        overlay(&mut catalog, folder, "chart_templates")?;
    }
    catalog.prompts = coordinator::catalog::checked(&catalog).map_err(|error| match folder {
        Some(folder) => {
            Failure::usage(error).at(folder.display()).advice("mend the file; nothing was started")
        }
        None => Failure::run(error),
    })?;
    Ok(catalog)
}

fn overlay(catalog: &mut Catalog, folder: &Path, part: &str) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(folder.join(part)) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.extension().is_some_and(|found| found == "prompt" || found == "toml") {
            let text = read(&path).map_err(|error| {
                Failure::usage(format!("a file of the catalog: {error}")).at(path.display())
            })?;
            coordinator::catalog::put(catalog, &format!("{part}/{name}"), text);
        }
    }
    Ok(())
}

/// A file's text. What the catalog's folder only points to, such as a secret of this machine, would be sent to a model
/// and kept with each run.
fn read(path: &Path) -> std::io::Result<String> {
    String::from_utf8(platform_local::read_plain(path, LONGEST)?).map_err(std::io::Error::other)
}
