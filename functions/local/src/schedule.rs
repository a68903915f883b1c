use domain::Timeframe;
use jiff::{SignedDuration, Timestamp};
use storage::{RunDocument, Status};

/// How long after a week's run has failed it is tried again.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// How old the exchange's word is at most while it is asked: hours are read every 20 minutes, one reading may fail.
const READ: SignedDuration = SignedDuration::from_hours(1);

/// Since when this week's run is due, `now` by this machine's clock. An exchange whose clock stood at `exchange`, and
/// is not merely asked some minutes ago, has a week of its own.
pub(crate) fn due_since(now: Timestamp, exchange: Timestamp) -> Timestamp {
    last_monday(if now.duration_since(exchange) > READ { exchange } else { now })
}

/// The last time Flow 1 was due: Monday 00:30 UTC.
fn last_monday(now: Timestamp) -> Timestamp {
    let after = SignedDuration::from_mins(30);
    Timeframe::Week.open_of(now - after) + after
}

/// What becomes of a week's run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outlook<'a> {
    /// It is under way, or done.
    Well,
    /// It has failed, and is tried again then.
    Again(&'a RunDocument, Timestamp),
    /// It has failed twice: a person must act.
    Left(&'a RunDocument),
}

/// What becomes of the run `first`. `others` are runs of the folder, among which are those that go on from it, by
/// schedule or by hand.
pub(crate) fn outlook<'a>(first: &'a RunDocument, others: &'a [RunDocument]) -> Outlook<'a> {
    let goes_on = |run: &RunDocument| others.iter().find(|other| other.resumes.as_ref() == Some(&run.run_id));
    let (mut last, mut tries) = (first, 1);
    // no more rounds than there are runs, whatever a damaged folder says
    while let Some(next) = goes_on(last).filter(|_| tries <= others.len()) {
        (last, tries) = (next, tries + 1);
    }
    match last.status {
        Status::Failed if tries == 1 => {
            Outlook::Again(last, last.ended_at.unwrap_or(last.created_at) + PAUSE)
        }
        Status::Failed => Outlook::Left(last),
        _ => Outlook::Well,
    }
}

#[cfg(test)]
mod tests {
    use domain::{Market, Source, Venue};
    use storage::{DOCUMENT_VERSION, Pins};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn flow_1_is_due_on_mondays_at_half_past_midnight() {
        // 27 April 2026 is a Monday
        assert_eq!(last_monday(at("2026-04-30T04:00:00Z")), at("2026-04-27T00:30:00Z"));
        assert_eq!(last_monday(at("2026-04-27T00:30:00Z")), at("2026-04-27T00:30:00Z"));
        assert_eq!(last_monday(at("2026-04-27T00:29:59Z")), at("2026-04-20T00:30:00Z"));
    }

    #[test]
    fn an_exchange_of_another_time_has_its_own_week() {
        let (monday, now) = (at("2026-04-27T00:30:00Z"), at("2026-04-27T00:31:00Z"));
        assert_eq!(due_since(now, at("2026-04-27T00:12:00Z")), monday, "it was asked before the half hour");
        assert_eq!(due_since(now, at("2026-03-05T10:00:00Z")), at("2026-03-02T00:30:00Z"));
    }

    fn run(id: &str, status: Status, resumes: Option<&str>) -> RunDocument {
        let begun = at("2026-04-27T00:30:00Z");
        RunDocument {
            v: DOCUMENT_VERSION,
            run_id: id.parse().unwrap(),
            flow: 1,
            symbol: "BTCUSDT".parse().unwrap(),
            venue: Venue::Binance,
            market: Market::Spot,
            source: Source::Sim(1),
            as_of: begun,
            live: true,
            language: "en".to_owned(),
            model: None,
            resumes: resumes.map(|id| id.parse().unwrap()),
            asked: None,
            pins: Pins::default(),
            requested_at: begun,
            created_at: begun,
            status,
            ended_at: status.is_terminal().then(|| at("2026-04-27T00:40:00Z")),
            reason: None,
            shard: 0,
            expire_at: begun,
        }
    }

    #[test]
    fn a_failed_week_is_tried_once_more_after_an_hour() {
        let failed = run("r-1", Status::Failed, None);
        let others = [run("r-0", Status::Failed, None), failed.clone()];
        assert_eq!(outlook(&failed, &others), Outlook::Again(&failed, at("2026-04-27T01:40:00Z")));
        assert_eq!(outlook(&run("r-1", Status::Running, None), &others), Outlook::Well);
    }

    #[test]
    fn what_failed_twice_is_left_until_a_person_resumes_it() {
        let failed = run("r-1", Status::Failed, None);
        let again = |status| run("r-2", status, Some("r-1"));
        assert_eq!(outlook(&failed, &[again(Status::Running)]), Outlook::Well);
        assert_eq!(outlook(&failed, &[again(Status::Done)]), Outlook::Well);
        let left = [again(Status::Failed)];
        assert_eq!(outlook(&failed, &left), Outlook::Left(&left[0]));
        let by_hand = [again(Status::Failed), run("r-3", Status::Done, Some("r-2"))];
        assert_eq!(outlook(&failed, &by_hand), Outlook::Well);
    }
}
