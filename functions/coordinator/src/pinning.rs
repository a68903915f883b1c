use runtime::{Catalog, Services};
use storage::{Pins, StoreError};
use tokio::sync::OnceCell;

/// A catalog for many runs: its files are kept once, before the first run that fixes them begins.
pub struct Pinning<'a> {
    catalog: &'a Catalog,
    pins: OnceCell<Pins>,
}

impl<'a> Pinning<'a> {
    /// Of these files.
    pub fn new(catalog: &'a Catalog) -> Self {
        Self { catalog, pins: OnceCell::new() }
    }

    /// Where the files are kept.
    pub(crate) async fn pins(&self, services: &Services) -> Result<Pins, StoreError> {
        self.pins.get_or_try_init(|| self.catalog.pin(services)).await.cloned()
    }
}
