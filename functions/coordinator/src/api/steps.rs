use futures_util::{Stream, StreamExt, stream};
use storage::{Journal, RunDocument, StepDocument, StoreError};

/// Runs whose steps are asked for at once.
const AT_ONCE: usize = 16;

/// The runs in their order, each with its steps: asked for one by one, a list of runs would wait for each.
pub(crate) fn with_steps(
    journal: &dyn Journal,
    runs: impl IntoIterator<Item = RunDocument>,
) -> impl Stream<Item = (RunDocument, Result<Vec<StepDocument>, StoreError>)> {
    let asked = runs.into_iter().map(move |run| async move {
        let steps = journal.steps(&run.run_id).await;
        (run, steps)
    });
    stream::iter(asked.collect::<Vec<_>>()).buffered(AT_ONCE)
}
