//! Commands about projects, except their money.
use super::*;
use pactline::domain::citation::StreamName;
use pactline::domain::evidence::Quantity;
use pactline::domain::id::{IndicatorId, ProjectId, ResultId};
use pactline::domain::priority;
use pactline::domain::project::{self, Command::*, Event, Sector, Verdict, Verification};
use pactline::domain::text::Source;

/// What a generator sees of a project.
#[derive(Default)]
pub(super) struct Stand {
    stage: String,
    charter: Option<StreamName>,
    results: Vec<ResultId>,
}

impl Scene<'_> {
    pub(super) fn project(&mut self) -> Ask {
        if self.known.ids("project").is_empty() || self.chance.percent(10) {
            return self.propose();
        }
        let id = self.some("project");
        let command = match self.chance.below(100) {
            0..30 => self.movement(id),
            30..54 => self.judged(id),
            54..80 => self.moved(id),
            _ => self.measured(id),
        };
        Ask::Project(id, command)
    }

    fn propose(&mut self) -> Ask {
        let id = self.new_id("project");
        let charter = self.cite(As::Edition);
        let cites = self.chance.percent(60);
        let propose = ProposeProject {
            project: ProjectId(id),
            code: None,
            title: word("A project"),
            summary: None,
            priorities: cites.then(|| self.priority_under(&charter.stream)).flatten().into_iter().collect(),
            charter,
            countries: Default::default(),
            period: year(2026),
            budget: self.chance.percent(90).then(|| self.money(1_000)),
            sectors: self.sectors(),
            parent: self.perhaps(20, As::Proposal),
            proposed_for: self.perhaps(60, As::Admission),
            origin: None,
        };
        Ask::Project(id, propose)
    }

    fn sectors(&mut self) -> Vec<Sector> {
        let percent = [100, 60][self.chance.below(8) as usize / 7];
        if self.chance.percent(50) { vec![Sector { code: word("16063"), percent }] } else { Vec::new() }
    }

    /// A priority that was set under a charter, or, rarely, any.
    fn priority_under(&mut self, wanted: &StreamName) -> Option<Reference> {
        let under = |it: &&&super::super::known::Past| match &it.event {
            AnyEvent::Priority(priority::Event::PrioritySet { charter, .. }) => charter.stream == *wanted,
            _ => false,
        };
        let set = self.known.citable(As::Priority);
        let set: Vec<_> = set.iter().filter(under).map(|it| it.reference()).collect();
        let right = self.chance.one(&set)?;
        if self.chance.percent(5) {
            return Some(self.cite(As::Priority));
        }
        Some(self.known.perhaps_wrong(self.chance, Some(right)))
    }

    fn judged(&mut self, id: Uuid) -> project::Command {
        match self.chance.below(12) {
            0..3 => {
                let charter = self.stand(id).charter;
                let right = charter.and_then(|it| self.priority_under(&it));
                CitePriority { priority: right.unwrap_or_else(|| self.cite(As::Priority)) }
            }
            3..5 => {
                let what = [As::Provision, As::Mandate][self.chance.below(2) as usize];
                CiteProvision { provision: self.cite(what), reason: why(), decided_by: word("The chair") }
            }
            5 if self.chance.percent(50) => RevokeCitation { cited: self.cited(id), reason: why() },
            5 => FlagCitation { cited: self.cited(id) },
            6..8 => RecordReview {
                kind: slug("final"),
                role: slug("expert"),
                partner: self.chance.percent(90).then(|| self.in_role("expert")),
                verdict: [Verdict::Passed, Verdict::Passed, Verdict::Objection]
                    [self.chance.below(3) as usize],
                comment: None,
            },
            8 => AttachDocument {
                kind: slug("note"),
                document: Source { symbol: word("E/2"), locator: None, sha256: None },
            },
            _ => ApproveProject { role: slug("donor"), partner: self.in_role("donor") },
        }
    }

    /// Something that a project cites, mostly.
    fn cited(&mut self, id: Uuid) -> Reference {
        let cited = self.known.about("project", id).into_iter().flat_map(|it| match &it.event {
            AnyEvent::Project(Event::ProjectProposed { priorities, .. }) => priorities.clone(),
            AnyEvent::Project(Event::PriorityCited { priority: cited }) => vec![cited.clone()],
            AnyEvent::Project(Event::ProvisionCited { provision: cited, .. }) => vec![cited.clone()],
            _ => Vec::new(),
        });
        let cited: Vec<_> = cited.map(|it| it.reference()).collect();
        let right = self.chance.one(&cited);
        self.known.perhaps_wrong(self.chance, right)
    }

    fn moved(&mut self, id: Uuid) -> project::Command {
        let stand = self.stand(id);
        let stages = ["design", "delivery", "closing"];
        let stage = match self.chance.percent(90) && !stand.stage.is_empty() {
            true => slug(&stand.stage),
            false => slug(stages[self.chance.below(3) as usize]),
        };
        if stand.stage == "closing" && self.chance.percent(40) {
            return CompleteProject { tasks: self.done(id) };
        }
        match self.chance.below(20) {
            0..8 => PassGate { stage, tasks: self.done(id) },
            8..11 => ExpireStage { stage },
            11..12 => SuspendProject { reason: why() },
            12..15 => ResumeProject { reason: why() },
            15..17 => CompleteProject { tasks: self.done(id) },
            17 if self.chance.percent(30) => self.ended(),
            17 => ExpectReport { stage, term: 1 + self.chance.below(3) as u32 },
            18 => ExamineGate { stage, tasks: self.done(id) },
            _ => {
                let latest = stand.charter.and_then(|it| self.known.latest(&it));
                let charter = self.known.perhaps_wrong(self.chance, latest);
                let here = self.chance.percent(50) && !stand.stage.is_empty();
                let from = here.then(|| slug(&stand.stage));
                AmendLaw { charter, from, stage, reason: why() }
            }
        }
    }

    fn ended(&mut self) -> project::Command {
        match self.chance.below(2) {
            0 => RejectProject { reason: why() },
            _ => CancelProject { reason: why() },
        }
    }

    fn measured(&mut self, id: Uuid) -> project::Command {
        let stand = self.stand(id);
        let indicator = IndicatorId(Uuid::from_u128(u128::from(self.chance.below(5)) / 4));
        let result = ResultId(Uuid::from_u128(self.chance.below(6).into()));
        let unit = word(if self.chance.percent(95) { "kg" } else { "ha" });
        let value = Quantity { thousandths: self.chance.number() as i64, unit };
        match self.chance.below(10) {
            0..3 => DefineIndicator {
                indicator,
                title: word("Seized"),
                baseline: value,
                provision: self.perhaps(30, As::Provision),
            },
            3 => SetTarget { indicator, period: year(2026), value },
            4..7 => {
                let evidence = self.perhaps(30, As::Evidence);
                ReportResult { result, indicator, period: year(2026), value, evidence }
            }
            7..9 => {
                let result = self.chance.one(&stand.results).unwrap_or(result);
                let to = [Verification::Confirmed, Verification::Refuted][self.chance.below(4) as usize / 3];
                VerifyResult { result, verification: to, comment: None }
            }
            _ => ReviseScope {
                countries: Default::default(),
                period: year(2027),
                sectors: self.sectors(),
                reason: why(),
            },
        }
    }

    /// Finished tasks, mostly about this project.
    fn done(&mut self, id: Uuid) -> Vec<Reference> {
        let done = self.known.citable(As::Done);
        let here = done.iter().filter(|it| {
            let opened = self.known.find(&it.stream, 0);
            opened.is_some_and(|it| match &it.event {
                AnyEvent::Task(pactline::domain::task::Event::TaskOpened { subject, .. }) => {
                    subject.id() == id
                }
                _ => false,
            })
        });
        let mut cited: Vec<_> = here.map(|it| it.reference()).collect();
        cited.extend(self.perhaps(4, As::Done));
        cited
    }

    fn stand(&self, id: Uuid) -> Stand {
        let mut stand = Stand::default();
        for past in self.known.about("project", id) {
            match &past.event {
                AnyEvent::Project(Event::ProjectProposed { charter, .. }) => {
                    stand.charter = Some(charter.stream.clone());
                }
                AnyEvent::Project(Event::StageEntered { stage, .. } | Event::LawAmended { stage, .. }) => {
                    stand.stage = stage.to_string();
                }
                AnyEvent::Project(Event::ResultReported { result, .. }) => stand.results.push(*result),
                _ => {}
            }
        }
        stand
    }
}
