//! Projects: proposed, reviewed, approved, funded and started through the gates of the charter.
use super::decisions::Adopted;
use super::facts::{Project, Stage, ToldAs};
use super::priorities::Priorities;
use super::works;
use super::{Failed, World, cast, event, key, label, period, together, usd};
use crate::api::proto::*;
use crate::domain::id::{ProjectId, TransactionId};
use crate::exchange::desk::{Command, When, source};

/// What projects stand on.
pub(super) struct Ground<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) adopted: &'a [Adopted<'a>],
    pub(super) priorities: &'a Priorities,
    /// The survey's EvidenceSubmitted.
    pub(super) evidence: EventReference,
}

pub(super) fn id(it: &Project) -> ProjectId {
    ProjectId::of(&key(&format!("project/{}", it.uninfo)))
}

/// Runs all projects as far as they get; a note for each gate that stayed shut although it was tried.
pub(super) async fn run(ground: &Ground<'_>) -> Result<Vec<String>, Failed> {
    let all = ground.world.facts().projects.projects.iter();
    let notes = together(all.map(|it| Run { ground, it }.through())).await?;
    Ok(notes.into_iter().flatten().collect())
}

/// One project on its way.
pub(super) struct Run<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) it: &'a Project,
}

impl Run<'_> {
    /// Sends a command about this project, as of now.
    pub(super) async fn ask<C: Command>(&self, by: &str, what: &str, command: C) -> Result<Recorded, Failed> {
        let label = label(&format!("project/{}/{what}", self.it.uninfo));
        self.ground.world.desk().ask(by, &label, &When::Now, command).await
    }

    pub(super) fn id(&self) -> String {
        id(self.it).to_string()
    }

    fn adopted(&self) -> Option<&Adopted<'_>> {
        let answers = self.it.answers.as_ref()?;
        self.ground.adopted.iter().find(|it| it.facts.key == *answers)
    }

    async fn through(self) -> Result<Option<String>, Failed> {
        let proposed = self.propose().await?;
        let Some(adopted) = self.adopted() else {
            return self.try_gate(Stage::Proposal).await;
        };
        self.found(adopted).await?;
        if self.it.reaches > Stage::Proposal {
            let appraisal = self.pass(Stage::Proposal).await?;
            self.appraise().await?;
            if self.it.reaches > Stage::Appraisal {
                works::ordered(&self, &appraisal, cast::COORDINATOR).await?;
                self.pass(Stage::Appraisal).await?;
            }
        }
        self.fund().await?;
        if self.it.measured_by.as_ref() == Some(&self.ground.world.facts().evidence.kind) {
            works::measured(&self).await?;
        }
        if self.it.reaches == Stage::Funding {
            return self.try_gate(Stage::Funding).await;
        }
        if self.it.reaches > Stage::Funding {
            self.start().await?;
        }
        if self.it.reaches == Stage::Done {
            works::finish(&self).await?;
            self.follow_up(adopted, proposed).await?;
        }
        Ok(None)
    }

    /// What was imported without a citation has an origin, and no priority.
    async fn propose(&self) -> Result<EventReference, Failed> {
        let (it, world) = (self.it, self.ground.world);
        let priority = it.answers.as_ref().and_then(|it| self.ground.priorities.get(it));
        let external_id = it.uninfo.to_string();
        let source = world.facts().projects.source.clone();
        let request = ProposeProjectRequest {
            project_id: self.id(),
            code: Some(format!("UNINFO {external_id}")),
            title: it.title.clone(),
            charter: Some(world.charter.clone()),
            priorities: priority.into_iter().cloned().collect(),
            countries: vec![it.country.clone()],
            period: Some(period(&it.from, &it.until)),
            budget: Some(usd(it.required)),
            proposed_for: Some(world.partners.of("UNODC")?.admission.clone()),
            origin: (it.told_as == Some(ToldAs::Broken)).then_some(Origin { source, external_id }),
            ..ProposeProjectRequest::default()
        };
        event(&self.ask(cast::PROPOSER, "propose", request).await?, "ProjectProposed")
    }

    /// Names the provisions it serves, and attaches a concept note: what the first gate asks for.
    async fn found(&self, adopted: &Adopted<'_>) -> Result<(), Failed> {
        for named in &adopted.facts.provisions {
            let request = CiteProvisionRequest {
                project_id: self.id(),
                provision: Some(self.ground.world.mandates.provision(named)?),
                reason: "the charter's first gate asks that a proposal names the provision itself".to_owned(),
                decided_by: "the charter paris-pact, stage proposal".to_owned(),
                ..CiteProvisionRequest::default()
            };
            self.ask(cast::PROPOSER, &format!("cite/{named}"), request).await?;
        }
        self.attach("concept-note").await
    }

    pub(super) async fn attach(&self, kind: &str) -> Result<(), Failed> {
        let locator = format!("id {}", self.it.uninfo);
        let request = AttachDocumentRequest {
            project_id: self.id(),
            kind: kind.to_owned(),
            document: Some(source("examples/paris-pact/projects.toml", Some(&locator))),
            ..AttachDocumentRequest::default()
        };
        self.ask(cast::PROPOSER, &format!("attach/{kind}"), request).await.map(|_| ())
    }

    /// A review by somebody else, and the approval of the country it is for.
    async fn appraise(&self) -> Result<(), Failed> {
        works::review(self, "technical").await?;
        self.approve("recipient", &self.it.country).await
    }

    async fn approve(&self, role: &str, code: &str) -> Result<(), Failed> {
        let request = ApproveProjectRequest {
            project_id: self.id(),
            role: role.to_owned(),
            partner: Some(self.ground.world.partners.of(code)?.admission.clone()),
            ..ApproveProjectRequest::default()
        };
        self.ask(&cast::delegate(code), &format!("approve/{role}"), request).await.map(|_| ())
    }

    /// What is available, as committed and received; and what is spent of it.
    async fn fund(&self) -> Result<(), Failed> {
        let it = self.it;
        let donor = Some(Donor { name: self.ground.world.facts().projects.donor.clone(), partner: None });
        let committed = self.movement("commit", it.available);
        if it.available > 0 {
            let request = CommitFundsRequest {
                project_id: self.id(),
                donor: donor.clone(),
                movement: Some(committed.clone()),
                ..CommitFundsRequest::default()
            };
            self.ask(cast::TREASURER, "commit", request).await?;
            let request = ReceiveFundsRequest {
                project_id: self.id(),
                donor,
                commitment_id: Some(committed.transaction_id),
                movement: Some(self.movement("receive", it.available)),
                ..ReceiveFundsRequest::default()
            };
            self.ask(cast::TREASURER, "receive", request).await?;
        }
        if it.spent > 0 {
            let request = RecordExpenditureRequest {
                project_id: self.id(),
                purpose: "expenditure as reported to UNINFO".to_owned(),
                movement: Some(self.movement("spend", it.spent)),
                ..RecordExpenditureRequest::default()
            };
            self.ask(cast::TREASURER, "spend", request).await?;
        }
        Ok(())
    }

    fn movement(&self, what: &str, units: i64) -> Movement {
        Movement {
            transaction_id: TransactionId::of(&key(&format!("project/{}/{what}", self.it.uninfo)))
                .to_string(),
            amount: Some(usd(units)),
            value_date: self.it.from.clone(),
            origin: None,
        }
    }

    /// A donor agrees, the money is there: it begins, with something to measure it by.
    async fn start(&self) -> Result<(), Failed> {
        self.approve("donor", &self.ground.world.facts().projects.approving_donor).await?;
        self.pass(Stage::Funding).await?;
        works::results(self).await
    }

    /// Leaves a stage. The entry into the next one.
    pub(super) async fn pass(&self, stage: Stage) -> Result<EventReference, Failed> {
        let name = name(stage);
        let request =
            PassGateRequest { project_id: self.id(), stage: name.to_owned(), ..PassGateRequest::default() };
        event(&self.ask(cast::COORDINATOR, &format!("pass/{name}"), request).await?, "StageEntered")
    }

    /// Tries a gate that must stay shut, and says what keeps it so.
    async fn try_gate(&self, stage: Stage) -> Result<Option<String>, Failed> {
        let title = &self.it.title;
        match self.pass(stage).await {
            Err(shut) if shut.is_refusal() => {
                let why = shut.status().map_or_else(String::new, |it| it.message().to_owned());
                Ok(Some(format!("{title} ({}): {why}", self.it.uninfo)))
            }
            Err(broken) => Err(broken),
            Ok(_) => Ok(None),
        }
    }

    async fn follow_up(&self, adopted: &Adopted<'_>, proposed: EventReference) -> Result<(), Failed> {
        let request = ReportFollowUpRequest {
            recommendation_id: adopted.id.clone(),
            follow_up: FollowUp::UnderWay.into(),
            report: "Illustration: one project is completed, another is under way.".to_owned(),
            project: Some(proposed),
            ..ReportFollowUpRequest::default()
        };
        self.ask(cast::COORDINATOR, "follow-up", request).await.map(|_| ())
    }
}

/// The stage's name in the charter.
fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Proposal => "proposal",
        Stage::Appraisal => "appraisal",
        Stage::Funding => "funding",
        Stage::Implementation => "implementation",
        Stage::Done => "closure",
    }
}
