//! Parties, instruments, evidence, charters, meetings and work as messages.
use crate::api::proto as pb;
use crate::api::trace::{moment, source};
use crate::domain::citation::Citation;
use crate::domain::evidence::{Flow, Measure, Quantity};
use crate::domain::fact::Capacity;
use crate::domain::mandate::{Force, Instrument, Relation};
use crate::domain::meeting::{Attendee, Seat};
use crate::domain::money::Money;
use crate::domain::partner::Party;
use crate::domain::scope::Period;
use crate::people::People;
use crate::views::register::charter::Charter;
use crate::views::register::evidence::Evidence;
use crate::views::register::mandate::{Mandate, Provision};
use crate::views::register::meeting::{self, Meeting};
use crate::views::register::partner::Partner;
use crate::views::register::task::{self, Task};
use crate::views::register::{Answers, Entry, Place};

/// An entry that callers can see.
pub(in crate::api) trait Shown: Entry {
    /// As what.
    type Wire;
    /// Whether it says how many projects answer it.
    const COUNTED: bool = false;
    /// The entry as a message.
    fn shown(self, answers: &Answers) -> Self::Wire;
    /// The message with the names of the people in it.
    fn named(shown: Self::Wire, people: &People) -> Self::Wire {
        let _ = people;
        shown
    }
}

pub(super) fn place(it: Place) -> Option<pb::Entry> {
    Some(pb::Entry {
        stream: it.stream,
        revision: it.revision,
        historical: it.historical,
        recorded_at: Some(moment(it.recorded_at)),
    })
}

pub(in crate::api) fn event(it: Citation) -> pb::EventReference {
    let event_id = it.event_id.to_string();
    pb::EventReference { stream: it.stream.into(), revision: it.revision, event_id }
}

pub(super) fn events(them: Vec<Citation>) -> Vec<pb::EventReference> {
    them.into_iter().map(event).collect()
}

pub(super) fn period(it: Period) -> pb::Period {
    pb::Period { from: it.from().to_string(), until: it.until().to_string() }
}

pub(super) fn money(it: Money) -> pb::Money {
    pb::Money { currency: it.currency.to_string(), minor: it.minor }
}

pub(super) fn words<T: ToString>(them: impl IntoIterator<Item = T>) -> Vec<String> {
    them.into_iter().map(|it| it.to_string()).collect()
}

pub(super) fn worded<T: ToString>(it: Option<T>) -> String {
    it.map(|it| it.to_string()).unwrap_or_default()
}

/// How many, as the wire counts.
pub(in crate::api) fn number(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

fn capacity(it: Capacity) -> i32 {
    match it {
        Capacity::Member => pb::Capacity::Member,
        Capacity::Observer => pb::Capacity::Observer,
    }
    .into()
}

pub(super) fn seat(it: Seat) -> pb::Seat {
    pb::Seat {
        party_id: it.party.to_string(),
        name: it.name.into(),
        capacity: capacity(it.capacity),
        partner: it.partner.map(event),
    }
}

impl Shown for Partner {
    type Wire = pb::Partner;
    fn shown(self, _: &Answers) -> pb::Partner {
        let party = self.party.map(|it| match it {
            Party::Country(country) => pb::party::Party::Country(country.into()),
            Party::Organization(acronym) => pb::party::Party::Organization(acronym.into()),
        });
        pb::Partner {
            partner_id: self.id.to_string(),
            party: Some(pb::Party { party }),
            name: self.name,
            capacity: self.capacity.map(capacity).unwrap_or_default(),
            roles: words(self.roles),
            admitted_at: self.admitted_at.map(moment),
            withdrawn_at: self.withdrawn_at.map(moment),
            entry: place(self.place),
        }
    }
}

impl Shown for Mandate {
    type Wire = pb::Mandate;
    fn shown(self, _: &Answers) -> pb::Mandate {
        let instrument = self.instrument.map(|it| match it {
            Instrument::Convention => pb::Instrument::Convention,
            Instrument::Declaration => pb::Instrument::Declaration,
            Instrument::Statement => pb::Instrument::Statement,
            Instrument::Resolution => pb::Instrument::Resolution,
            Instrument::Decision => pb::Instrument::Decision,
            Instrument::Agenda => pb::Instrument::Agenda,
        });
        let version = |(version, digest): (String, Option<_>)| pb::TextVersion {
            version,
            digest: digest.map(String::from),
        };
        pb::Mandate {
            mandate_id: self.id.to_string(),
            symbol: self.symbol,
            title: self.title,
            instrument: instrument.unwrap_or_default().into(),
            organ: self.organ,
            adopted_on: worded(self.adopted_on),
            versions: self.versions.into_iter().map(version).collect(),
            provisions: Vec::new(),
            superseded_by: self.superseded_by.map(event),
            entry: place(self.place),
        }
    }
}

impl Shown for Provision {
    type Wire = pb::Provision;
    const COUNTED: bool = true;
    fn shown(self, answers: &Answers) -> pb::Provision {
        let force = self.force.map(|it| match it {
            Force::Operative => pb::Force::Operative,
            Force::Preambular => pb::Force::Preambular,
        });
        let live = self.reference.as_ref().map_or(0, |it| answers.of_provision(it.event_id));
        pb::Provision {
            provision_id: self.id.to_string(),
            mandate_id: self.mandate.to_string(),
            symbol: self.symbol,
            version: self.version,
            locator: self.locator,
            subject: self.subject,
            force: force.unwrap_or_default().into(),
            reference: self.reference.map(event),
            links: self.links.into_iter().map(link).collect(),
            live_projects: number(live),
        }
    }
}

fn link((relation, to): (Relation, Citation)) -> pb::ProvisionLink {
    let relation = match relation {
        Relation::Implements => pb::Relation::Implements,
        Relation::Reaffirms => pb::Relation::Reaffirms,
        Relation::AlignsWith => pb::Relation::AlignsWith,
    };
    pb::ProvisionLink { relation: relation.into(), to: Some(event(to)) }
}

impl Shown for Evidence {
    type Wire = pb::Evidence;
    fn shown(self, _: &Answers) -> pb::Evidence {
        pb::Evidence {
            evidence_id: self.id.to_string(),
            kind: self.kind,
            title: self.title,
            source: self.source.map(source),
            digest: worded(self.digest),
            period: self.period.map(period),
            places: words(self.places),
            measures: self.measures.into_iter().map(measure).collect(),
            flow: self.flow.map(flow),
            withdrawn: self.withdrawn,
            entry: place(self.place),
        }
    }
}

fn quantity(it: Quantity) -> Option<pb::Quantity> {
    Some(pb::Quantity { thousandths: it.thousandths, unit: it.unit.into() })
}

fn measure(it: Measure) -> pb::Measure {
    pb::Measure { name: it.name.into(), quantity: quantity(it.quantity) }
}

fn flow(it: Flow) -> pb::Flow {
    pb::Flow {
        from_country: it.from.into(),
        to_country: it.to.into(),
        route: it.route.into(),
        substance: it.substance.into(),
        quantity: quantity(it.quantity),
    }
}

impl Shown for Charter {
    type Wire = pb::Charter;
    fn shown(self, _: &Answers) -> pb::Charter {
        pb::Charter {
            charter_id: self.id.to_string(),
            name: self.name,
            title: self.title,
            edition: self.edition,
            digest: worded(self.digest),
            retired: self.retired,
            editions: events(self.editions),
            roles: self.roles,
            pillars: self.pillars,
            routes: self.routes,
            forums: self.forums,
            stages: self.stages,
            entry: place(self.place),
        }
    }
}

impl Shown for Meeting {
    type Wire = pb::Meeting;
    fn shown(self, _: &Answers) -> pb::Meeting {
        let status = match self.status {
            meeting::Status::Convened => pb::MeetingStatus::Convened,
            meeting::Status::Open => pb::MeetingStatus::Open,
            meeting::Status::Closed => pb::MeetingStatus::Closed,
        };
        pb::Meeting {
            meeting_id: self.id.to_string(),
            title: self.title,
            forum: worded(self.forum),
            days: self.days.map(period),
            place: self.location,
            status: status.into(),
            roster: self.roster.into_iter().map(seat).collect(),
            attendees: self.attendees.into_iter().map(attendee).collect(),
            quorate: self.quorate,
            charter: self.charter.map(event),
            entry: place(self.place),
        }
    }
}

fn attendee(it: Attendee) -> pb::Attendee {
    pb::Attendee { party_id: it.party.to_string(), capacity: capacity(it.capacity) }
}

impl Shown for Task {
    type Wire = pb::Task;
    fn shown(self, _: &Answers) -> pb::Task {
        let status = match self.status {
            task::Status::Open => pb::TaskStatus::Open,
            task::Status::Claimed => pb::TaskStatus::Claimed,
            task::Status::Completed => pb::TaskStatus::Completed,
            task::Status::Incident => pb::TaskStatus::Incident,
            task::Status::Cancelled => pb::TaskStatus::Cancelled,
        };
        pb::Task {
            task_id: self.id.to_string(),
            kind: self.kind,
            title: self.title,
            subject: worded(self.subject),
            role: self.role,
            status: status.into(),
            worker: worded(self.worker),
            worker_name: String::new(),
            leased_until: self.leased_until.map(moment),
            attempts: self.attempts,
            attempts_max: self.attempts_max,
            due_at: self.due_at.map(moment),
            opened_at: self.opened_at.map(moment),
            entry: place(self.place),
            escalate_to_role: worded(self.escalate_to),
        }
    }

    fn named(shown: pb::Task, people: &People) -> pb::Task {
        pb::Task { worker_name: people.called(&shown.worker), ..shown }
    }
}
