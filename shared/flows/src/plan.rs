use domain::{StepId, Timeframe};

use crate::{Decision, Flow};

/// What a planned step makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// Candles of a timeframe.
    Ohlcv,
    /// A chart by the template of that name.
    Chart(&'static str),
    /// What the account holds.
    Account,
    /// A report by the prompt of that task.
    Report(&'static str),
    /// The recommendation.
    Recommendation(Decision),
    /// The page and the notices.
    Notification,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its id within the run.
    pub id: StepId,
    /// What it makes.
    pub kind: StepKind,
    /// The timeframe, where there is one.
    pub timeframe: Option<Timeframe>,
    /// Steps that must be done before; if one ends otherwise, this one is skipped.
    pub needs: Vec<StepId>,
    /// Steps that must have ended before, well or not: a report is better with its charts, not impossible
    /// without.
    pub awaits: Vec<StepId>,
}

/// The steps of a flow, each after those it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Planned>,
}

/// The id of a timeframe's report.
pub fn report_step(timeframe: Timeframe) -> StepId {
    id(&format!("{timeframe}-report"))
}

/// The id of the export of the account.
pub fn account_step() -> StepId {
    id("account")
}

/// The id of the recommendation.
pub fn recommendation_step() -> StepId {
    id("recommendation")
}

fn id(text: &str) -> StepId {
    // names of timeframes and templates, joined by hyphens: an id by construction, as `plan`'s test shows
    text.parse().unwrap_or_else(|_| unreachable_id())
}

#[expect(clippy::panic, reason = "definitions are constants; a test plans every flow")]
fn unreachable_id() -> StepId {
    panic!("a flow definition names a step that is no id")
}

impl Plan {
    /// The plan of a flow.
    pub fn of(flow: &Flow) -> Self {
        let mut steps = Vec::new();
        let ohlcv = |timeframe: Timeframe| id(&format!("{timeframe}-ohlcv"));
        for reading in flow.reads {
            steps.push(Planned {
                id: ohlcv(reading.timeframe),
                kind: StepKind::Ohlcv,
                timeframe: Some(reading.timeframe),
                needs: Vec::new(),
                awaits: Vec::new(),
            });
        }
        let mut parent: Option<StepId> = None;
        for reading in flow.reads {
            let timeframe = reading.timeframe;
            let mut charts = Vec::new();
            for template in reading.charts {
                let chart = id(&format!("{timeframe}-chart-{template}"));
                charts.push(chart.clone());
                steps.push(Planned {
                    id: chart,
                    kind: StepKind::Chart(template),
                    timeframe: Some(timeframe),
                    needs: vec![ohlcv(timeframe)],
                    awaits: Vec::new(),
                });
            }
            let report = report_step(timeframe);
            let needs = std::iter::once(ohlcv(timeframe)).chain(parent.replace(report.clone())).collect();
            steps.push(Planned {
                id: report,
                kind: StepKind::Report(reading.task),
                timeframe: Some(timeframe),
                needs,
                awaits: charts,
            });
        }
        let mut awaits: Vec<StepId> =
            flow.reads.iter().map(|reading| report_step(reading.timeframe)).collect();
        if let Some(decision) = flow.decides {
            // a report that is not done ends the run badly, and the key need not be used
            let account = decision.account.then(|| Planned {
                id: account_step(),
                kind: StepKind::Account,
                timeframe: None,
                needs: Vec::new(),
                awaits: awaits.clone(),
            });
            let (given, beside): (Vec<_>, Vec<_>) = awaits
                .iter()
                .cloned()
                .partition(|id| decision.reads.iter().any(|timeframe| report_step(*timeframe) == *id));
            let beside = beside.into_iter().chain(account.iter().map(|step| step.id.clone())).collect();
            steps.extend(account);
            steps.push(Planned {
                id: recommendation_step(),
                kind: StepKind::Recommendation(decision),
                timeframe: None,
                needs: given,
                awaits: beside,
            });
            awaits.push(recommendation_step());
        }
        steps.push(Planned {
            id: id("notification"),
            kind: StepKind::Notification,
            timeframe: None,
            needs: Vec::new(),
            awaits,
        });
        Self { steps }
    }

    /// The step of that id.
    pub fn step(&self, id: &StepId) -> Option<&Planned> {
        self.steps.iter().find(|step| step.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_1_reads_the_month_then_the_week() {
        let plan = Plan::of(&Flow::numbered("1").unwrap());
        let ids: Vec<_> = plan.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "1M-ohlcv",
                "1w-ohlcv",
                "1M-chart-trend",
                "1M-chart-momentum",
                "1M-report",
                "1w-chart-trend",
                "1w-chart-momentum",
                "1w-report",
                "notification"
            ]
        );
        let week = plan.step(&report_step(Timeframe::Week)).unwrap();
        let needs: Vec<_> = week.needs.iter().map(StepId::as_str).collect();
        assert_eq!(needs, ["1w-ohlcv", "1M-report"], "the week is given the month's report");
    }

    /// The chain of flow 2, and that it extends flow 1: the same steps, the notice aside, in the same places.
    #[test]
    fn flow_2_goes_on_from_flow_1_down_to_four_hours() {
        let (one, two) = (Plan::of(&Flow::numbered("1").unwrap()), Plan::of(&Flow::numbered("2").unwrap()));
        for step in one.steps.iter().filter(|step| step.kind != StepKind::Notification) {
            assert_eq!(two.step(&step.id), Some(step));
        }
        let chain = [
            ("1M-report", vec!["1M-ohlcv"]),
            ("1w-report", vec!["1w-ohlcv", "1M-report"]),
            ("1d-report", vec!["1d-ohlcv", "1w-report"]),
            ("4h-report", vec!["4h-ohlcv", "1d-report"]),
        ];
        let reports = two.steps.iter().filter(|step| matches!(step.kind, StepKind::Report(_)));
        let found: Vec<_> = reports
            .map(|step| (step.id.as_str(), step.needs.iter().map(StepId::as_str).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, chain);
        // four exports, eight charts, four reports, the notice
        assert_eq!(two.steps.len(), 17);
    }

    /// Flow 3 is flow 2 and a recommendation that needs the day and above, and waits for four hours.
    #[test]
    fn flow_3_ends_flow_2_with_a_recommendation() {
        let (two, three) = (Plan::of(&Flow::numbered("2").unwrap()), Plan::of(&Flow::numbered("3").unwrap()));
        for step in two.steps.iter().filter(|step| step.kind != StepKind::Notification) {
            assert_eq!(three.step(&step.id), Some(step));
        }
        let step = three.step(&recommendation_step()).unwrap();
        let names = |ids: &[StepId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&step.needs), ["1M-report", "1w-report", "1d-report"]);
        assert_eq!(names(&step.awaits), ["4h-report"]);
        let notice = three.steps.last().unwrap();
        assert_eq!(
            names(&notice.awaits),
            ["1M-report", "1w-report", "1d-report", "4h-report", "recommendation"]
        );
        assert_eq!(three.steps.len(), two.steps.len() + 1);
    }

    /// Flow 4 is flow 3 and the account, read once every report has ended; the recommendation waits for it, and is
    /// made without it.
    #[test]
    fn flow_4_reads_the_account_before_the_recommendation() {
        let (three, four) =
            (Plan::of(&Flow::numbered("3").unwrap()), Plan::of(&Flow::numbered("4").unwrap()));
        let names = |ids: &[StepId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
        for step in three.steps.iter().filter(|step| step.id != recommendation_step()) {
            assert_eq!(four.step(&step.id), Some(step));
        }
        let account = four.step(&account_step()).unwrap();
        assert_eq!(account.kind, StepKind::Account);
        assert_eq!(names(&account.needs), [""; 0]);
        assert_eq!(names(&account.awaits), ["1M-report", "1w-report", "1d-report", "4h-report"]);
        let step = four.step(&recommendation_step()).unwrap();
        assert_eq!(names(&step.needs), ["1M-report", "1w-report", "1d-report"]);
        assert_eq!(names(&step.awaits), ["4h-report", "account"]);
        assert_eq!(four.steps.len(), three.steps.len() + 1);
    }

    /// Flow 5 has the steps of flow 4; only what the model may do differs.
    #[test]
    fn flow_5_is_flow_4_with_tools() {
        let (four, five) = (Flow::numbered("4").unwrap(), Flow::numbered("5").unwrap());
        assert_eq!(Plan::of(&five), Plan::of(&four));
        assert!(five.tools && Flow::ALL.iter().filter(|flow| flow.number < 5).all(|flow| !flow.tools));
    }

    #[test]
    fn an_unknown_flow_says_which_there_are() {
        assert_eq!(
            Flow::numbered("9").unwrap_err().to_string(),
            "there is no flow 9; this version runs 1 (1M, 1w), 2 (1M, 1w, 1d, 4h), \
             3 (1M, 1w, 1d, 4h, recommendation), 4 (1M, 1w, 1d, 4h, account, recommendation), \
             5 (1M, 1w, 1d, 4h, account, recommendation, tools)"
        );
    }
}
