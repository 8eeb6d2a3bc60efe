//! The initiative that the stories are about: its charter, its partners, and what they cite.
use pactline::domain::Date;
use pactline::domain::charter::{
    Forum, Fraction, Funding, FundingBasis, Law, Majority, PriorityLaw, ProjectLaw, RecommendationLaw, Rule,
    Standing,
};
use pactline::domain::citation::{Citation, Reference, StreamName};
use pactline::domain::fact::{Capacity, EditionFact, PartnerFact};
use pactline::domain::id::{CharterId, PartnerId};
use pactline::domain::meeting::{Seat, SeatAsked};
use pactline::domain::scope::Period;
use pactline::domain::text::{Name, Prose, Slug, Symbol};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

pub fn slug(text: &str) -> Slug {
    Slug::try_from(text).unwrap()
}

pub fn prose(text: &str) -> Prose {
    Prose::try_from(text).unwrap()
}

pub fn name(text: &str) -> Name {
    Name::try_from(text).unwrap()
}

pub fn symbol(text: &str) -> Symbol {
    Symbol::try_from(text).unwrap()
}

pub fn fraction(text: &str) -> Fraction {
    Fraction::try_from(text.to_owned()).unwrap()
}

/// One day in December 2023.
pub fn day(day: i8) -> Period {
    let date = Date::new(2023, 12, day).unwrap();
    Period::new(date, date).unwrap()
}

/// The event of a stream of `kind` that the stories know as `key`.
pub fn event(kind: &str, key: &str, revision: u64) -> Citation {
    let id = |it: &str| PartnerId::of(&format!("{kind}/{key}/{it}")).0;
    Citation { event_id: id(&revision.to_string()), stream: StreamName::new(kind, id("stream")), revision }
}

pub fn party(who: &str) -> PartnerId {
    PartnerId::of(&format!("country:{who}"))
}

/// The event that gave `who` its seat.
pub fn admission(who: &str) -> Citation {
    event("partner", who, 0)
}

pub fn partner(who: &str, capacity: Option<Capacity>) -> PartnerFact {
    PartnerFact { id: party(who), capacity, roles: BTreeSet::new() }
}

pub fn seat(who: &str, capacity: Capacity) -> Seat {
    Seat { party: party(who), name: name(who), capacity, partner: Some(admission(who)) }
}

/// The same seat as a caller asks for it.
pub fn asked(seat: &Seat) -> SeatAsked {
    let partner = seat.partner.as_ref().map(Citation::reference);
    SeatAsked { party: seat.party, name: seat.name.clone(), capacity: seat.capacity, partner }
}

/// Three members and an observer.
pub fn roster() -> Vec<Seat> {
    let members = ["france", "iran", "kyrgyzstan"].map(|it| seat(it, Capacity::Member));
    members.into_iter().chain([seat("interpol", Capacity::Observer)]).collect()
}

pub fn roster_asked() -> Vec<SeatAsked> {
    roster().iter().map(asked).collect()
}

pub fn simple_majority() -> Majority {
    Majority { share: fraction("1/2"), strict: true }
}

pub fn two_thirds() -> Majority {
    Majority { share: fraction("2/3"), strict: false }
}

/// Partners, every rule, a quorum, a fallback and a ceiling.
pub fn expert_group() -> Forum {
    Forum {
        name: slug("expert-group"),
        title: name("Expert Working Group"),
        standing: Standing::Partners,
        rules: vec![Rule::Silence, Rule::Consensus, Rule::Unanimity, Rule::Majority(simple_majority())],
        quorum: Some(fraction("2/3")),
        silence_min_hours: Some(48),
        fallback: Some(two_thirds()),
        reservations_max: Some(1),
        signed: false,
    }
}

/// As little law as a forum can have.
pub fn policy_group() -> Forum {
    Forum {
        name: slug("policy-group"),
        title: name("Policy Consultative Group"),
        standing: Standing::Partners,
        rules: vec![Rule::Silence, Rule::Consensus],
        quorum: None,
        silence_min_hours: None,
        fallback: None,
        reservations_max: None,
        signed: false,
    }
}

/// A body outside the initiative.
pub fn commission() -> Forum {
    Forum {
        name: slug("commission"),
        title: name("Commission on Narcotic Drugs"),
        standing: Standing::Listed,
        rules: vec![Rule::Majority(simple_majority())],
        quorum: None,
        silence_min_hours: None,
        fallback: Some(simple_majority()),
        reservations_max: None,
        signed: false,
    }
}

pub fn law() -> Law {
    let undecided = Forum { name: slug("undecided"), rules: Vec::new(), ..policy_group() };
    Law {
        name: slug("pact"),
        title: name("The Pact"),
        roles: vec![slug("chair")],
        pillars: vec![slug("precursors"), slug("financial-flows")],
        routes: Vec::new(),
        forums: vec![expert_group(), policy_group(), commission(), undecided],
        recommendations: RecommendationLaw {
            forums: vec![slug("expert-group"), slug("policy-group")],
            take_up_days: None,
            escalate_to: None,
        },
        priorities: PriorityLaw {
            set_by: slug("chair"),
            basis: slug("policy-group"),
            review_days: None,
            escalate_to: None,
        },
        projects: ProjectLaw {
            stages: Vec::new(),
            funding: Funding { threshold_percent: 80, basis: FundingBasis::Committed, signed: false },
            steward: None,
        },
    }
}

/// The event that published the law.
pub fn charter() -> Citation {
    event("charter", "pact", 1)
}

pub fn edition() -> EditionFact {
    let (charter, law) = (CharterId::of("pact"), Arc::new(law()));
    let since = pactline::domain::Timestamp::UNIX_EPOCH;
    EditionFact { charter, edition: 2, law, since, retired: false, outdated: false, publisher: None }
}

pub fn retired() -> EditionFact {
    EditionFact { retired: true, ..edition() }
}

pub fn outdated() -> EditionFact {
    EditionFact { outdated: true, ..edition() }
}

/// An event that nobody wrote.
pub fn nowhere(kind: &str) -> Reference {
    event(kind, "nowhere", 0).reference()
}

/// The refusals that no story in `place` (a file or a folder of tests/it) expects, of those that `kind` has.
pub fn unprovoked(kind: &str, reasons: &[&str], place: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(place);
    let files = match path.is_dir() {
        true => path.read_dir().unwrap().map(|it| it.unwrap().path()).collect(),
        false => vec![path],
    };
    let text: String = files.iter().map(|it| std::fs::read_to_string(it).unwrap()).collect();
    let camel = |word: &str| word[..1].to_owned() + &word[1..].to_lowercase();
    let names = reasons.iter().map(|it| it.split('_').map(camel).collect::<String>());
    let provoked = |it: &String| {
        let refusal = format!("{kind}::{it}");
        text.split(&refusal).skip(1).any(|rest| !rest.starts_with(|it: char| it.is_alphanumeric()))
    };
    names.filter(|it| !provoked(it)).collect()
}
