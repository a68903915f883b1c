use std::sync::Arc;

use tokio::sync::Semaphore;

/// Holds answers back until it is opened; then it stays open. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// A gate that is shut.
    #[must_use]
    pub fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets through what waits and what will come.
    pub fn open(&self) {
        self.0.close();
    }

    pub(crate) async fn passed(&self) {
        // a closed semaphore answers every waiter at once, and no permit is ever given
        let _ = self.0.acquire().await;
    }
}

impl PartialEq for Gate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Gate {}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn it_holds_until_it_is_opened_and_then_no_one() {
        let gate = Gate::shut();
        let mut held = Box::pin(gate.passed());
        assert!(held.as_mut().now_or_never().is_none());
        gate.clone().open();
        assert!(held.now_or_never().is_some());
        assert!(gate.passed().now_or_never().is_some(), "and whoever comes later");
    }
}
