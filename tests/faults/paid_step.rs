//! The protocol of a call that is paid for, over SQLite and a folder: what one worker, two workers and two runs do
//! to it.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use runtime::{
    Attempt, BudgetError, Clock, LEASE, Paid, PaidCall, PaidError, Services, Unpaid, begin, paid_call,
};
use storage::{ArtifactStore, Bus, Journal, Message, Status, StepDocument, StepResult, StoreError, Topic};
use tokio::sync::oneshot;

use super::desk::Desk;

/// A vendor that remembers what it was sent.
#[derive(Clone, Default)]
struct Vendor(Arc<Mutex<Vec<Vec<u8>>>>);

impl Vendor {
    fn calls(&self) -> Vec<String> {
        let sent = self.0.lock().unwrap();
        sent.iter().map(|bytes| String::from_utf8(bytes.clone()).unwrap()).collect()
    }

    fn sent(&self, request: Vec<u8>) {
        self.0.lock().unwrap().push(request);
    }
}

fn call(request: &str) -> PaidCall {
    let endpoint = "https://model.example/v1".to_owned();
    PaidCall { vendor: "openai", endpoint, number: 0, request: request.as_bytes().to_vec() }
}

/// A call that nothing need be reserved for.
async fn pay<F: Future<Output = Attempt<String>>>(
    services: &Services,
    step: &StepDocument,
    call: PaidCall,
    attempt: impl Fn(Vec<u8>) -> F,
) -> Result<Paid, PaidError<String>> {
    let paid = paid_call(services, step, call, std::future::ready(Ok(())), attempt).await;
    paid.map_err(|unpaid| unpaid.error)
}

/// One attempt at the step's first call; the vendor answers `says`, or nothing is known of what it did.
async fn ask(
    desk: &Desk,
    step: &StepDocument,
    vendor: &Vendor,
    request: &str,
    says: Option<&str>,
) -> Result<Paid, PaidError<String>> {
    pay(&desk.services, step, call(request), |bytes| {
        vendor.sent(bytes);
        let answer = match says {
            Some(says) => Attempt::Answered(says.as_bytes().to_vec()),
            None => Attempt::Unknown("connection cut".to_owned()),
        };
        std::future::ready(answer)
    })
    .await
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_equal_bytes_is_adopted_whoever_paid() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let (first, second) = (desk.report("r-1").await, desk.report("r-2").await);
    let paid = ask(&desk, &desk.claim(&first).await, &vendor, "{\"q\":1}", Some("one")).await.unwrap();
    assert_eq!((paid.answer.as_slice(), paid.adopted, paid.intents), (&b"one"[..], false, 1));
    let step = desk.claim(&second).await;
    let taken = ask(&desk, &step, &vendor, "{\"q\":1}", Some("two")).await.unwrap();
    assert_eq!((taken.answer.as_slice(), taken.adopted, taken.intents), (&b"one"[..], true, 0));
    assert_eq!(taken.answer_uri, paid.answer_uri);
    assert_eq!(vendor.calls(), ["{\"q\":1}"], "paid for once");
    assert_eq!(desk.kept(&second).await.intents, Vec::<u32>::new(), "and no intent without a call");
    let other = ask(&desk, &step, &vendor, "{\"q\":1}", Some("two")).await.unwrap();
    assert_eq!(other.request_uri, taken.request_uri);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_one_server_is_never_anothers() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let mut answers = Vec::new();
    for (run, endpoint) in [
        ("r-1", "https://model.example/v1"),
        ("r-2", "https://model.example/v2"),
        ("r-3", "https://model.example:8443/v1"),
        ("r-4", "http://model.example/v1"),
        ("r-5", "https://other.example/v1"),
        // written otherwise, it is the first
        ("r-6", "https://MODEL.example:443/v1/"),
    ] {
        let step = desk.claim(&desk.report(run).await).await;
        let to = PaidCall { endpoint: endpoint.to_owned(), ..call("{\"q\":1}") };
        let paid = pay(&desk.services, &step, to, |bytes| {
            vendor.sent(bytes);
            std::future::ready(Attempt::Answered(endpoint.as_bytes().to_vec()))
        });
        answers.push(String::from_utf8(paid.await.unwrap().answer).unwrap());
    }
    assert_eq!(
        answers,
        [
            "https://model.example/v1",
            "https://model.example/v2",
            "https://model.example:8443/v1",
            "http://model.example/v1",
            "https://other.example/v1",
            "https://model.example/v1",
        ]
    );
    assert_eq!(vendor.calls().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_intents_are_the_budget_of_a_call_over_all_its_attempts() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let step = desk.report("r-1").await;
    let held = desk.claim(&step).await;
    let lost = ask(&desk, &held, &vendor, "{}", None).await.unwrap_err();
    assert!(matches!(&lost, PaidError::Vendor(said) if said == "connection cut"), "{lost}");
    assert_eq!(vendor.calls().len(), 2);
    for _ in 0..2 {
        desk.clock.pass(LEASE + SignedDuration::from_secs(1));
        let held = desk.claim(&step).await;
        let spent = ask(&desk, &held, &vendor, "{}", Some("late")).await.unwrap_err();
        assert!(matches!(spent, PaidError::Budget), "{spent}");
    }
    assert_eq!(vendor.calls().len(), 2, "nothing more was sent");
    assert_eq!(desk.kept(&step).await.intents, [2], "intents stay within the budget");
}

/// What calls of one attempt may have been charged for, by what became of the two it may send.
#[tokio::test(flavor = "multi_thread")]
async fn only_what_surely_cost_nothing_is_not_lost() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let said = || "so it ended".to_owned();
    let outcomes = [
        (Attempt::Unknown(said()), 2),
        (Attempt::Unsent(said()), 0),
        (Attempt::Useless(said()), 1),
        (Attempt::Refused(said()), 0),
    ];
    for (number, (outcome, lost)) in outcomes.into_iter().enumerate() {
        let step = desk.claim(&desk.report(&format!("r-{number}")).await).await;
        let request = call(&format!("{{\"{number}\":1}}"));
        let ready = std::future::ready(Ok(()));
        let again = |_| std::future::ready(same(&outcome));
        let unpaid = paid_call(&desk.services, &step, request, ready, again).await.unwrap_err();
        assert!(matches!(unpaid.error, PaidError::Vendor(_)), "{}", unpaid.error);
        assert_eq!(unpaid.lost, lost, "{outcome:?}");
    }

    // one lost, then one answered: the answered one has a price of its own
    let step = desk.claim(&desk.report("answered").await).await;
    let sent = Mutex::new(0);
    let second_answers = |_| {
        let mut sent = sent.lock().unwrap();
        *sent += 1;
        std::future::ready(match *sent {
            1 => Attempt::Unknown(said()),
            _ => Attempt::Answered(b"answer".to_vec()),
        })
    };
    let ready = std::future::ready(Ok(()));
    let paid =
        paid_call(&desk.services, &step, call("{\"answered\":1}"), ready, second_answers).await.unwrap();
    assert_eq!((paid.intents, paid.lost), (2, 1));
}

fn same(outcome: &Attempt<String>) -> Attempt<String> {
    match outcome {
        Attempt::Unknown(said) => Attempt::Unknown(said.clone()),
        Attempt::Unsent(said) => Attempt::Unsent(said.clone()),
        Attempt::Useless(said) => Attempt::Useless(said.clone()),
        Attempt::Refused(said) => Attempt::Refused(said.clone()),
        other => panic!("{other:?}"),
    }
}

/// The first call hangs until so little of the lease is left that no second one is begun.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_took_the_lease_is_lost_although_the_step_is_given_back() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let step = desk.claim(&desk.report("r-1").await).await;
    let clock = desk.clock.clone();
    let hangs = |_| {
        clock.pass(SignedDuration::from_secs(500));
        std::future::ready(Attempt::Unknown("no answer".to_owned()))
    };
    let ready = std::future::ready(Ok(()));
    let unpaid = paid_call(&desk.services, &step, call("{}"), ready, hangs).await.unwrap_err();
    assert!(matches!(unpaid.error, PaidError::NoTime), "{}", unpaid.error);
    assert_eq!(unpaid.lost, 1);
}

/// What a call may cost is reserved after its answer was looked for, and before anything says that it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_reserved_for_an_answer_that_is_kept() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let (first, second) = (desk.report("r-1").await, desk.report("r-2").await);
    let poor = || async {
        let day = "2026-04-30".parse().unwrap();
        Err(BudgetError::Spent { limit: 1.into(), day, usd: 2.into() })
    };
    let held = desk.claim(&first).await;
    let never = |_| -> std::future::Ready<Attempt<String>> { panic!("nothing is to be sent") };
    let refused = paid_call(&desk.services, &held, call("{}"), poor(), never).await;
    let Err(Unpaid { error: PaidError::Day(_), lost: 0 }) = refused else { panic!("{refused:?}") };
    assert_eq!(desk.kept(&first).await.intents, Vec::<u32>::new(), "no intent without money for it");
    ask(&desk, &held, &vendor, "{}", Some("one")).await.unwrap();
    let taken =
        paid_call(&desk.services, &desk.claim(&second).await, call("{}"), poor(), never).await.unwrap();
    assert!(taken.adopted && taken.answer == b"one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_attempt_sends_the_first_ones_bytes() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let step = desk.report("r-1").await;
    let held = desk.claim(&step).await;
    // the worker dies in its call: its future is dropped
    let request = call("{\"price\":1}");
    let mut hung = Box::pin(pay(&desk.services, &held, request, |bytes| {
        vendor.sent(bytes);
        std::future::pending()
    }));
    assert!(as_far_as_it_goes(&mut hung).await.is_none());
    drop(hung);
    desk.clock.pass(LEASE + SignedDuration::from_secs(1));
    // by now the market has moved
    let held = desk.claim(&step).await;
    let paid = ask(&desk, &held, &vendor, "{\"price\":2}", Some("answer")).await.unwrap();
    assert_eq!(vendor.calls(), ["{\"price\":1}", "{\"price\":1}"]);
    assert_eq!(paid.intents, 2, "the lost one and this one");
    let pinned = desk.local.artifacts.get(&paid.request_uri).await.unwrap();
    assert_eq!(pinned, b"{\"price\":1}");
}

/// A report and the call that repairs it: the first took most of the lease, so the second is made under the next
/// one, where the first answer is adopted.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_whose_lease_is_nearly_over_is_given_back_and_gone_on_with() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let report = desk.report("r-1").await;
    let (run_id, steps) = (report.run_id.clone(), vec![report.step_id.clone()]);
    let message = Message { v: 1, topic: Topic::LlmAnalyst, run_id, steps };
    let batch = begin(&desk.services, &message).await.unwrap().unwrap();
    ask(&desk, &batch.steps[0], &vendor, "{}", Some("report")).await.unwrap();
    desk.clock.pass(LEASE - SignedDuration::from_secs(149));
    let repair = PaidCall { number: 1, ..call("{\"repair\":1}") };
    let late = pay(&desk.services, &batch.steps[0], repair.clone(), |bytes| {
        vendor.sent(bytes);
        std::future::ready(Attempt::Answered(b"repaired".to_vec()))
    });
    assert!(matches!(late.await, Err(PaidError::NoTime)));
    assert_eq!(vendor.calls(), ["{}"], "59 seconds and the minute and a half afterwards are too few");
    batch.conclude(&batch.steps[0], Err(runtime::Stop::NoTime)).await.unwrap();
    let given = desk.kept(&report).await;
    assert_eq!((given.status, given.lease_until, given.intents), (Status::Pending, None, vec![1]));
    let delivery = desk.local.bus.take().unwrap().unwrap();
    assert_eq!(delivery.message, message, "and handed over again");

    let batch = begin(&desk.services, &message).await.unwrap().unwrap();
    let taken = ask(&desk, &batch.steps[0], &vendor, "{}", Some("another")).await.unwrap();
    assert!(taken.adopted && taken.answer == b"report");
    let repaired = pay(&desk.services, &batch.steps[0], repair, |bytes| {
        vendor.sent(bytes);
        std::future::ready(Attempt::Answered(b"repaired".to_vec()))
    });
    assert_eq!(repaired.await.unwrap().answer, b"repaired");
    assert_eq!(vendor.calls(), ["{}", "{\"repair\":1}"], "each paid for once");
}

struct Away;

#[async_trait::async_trait]
impl Bus for Away {
    async fn publish(&self, _: &Message) -> Result<(), StoreError> {
        Err(StoreError::Unavailable("no bus".to_owned()))
    }
}

/// It is pending, which the sweeper sees; an error would have its request, which has no time left, begin it anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_given_back_without_a_bus_is_left_to_the_sweeper() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let report = desk.report("r-1").await;
    let (run_id, steps) = (report.run_id.clone(), vec![report.step_id.clone()]);
    let message = Message { v: 1, topic: Topic::LlmAnalyst, run_id, steps };
    let services = Services { bus: Arc::new(Away), ..desk.services.clone() };
    let batch = begin(&services, &message).await.unwrap().unwrap();
    batch.conclude(&batch.steps[0], Err(runtime::Stop::NoTime)).await.unwrap();
    let given = desk.kept(&report).await;
    assert_eq!((given.status, given.lease_until), (Status::Pending, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_fence_pays_for_nothing() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let step = desk.report("r-1").await;
    let mut slow = desk.claim(&step).await;
    desk.clock.pass(LEASE + SignedDuration::from_secs(1));
    let quick = desk.claim(&step).await;
    let late = ask(&desk, &slow, &vendor, "{}", Some("slow")).await.unwrap_err();
    assert!(matches!(late, PaidError::NoTime), "its own clock says that it is late: {late}");
    // a worker may be wrong about time, never about its fence
    slow.lease_until = Some(desk.clock.now() + LEASE);
    let late = ask(&desk, &slow, &vendor, "{}", Some("slow")).await.unwrap_err();
    let PaidError::Store(StoreError::Fenced { held: 2, ours: 1, .. }) = late else { panic!("{late}") };
    assert!(vendor.calls().is_empty());
    ask(&desk, &quick, &vendor, "{}", Some("quick")).await.unwrap();
    assert_eq!(vendor.calls().len(), 1);
    assert_eq!(desk.kept(&step).await.intents, [1]);
}

/// Two live workers on one step, the first slower than its lease. In both orders of their answers the first that is
/// kept is the step's, the other is kept beside it, and only the fence's holder ends the step.
async fn two_workers(slow_answers_first: bool) {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let step = desk.report("r-1").await;
    let message = Message {
        v: 1,
        topic: Topic::LlmAnalyst,
        run_id: step.run_id.clone(),
        steps: vec![step.step_id.clone()],
    };
    let slow = begin(&desk.services, &message).await.unwrap().unwrap();
    assert!(begin(&desk.services, &message).await.unwrap().is_none(), "its lease is live");
    let vendor = Vendor::default();
    let answering = |says: oneshot::Receiver<&'static str>| {
        let (vendor, says) = (vendor.clone(), Mutex::new(Some(says)));
        move |bytes: Vec<u8>| {
            vendor.sent(bytes);
            let says = says.lock().unwrap().take().unwrap();
            async move { Attempt::<String>::Answered(says.await.unwrap().as_bytes().to_vec()) }
        }
    };
    let (slow_says, hears_slow) = oneshot::channel();
    let (quick_says, hears_quick) = oneshot::channel();
    let slow_step = slow.steps[0].clone();
    let mut first = Box::pin(pay(&desk.services, &slow_step, call("{}"), answering(hears_slow)));
    // it has set out, and its answer does not come before its lease has ended
    assert!(as_far_as_it_goes(&mut first).await.is_none());
    desk.clock.pass(LEASE + SignedDuration::from_secs(1));
    let quick = begin(&desk.services, &message).await.unwrap().unwrap();
    assert_eq!((slow.steps[0].fence, quick.steps[0].fence), (1, 2));
    let quick_step = quick.steps[0].clone();
    let mut second = Box::pin(pay(&desk.services, &quick_step, call("{}"), answering(hears_quick)));
    assert!(as_far_as_it_goes(&mut second).await.is_none());

    let (by_slow, by_quick) = if slow_answers_first {
        slow_says.send("slow").unwrap();
        let by_slow = first.await.unwrap();
        quick_says.send("quick").unwrap();
        (by_slow, second.await.unwrap())
    } else {
        quick_says.send("quick").unwrap();
        let by_quick = second.await.unwrap();
        slow_says.send("slow").unwrap();
        (first.await.unwrap(), by_quick)
    };
    let (wins, loses) = if slow_answers_first { ("slow", "quick") } else { ("quick", "slow") };
    assert_eq!((by_slow.answer.as_slice(), by_quick.answer.as_slice()), (wins.as_bytes(), wins.as_bytes()));
    let paid = std::fs::read_dir(folder.path().join("paid/openai")).unwrap();
    let mut kept: Vec<String> =
        paid.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    kept.sort();
    assert!(kept.contains(&loses.to_owned()) && kept.len() == 2, "both were paid for and are kept: {kept:?}");
    assert_eq!(vendor.calls().len(), 2);

    // whoever lost the fence ends nothing, even if it is ready first
    let named = |name: &str| StepResult { reason: Some(name.to_owned()), ..StepResult::default() };
    slow.end(&slow_step, Ok(named("slow"))).await.unwrap();
    assert_eq!(desk.kept(&step).await.status, Status::Running);
    assert!(desk.local.bus.take().unwrap().is_none(), "and tells nobody");
    quick.end(&quick_step, Ok(named("quick"))).await.unwrap();
    let ended = desk.kept(&step).await;
    assert_eq!((ended.status, ended.fence, ended.intents), (Status::Done, 2, vec![2]));
    assert_eq!(ended.result.reason.as_deref(), Some("quick"));
    let told = desk.local.bus.take().unwrap().unwrap().message;
    assert_eq!((told.topic, told.steps), (Topic::FlowEvents, vec![step.step_id.clone()]));
    // after that nothing changes it
    slow.end(&slow_step, Err("late".to_owned())).await.unwrap();
    assert_eq!(desk.kept(&step).await.status, Status::Done);
    assert!(desk.local.bus.take().unwrap().is_none());
}

/// Drives a future as far as it goes by itself.
async fn as_far_as_it_goes<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_workers_the_first_answer_counts_and_the_fences_holder_commits() {
    two_workers(true).await;
    two_workers(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_answer_is_paid_for_again() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let vendor = Vendor::default();
    let (first, second, third) =
        (desk.report("r-1").await, desk.report("r-2").await, desk.report("r-3").await);
    let paid = ask(&desk, &desk.claim(&first).await, &vendor, "{}", Some("one")).await.unwrap();
    let file = folder.path().join(paid.answer_uri.strip_prefix("gs://local/").unwrap());
    std::fs::write(&file, "two").unwrap();
    let again = ask(&desk, &desk.claim(&second).await, &vendor, "{}", Some("three")).await.unwrap();
    assert_eq!((again.answer.as_slice(), again.adopted), (&b"three"[..], false), "never the damaged bytes");
    let third = ask(&desk, &desk.claim(&third).await, &vendor, "{}", Some("four")).await.unwrap();
    assert_eq!((third.answer.as_slice(), third.adopted), (&b"three"[..], true));
    assert_eq!(vendor.calls().len(), 2);
}

/// Every state that an intent can find the step in: it is refused in all but the holder's own.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_step_takes_no_intent() {
    let folder = folder();
    let desk = Desk::open(folder.path());
    let step = desk.report("r-1").await;
    let held = desk.claim(&step).await;
    desk.local.journal.release(&held).await.unwrap();
    assert!(matches!(desk.local.journal.intend(&held, 0).await, Err(StoreError::Fenced { .. })));
    let held = desk.claim(&step).await;
    let ended = StepDocument { status: Status::Failed, ..held.clone() };
    desk.local.journal.commit(&ended).await.unwrap();
    assert!(matches!(desk.local.journal.intend(&held, 0).await, Err(StoreError::Fenced { .. })));
}
