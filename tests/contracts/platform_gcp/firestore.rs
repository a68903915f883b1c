use platform_gcp::{FirestoreConfig, FirestoreJournal, Identity};
use storage::conformance;
use tests::{Emulator, unique};

fn journal(address: String) -> FirestoreJournal {
    let config =
        FirestoreConfig { project: unique("demo"), database: "topdown".to_owned(), emulator: Some(address) };
    FirestoreJournal::new(config, Identity::anonymous())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_passes_its_suite() {
    let Some(address) = Emulator::Firestore.address("the_journal_passes_its_suite") else { return };
    conformance::journal(&journal(address)).await;
}
