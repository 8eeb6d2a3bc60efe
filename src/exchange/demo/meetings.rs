//! Meetings: called, opened, attended, found quorate, and closed when all is decided.
use super::facts::Meeting;
use super::{Failed, World, cast, event, hours, key, label, period, then};
use crate::api::proto::*;
use crate::domain::id::MeetingId;
use crate::exchange::desk::{When, source, wire};

/// A meeting in session.
pub(super) struct Session<'a> {
    pub(super) facts: &'a Meeting,
    pub(super) forum: &'static str,
    pub(super) id: String,
    pub(super) convened: EventReference,
}

impl Session<'_> {
    /// So many hours after it opened; as the examples have it, not as anybody reported.
    pub(super) fn illustrated(&self, after: i64) -> When {
        let at = hours(self.facts.opens_at, after);
        When::Then(wire(at), source("examples/paris-pact/recommendations.toml", Some("illustration")))
    }

    /// An hour before it closed.
    pub(super) fn decided(&self) -> When {
        let at = hours(self.facts.closes_at, -1);
        When::Then(wire(at), source(&self.facts.source, Some("illustration of how it may have gone")))
    }
}

pub(super) async fn open<'a>(
    world: &World<'_>,
    forum: &'static str,
    facts: &'a Meeting,
) -> Result<Session<'a>, Failed> {
    let id = MeetingId::of(&key(&format!("meeting/{forum}"))).to_string();
    let label = |what: &str| label(&format!("meeting/{forum}/{what}"));
    let (desk, by) = (world.desk(), cast::SECRETARIAT);
    let request = ConveneMeetingRequest {
        meeting_id: id.clone(),
        title: facts.title.clone(),
        forum: forum.to_owned(),
        charter: Some(world.charter.clone()),
        roster: world.partners.roster()?,
        days: Some(period(&facts.from, &facts.until)),
        place: Some(facts.place.clone()),
        ..ConveneMeetingRequest::default()
    };
    let called = then(facts.opens_at, &facts.source);
    let convened = desk.ask(by, &label("convene"), &called, request).await?;
    let request = OpenMeetingRequest { meeting_id: id.clone(), ..OpenMeetingRequest::default() };
    desk.ask(by, &label("open"), &called, request).await?;
    let illustrated =
        source("examples/paris-pact/meetings.toml", Some("who: illustration; how many: reported"));
    let there = When::Then(wire(facts.opens_at), illustrated);
    let attendees = attendees(world, facts)?;
    let request =
        RecordAttendanceRequest { meeting_id: id.clone(), attendees, ..RecordAttendanceRequest::default() };
    desk.ask(by, &label("attendance"), &there, request).await?;
    let request = EstablishQuorumRequest { meeting_id: id.clone(), ..EstablishQuorumRequest::default() };
    desk.ask(by, &label("quorum"), &there, request).await?;
    Ok(Session { facts, forum, id, convened: event(&convened, "MeetingConvened")? })
}

pub(super) async fn close(world: &World<'_>, session: &Session<'_>) -> Result<(), Failed> {
    let request = CloseMeetingRequest { meeting_id: session.id.clone(), ..CloseMeetingRequest::default() };
    let when = then(session.facts.closes_at, &session.facts.source);
    let label = label(&format!("meeting/{}/close", session.forum));
    world.desk().ask(cast::SECRETARIAT, &label, &when, request).await.map(|_| ())
}

/// As many countries as came, those named first; and as many organizations, which have a seat and no say here.
fn attendees(world: &World<'_>, facts: &Meeting) -> Result<Vec<Attendee>, Failed> {
    let others = world.partners.countries.iter().filter(|it| !facts.certain.contains(it));
    let countries = facts.certain.iter().chain(others).take(facts.countries);
    let organizations = world.partners.organizations.iter().take(facts.organizations);
    let member = countries.map(|it| (it, Capacity::Member));
    let observer = organizations.map(|it| (it, Capacity::Observer));
    let seat = |(code, capacity): (&String, Capacity)| {
        let party_id = world.partners.of(code)?.id.clone();
        Ok(Attendee { party_id, capacity: capacity.into() })
    };
    member.chain(observer).map(seat).collect()
}
