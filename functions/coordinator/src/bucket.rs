//! The catalog in a bucket. `catalog.json` names each file with its hash, and the files lie beside it by their hash:
//! one write changes all of them at once, and the manifest of before brings all of them back.

use std::collections::BTreeMap;

use domain::Sha256Hex;
use runtime::Catalog;
use serde::Deserialize;
use storage::{CatalogFiles, StoreError};

use crate::catalog;

/// The manifest: `{"v": 1, "files": {"prompts/weekly-report.prompt": "SHA-256 in hex"}}`.
#[derive(Deserialize)]
struct Manifest {
    v: u32,
    files: BTreeMap<String, Sha256Hex>,
}

/// Why there is nothing to begin a run with: a person mends the bucket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BucketError {
    /// A file is missing, damaged or wrong.
    #[error("{0}")]
    Wrong(String),
    /// Storage could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The files of this build with those of the bucket over them. Without a manifest there are none over them.
pub(crate) async fn read(files: &dyn CatalogFiles) -> Result<Catalog, BucketError> {
    let mut catalog = catalog::built_in();
    let Some(text) = files.read("catalog.json").await? else { return Ok(catalog) };
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| BucketError::Wrong(format!("catalog.json of the catalog's bucket: {error}")))?;
    if manifest.v != 1 {
        return Err(BucketError::Wrong(format!("catalog.json has version {}, this one knows 1", manifest.v)));
    }
    for (path, hash) in manifest.files {
        let name = format!("files/{hash}");
        let missing = || BucketError::Wrong(format!("{path}: the catalog's bucket has no {name}; upload it"));
        let text = files.read(&name).await?.ok_or_else(missing)?;
        if Sha256Hex::of(text.as_bytes()) != hash {
            return Err(BucketError::Wrong(format!("{path}: {name} has another hash; upload it again")));
        }
        if !catalog::put(&mut catalog, &path, text) {
            let what = format!("{path}: catalog.json names no prompt, model profile or chart template");
            return Err(BucketError::Wrong(what));
        }
    }
    catalog.prompts = catalog::checked(&catalog).map_err(BucketError::Wrong)?;
    Ok(catalog)
}
