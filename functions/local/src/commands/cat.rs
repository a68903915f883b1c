use storage::ArtifactStore;

use crate::app::{self, PORT};
use crate::arguments::Cat;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub(crate) async fn run(arguments: &Cat, terminal: &Terminal) -> Result<(), Failure> {
    let local = app::open(&arguments.data, platform_local::Access::Read, PORT)?;
    let read = local.artifacts.get(&arguments.uri).await;
    let bytes = read.map_err(|error| Failure::store(&error, &arguments.data))?;
    terminal.bytes(&bytes).map_err(|error| Failure::run(format!("stdout: {error}")))
}
