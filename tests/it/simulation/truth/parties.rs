//! Partners and charters: who takes part, in which roles, and by which law.
use super::Judge;
use pactline::codec::AnyEvent;
use pactline::domain::Timestamp;
use pactline::domain::charter::{self, RoleName};
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::fact::Capacity;
use pactline::domain::partner::Event;
use std::collections::BTreeSet;

impl Judge<'_> {
    pub(super) fn partner(&mut self, stream: &StreamName) {
        let (mut capacity, mut roles) = (None, BTreeSet::new());
        for past in self.of(stream) {
            let AnyEvent::Partner(event) = &past.event else { continue };
            match event {
                Event::PartnerAdmitted { .. } => {
                    self.must(capacity != Some(Capacity::Member), "a party is a member once", past);
                    capacity = Some(Capacity::Member);
                }
                Event::ObserverStatusGranted { .. } => {
                    self.must(capacity.is_none(), "who has a seat is given none", past);
                    capacity = Some(Capacity::Observer);
                }
                Event::PartnerRenamed { .. } => self.must(capacity.is_some(), "partners are renamed", past),
                Event::PartnerWithdrawn { .. } => {
                    self.must(capacity.is_some(), "only who is there leaves", past);
                    capacity = None;
                    roles.clear();
                }
                Event::RoleGranted { role } => {
                    let right = capacity == Some(Capacity::Member) && roles.insert(role.clone());
                    self.must(right, "a member is given a role once", past);
                }
                Event::RoleRevoked { role } => {
                    self.must(roles.remove(role), "a role that is held is taken", past);
                }
                // Whether a key counts is said by what is signed with it, and nothing is signed here.
                Event::KeyProposed { .. } | Event::KeyConfirmed { .. } | Event::KeyRevoked { .. } => {}
            }
        }
    }

    /// What a partner was when `position` was the last, and its roles.
    pub(super) fn standing(
        &self,
        stream: &StreamName,
        position: u64,
    ) -> (Option<Capacity>, BTreeSet<RoleName>) {
        let (mut capacity, mut roles) = (None, BTreeSet::new());
        for past in self.of(stream).into_iter().filter(|it| it.position <= position) {
            match &past.event {
                AnyEvent::Partner(Event::PartnerAdmitted { .. }) => capacity = Some(Capacity::Member),
                AnyEvent::Partner(Event::ObserverStatusGranted { .. }) => capacity = Some(Capacity::Observer),
                AnyEvent::Partner(Event::PartnerWithdrawn { .. }) => {
                    (capacity, roles) = (None, BTreeSet::new())
                }
                AnyEvent::Partner(Event::RoleGranted { role }) => drop(roles.insert(role.clone())),
                AnyEvent::Partner(Event::RoleRevoked { role }) => drop(roles.remove(role)),
                _ => {}
            }
        }
        (capacity, roles)
    }

    pub(super) fn is_member(&self, stream: &StreamName, position: u64) -> bool {
        self.standing(stream, position).0 == Some(Capacity::Member)
    }

    pub(super) fn charter(&mut self, stream: &StreamName) {
        let (mut last, mut retired) = (0, false);
        for past in self.of(stream) {
            let AnyEvent::Charter(event) = &past.event else { continue };
            self.must(!retired, "nothing follows the end of a charter", past);
            match event {
                charter::Event::CharterPublished { edition, .. } => {
                    self.must(*edition == last + 1, "editions are counted without gaps", past);
                    last = *edition;
                }
                charter::Event::CharterRetired { .. } => retired = true,
            }
        }
    }

    /// Whether something new could start under an edition, at this time, when `position` was the last.
    pub(super) fn in_force(&self, edition: &Citation, at: Timestamp, position: u64) -> bool {
        let of = self.of(&edition.stream);
        let after = of.into_iter().filter(|it| it.revision > edition.revision && it.position <= position);
        !after.into_iter().any(|it| it.at() <= at)
    }
}
