//! A real vote of the Commission on Narcotic Drugs, name by name, and a declared tally that the names contradict.
use super::facts::{COMMISSION, Party};
use super::{Failed, World, cast, event, key, label, period, then, together};
use crate::api::proto::*;
use crate::domain::id::{ConsultationId, MeetingId};
use crate::domain::scope::Country;
use crate::domain::text::Digest;
use crate::exchange::desk::When;
use std::collections::BTreeSet;

const FORUM: &str = "cnd";

/// What the vote needs at every step.
struct RollCall<'a> {
    world: &'a World<'a>,
    meeting: String,
    consultation: String,
    began: When,
    voted: When,
}

/// Tells the vote; a note for each thing that does not add up.
pub(super) async fn vote(world: &World<'_>) -> Result<Vec<String>, Failed> {
    let facts = &world.facts().commission;
    let vote = RollCall {
        world,
        meeting: MeetingId::of(&key("meeting/cnd-68")).to_string(),
        consultation: ConsultationId::of(&key("consultation/cnd-68-l6")).to_string(),
        began: then(facts.opened_at, &facts.source),
        voted: then(facts.voted_at, &facts.source),
    };
    let convened = vote.sit().await?;
    vote.open(convened).await?;
    let mut notes = vote.cast().await?;
    notes.extend(vote.declare().await?);
    vote.end().await?;
    Ok(notes)
}

impl RollCall<'_> {
    async fn ask<C: crate::exchange::desk::Command>(
        &self,
        by: &str,
        what: &str,
        when: &When,
        command: C,
    ) -> Result<Recorded, Failed> {
        self.world.desk().ask(by, &label(&format!("cnd/{what}")), when, command).await
    }

    /// Everybody who was named, once, in a forum whose members are listed.
    fn named(&self) -> Vec<&Party> {
        let facts = &self.world.facts().commission;
        let mut seen = BTreeSet::new();
        let all = facts.yes.iter().chain(&facts.no).chain(&facts.abstain);
        all.filter(|it| seen.insert(it.code.as_str())).collect()
    }

    async fn sit(&self) -> Result<EventReference, Failed> {
        let (facts, meeting_id) = (&self.world.facts().commission, self.meeting.clone());
        let named = self.named();
        let seat = |it: &&Party| {
            let (party_id, name, capacity) = (id(it)?, it.name.clone(), Capacity::Member.into());
            Ok::<_, Failed>(Seat { party_id, name, capacity, partner: None })
        };
        let request = ConveneMeetingRequest {
            meeting_id: meeting_id.clone(),
            title: facts.meeting.clone(),
            forum: FORUM.to_owned(),
            charter: Some(self.world.charter.clone()),
            roster: named.iter().map(seat).collect::<Result<_, _>>()?,
            days: Some(period(&facts.from, &facts.until)),
            place: Some(facts.place.clone()),
            ..ConveneMeetingRequest::default()
        };
        let convened = self.ask(cast::SECRETARIAT, "convene", &self.began, request).await?;
        let request = OpenMeetingRequest { meeting_id: meeting_id.clone(), ..OpenMeetingRequest::default() };
        self.ask(cast::SECRETARIAT, "open-meeting", &self.began, request).await?;
        let there =
            |it: &&Party| Ok::<_, Failed>(Attendee { party_id: id(it)?, capacity: Capacity::Member.into() });
        let attendees = named.iter().map(there).collect::<Result<_, _>>()?;
        let request =
            RecordAttendanceRequest { meeting_id: meeting_id.clone(), attendees, ..Default::default() };
        self.ask(cast::SECRETARIAT, "attendance", &self.began, request).await?;
        let request = EstablishQuorumRequest { meeting_id, ..EstablishQuorumRequest::default() };
        self.ask(cast::SECRETARIAT, "quorum", &self.began, request).await?;
        event(&convened, "MeetingConvened")
    }

    /// Put forward for consensus, as the Commission does; then a member asked for a vote (rule 57).
    async fn open(&self, convened: EventReference) -> Result<(), Failed> {
        let (facts, consultation_id) = (&self.world.facts().commission, self.consultation.clone());
        let document = consultation_subject::Document {
            symbol: facts.symbol.clone(),
            title: facts.title.clone(),
            digest: Digest::of(COMMISSION.as_bytes()).to_string(),
        };
        let subject = Some(consultation_subject::Subject::Document(document));
        let request = OpenConsultationRequest {
            consultation_id: consultation_id.clone(),
            charter: Some(self.world.charter.clone()),
            forum: FORUM.to_owned(),
            method: Method::Consensus.into(),
            subject: Some(ConsultationSubject { subject }),
            meeting: Some(convened),
            ..OpenConsultationRequest::default()
        };
        self.ask(cast::SECRETARIAT, "open", &self.voted, request).await?;
        let by = cast::delegate(&facts.requested_by);
        let party_id = party(&facts.requested_by)?;
        let request = RequestVoteRequest { consultation_id, party_id, ..RequestVoteRequest::default() };
        self.ask(&by, "request-vote", &self.voted, request).await.map(|_| ())
    }

    /// Casts every vote that was called, the second of one name too: it must change nothing.
    async fn cast(&self) -> Result<Vec<String>, Failed> {
        let facts = &self.world.facts().commission;
        let named =
            |parties: &[Party], vote: Vote| parties.iter().map(move |it| (it.clone(), vote)).collect();
        let all: [Vec<_>; 3] =
            [named(&facts.yes, Vote::Yes), named(&facts.no, Vote::No), named(&facts.abstain, Vote::Abstain)];
        let mut seen = BTreeSet::new();
        let (once, again): (Vec<_>, Vec<_>) =
            all.into_iter().flatten().partition(|(it, _)| seen.insert(it.code.clone()));
        together(once.iter().map(|(it, vote)| self.one(it, *vote, ""))).await?;
        let mut notes = Vec::new();
        for (it, vote) in &again {
            let came = match self.one(it, *vote, "/again").await {
                Ok(recorded) if recorded.unchanged => "its second call changed nothing".to_owned(),
                Ok(_) => "its second call was recorded".to_owned(),
                Err(refused) if refused.is_refusal() => format!("its second call was refused: {refused}"),
                Err(broken) => return Err(broken),
            };
            notes.push(format!(
                "{} is named twice in the roll call, and one member has one vote: {came}",
                it.name
            ));
        }
        Ok(notes)
    }

    async fn one(&self, it: &Party, vote: Vote, nth: &str) -> Result<Recorded, Failed> {
        let request = CastVoteRequest {
            consultation_id: self.consultation.clone(),
            party_id: id(it)?,
            vote: vote.into(),
            ..CastVoteRequest::default()
        };
        self.ask(&cast::delegate(&it.code), &format!("vote/{}{nth}", it.code), &self.voted, request).await
    }

    async fn declare(&self) -> Result<Option<String>, Failed> {
        let said = self.world.facts().commission.declared;
        let declared = Tally { yes: said.yes, no: said.no, abstain: said.abstain };
        let request = DeclareTallyRequest {
            consultation_id: self.consultation.clone(),
            declared: Some(declared),
            ..DeclareTallyRequest::default()
        };
        let recorded = self.ask(cast::SECRETARIAT, "declare", &self.voted, request).await?;
        let disputed = recorded.events.iter().any(|it| it.r#type == "TallyDisputed");
        Ok(disputed.then(|| {
            let (yes, no, abstain) = (said.yes, said.no, said.abstain);
            format!(
                "the tally declared, {yes}-{no}-{abstain}, is not what the names add up to: both are kept"
            )
        }))
    }

    async fn end(&self) -> Result<(), Failed> {
        let consultation_id = self.consultation.clone();
        let request = CloseConsultationRequest { consultation_id, ..CloseConsultationRequest::default() };
        let closed = self.ask(cast::SECRETARIAT, "close", &self.voted, request).await?;
        event(&closed, "AdoptedByVote")?;
        let request =
            CloseMeetingRequest { meeting_id: self.meeting.clone(), ..CloseMeetingRequest::default() };
        self.ask(cast::SECRETARIAT, "close-meeting", &self.voted, request).await.map(|_| ())
    }
}

fn id(it: &Party) -> Result<String, Failed> {
    party(&it.code)
}

/// A country is the same party in every forum.
fn party(code: &str) -> Result<String, Failed> {
    let country: Country = code.parse().map_err(|err| Failed::format("commission.toml", err))?;
    Ok(crate::domain::partner::Party::Country(country).id().to_string())
}
