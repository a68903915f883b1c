//! Messages three times, shuffled, lost, with many seeds.

use serde_json::json;
use tests::{figure, seeds};

use crate::faults::messages::effects;
use crate::faults::office::{Fate, IN_ORDER};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "ten minutes: ./test --figures"]
async fn duplicates_reorderings_and_losses_of_every_seed() {
    let wanted = effects(IN_ORDER, 0).await;
    let (mut differing, mut cases) = (Vec::new(), 0);
    for seed in seeds() {
        for (copies, lost, shuffled) in
            [(3, 0, false), (1, 0, true), (3, 0, true), (1, 2, true), (3, 3, true)]
        {
            cases += 1;
            if effects(Fate { copies, lost, shuffled }, seed).await != wanted {
                differing
                    .push(format!("seed {seed}: {copies} copies, one in {lost} lost, shuffled {shuffled}"));
            }
        }
    }
    figure("messages", &json!({ "cases": cases, "differing": differing.len() }));
    assert_eq!(differing, Vec::<String>::new());
}
