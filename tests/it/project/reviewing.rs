//! Reviews, documents, approval and rejection.
use super::world::*;
use crate::given::{Given, person};
use pactline::domain::fact::*;
use pactline::domain::id::PartnerId;
use pactline::domain::project::*;
use uuid::Uuid;

fn ask_review(partner: Option<u128>) -> Command {
    let partner = partner.map(|it| event("partner", it, 0).reference());
    let (kind, role, verdict) = (slug("technical"), slug("donor"), Verdict::Passed);
    Command::RecordReview { kind, role, partner, verdict, comment: None }
}

fn approve(partner: u128) -> Command {
    Command::ApproveProject { role: slug("donor"), partner: event("partner", partner, 0).reference() }
}

/// A project that cites a priority, and partners 1 and 2, both donors.
fn project_citing(live: bool) -> Given<Project> {
    let ((citation, fact), (one, donor)) = (priority(0, live), partner(1, &["donor"]));
    let (two, other) = partner(2, &["donor"]);
    let past = [Event::PriorityCited { priority: citation.clone() }];
    project(past).by("ann").citing(citation, fact).citing(one, donor).citing(two, other)
}

#[test]
fn a_review_is_written_down_with_the_reviewer() {
    let (admission, fact) = partner(2, &["donor"]);
    let (kind, role, reviewer) = (slug("technical"), slug("donor"), person("rae"));
    let (partner, verdict) = (Some(admission.clone()), Verdict::Passed);
    let event = Event::ReviewRecorded { kind, role, partner, reviewer, verdict, comment: None };
    project_citing(true).by("rae").citing(admission, fact).when(ask_review(Some(2))).then([event]);
}

#[test]
fn a_review_in_a_role_is_one_of_a_partner_that_holds_it() {
    let nobody = Rejection::NoPartnerNamed { role: slug("donor") };
    project([]).by("rae").when(ask_review(None)).then_rejected(nobody);
}

#[test]
fn nobody_reviews_in_a_role_that_the_charter_does_not_have() {
    let (admission, fact) = partner(2, &["emperor"]);
    let (kind, role, verdict) = (slug("technical"), slug("emperor"), Verdict::Passed);
    let partner = Some(admission.reference());
    let ask = Command::RecordReview { kind, role: role.clone(), partner, verdict, comment: None };
    project([]).by("rae").citing(admission, fact).when(ask).then_rejected(Rejection::NoSuchRole { role });
}

#[test]
fn nobody_reviews_or_approves_their_own_proposal() {
    project([]).by("pat").when(ask_review(None)).then_rejected(Rejection::IsProposer);
    project_citing(true).by("pat").when(approve(2)).then_rejected(Rejection::IsProposer);
}

#[test]
fn one_person_does_not_approve_for_two_partners() {
    let (citation, fact) = priority(0, true);
    let cited = Event::PriorityCited { priority: citation.clone() };
    let ask = |by: &str, partner_asked: u128| {
        let (admission, donor) = partner(partner_asked, &["donor"]);
        let given = project([cited.clone(), approved_by(2, "ann")]).by(by);
        given.citing(citation.clone(), fact.clone()).citing(admission, donor).when(approve(partner_asked))
    };
    let two = PartnerId(Uuid::from_u128(2));
    ask("ann", 3).then_rejected(Rejection::SpokeForAnother { partner: two });
    assert_eq!(ask("bo", 3).events(), [approved_by(3, "bo")]);
    ask("ann", 2).then_nothing();
}

#[test]
fn a_reviewer_speaks_for_a_member_in_the_role() {
    let (admission, fact) = partner(2, &["donor"]);
    let ask = |fact: PartnerFact| {
        let given = project([]).by("rae").on_behalf_of(fact.id);
        given.citing(admission.clone(), fact).when(ask_review(Some(2)))
    };
    assert_eq!(ask(fact.clone()).events().len(), 1);
    let left = PartnerFact { capacity: None, ..fact.clone() };
    ask(left).then_rejected(Rejection::NotAMember { partner: fact.id });
    let chair = PartnerFact { roles: [slug("chair")].into(), ..fact.clone() };
    let (partner, role) = (fact.id, slug("donor"));
    ask(chair).then_rejected(Rejection::RoleNotHeld { partner, role });
}

#[test]
fn a_document_is_attached_once() {
    let command = Command::AttachDocument { kind: slug("budget"), document: document() };
    let event = Event::DocumentAttached { kind: slug("budget"), document: document() };
    project([]).when(command.clone()).then([event.clone()]);
    project([event]).when(command).then_nothing();
}

#[test]
fn an_approval_names_the_live_priorities_it_rests_on() {
    assert_eq!(project_citing(true).when(approve(2)).events(), [approved(2)]);
}

#[test]
fn no_approval_rests_on_a_priority_that_was_retired_since() {
    project_citing(false).when(approve(2)).then_rejected(Rejection::NoBasis);
}

#[test]
fn an_approval_may_rest_on_a_provision_by_exception_while_it_is_in_force() {
    let (citation, fact) = provision(None);
    let (reason, decided_by) = (why(), text("the chair"));
    let (provision_cited, whole_document) = (citation.clone(), false);
    let past = [Event::ProvisionCited { provision: provision_cited, whole_document, reason, decided_by }];
    let (two, donor) = partner(2, &["donor"]);
    let given = |fact| {
        project(past.clone()).by("ann").citing(two.clone(), donor.clone()).citing(citation.clone(), fact)
    };
    let events = given(fact).when(approve(2)).events();
    let [Event::ProjectApproved { basis, approver, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((basis, approver), (&vec![citation.clone()], &person("ann")));
    given(provision(Some(day(0))).1).when(approve(2)).then_rejected(Rejection::NoBasis);
}

#[test]
fn no_partner_approves_what_was_proposed_for_it() {
    project_citing(true).when(approve(1)).then_rejected(Rejection::IsProposingPartner);
}

#[test]
fn a_partner_approves_once_in_a_role() {
    project_citing(true).and_at(day(1), [approved(2)]).when(approve(2)).then_nothing();
}

#[test]
fn only_a_member_that_holds_the_role_approves() {
    let (admission, fact) = partner(2, &[]);
    let (partner, role) = (fact.id, slug("donor"));
    let rejection = Rejection::RoleNotHeld { partner, role };
    project_citing(true).citing(admission.clone(), fact.clone()).when(approve(2)).then_rejected(rejection);
    let guest = PartnerFact { capacity: Some(Capacity::Observer), ..fact };
    let rejection = Rejection::NotAMember { partner };
    project_citing(true).citing(admission, guest).when(approve(2)).then_rejected(rejection);
}

#[test]
fn a_rejected_project_is_over() {
    let reject = Command::RejectProject { reason: why() };
    let rejected = Event::ProjectRejected { reason: why() };
    project([]).when(reject.clone()).then([rejected.clone()]);
    project([rejected]).when(reject).then_rejected(Rejection::Over { end: End::Rejected });
}

#[test]
fn who_acts_for_one_partner_approves_for_no_other() {
    let (other, own) = (PartnerId(Uuid::from_u128(3)), PartnerId(Uuid::from_u128(2)));
    let rejection = Rejection::ActsForAnother { partner: own, on_behalf_of: other };
    project_citing(true).on_behalf_of(other).when(approve(2)).then_rejected(rejection);
    assert_eq!(project_citing(true).on_behalf_of(own).when(approve(2)).events(), [approved(2)]);
}
