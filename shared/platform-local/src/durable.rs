//! Folders and small files that are there after a power cut.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use storage::StoreError;

use crate::plain;
use crate::sqlite::io_error;

/// Creates a folder and those above it, for their owner alone, each entry synced into the folder that holds it.
pub(crate) fn create_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    let above = above(path);
    create_folder(above)?;
    plain::create_folder(path).map_err(|e| io_error(path, &e))?;
    sync_folder(above)
}

/// Creates the folders of `name` below `root`, its parts joined by `/`, and answers the last. None may be a link.
pub(crate) fn create_beneath(root: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let mut folder = root.to_owned();
    for part in name.split('/').filter(|part| !part.is_empty()) {
        let above = folder.clone();
        folder.push(part);
        // a link is no folder here: it is refused below
        if std::fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir()) {
            continue;
        }
        // whoever made it, it is synced before anything is put into it
        plain::create_folder(&folder).map_err(|e| io_error(&folder, &e))?;
        sync_folder(&above)?;
    }
    Ok(folder)
}

/// Syncs the entries of a folder.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|e| io_error(path, &e))
}

/// Writes a file for its owner alone, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let name = path.with_extension("unfinished");
    let mut file = plain::create(&name).map_err(|e| io_error(&name, &e))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| io_error(&name, &e))?;
    std::fs::rename(&name, path).map_err(|e| io_error(path, &e))?;
    sync_folder(above(path))
}

/// The folder that holds `path`: the working one for a bare name.
fn above(path: &Path) -> &Path {
    path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
