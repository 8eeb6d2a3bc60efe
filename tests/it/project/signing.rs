//! Where a project's law asks for it, donors sign what they commit.
use super::funds::commit;
use super::world::*;
use crate::given::Given;
use pactline::domain::decision::{Unvouched, Vouched};
use pactline::domain::id::PartnerId;
use pactline::domain::project::*;

/// A project whose donors sign, and a partner's commitment to it.
fn signing() -> (Given<Project>, Command, PartnerId) {
    let mut law = law().projects;
    law.funding.signed = true;
    let (citation, fact) = partner(40, &["donor"]);
    let (id, admission) = (fact.id, citation.reference());
    let donor = DonorAsked { name: text("Norway"), partner: Some(admission) };
    let command = Command::CommitFunds { donor, pledge: None, movement: moved(1, usd(10)) };
    (project_under(law, []).citing(citation, fact), command, id)
}

fn by(party: PartnerId) -> Vouched {
    Vouched::Signature { party, text: None }
}

#[test]
fn a_commitment_that_must_be_signed_is_nobody_elses_word() {
    let (given, command, donor) = signing();
    given.when(command.clone()).then_rejected(Rejection::Unvouched(Unvouched::SignatureMissing));
    let events = signing().0.vouched(by(donor)).when(command.clone()).events();
    assert!(matches!(events[..], [Event::FundsCommitted { .. }]), "{events:?}");
}

#[test]
fn a_document_vouches_for_money_that_was_committed_before_the_law_asked_for_signatures() {
    let by_document = |at| {
        let (given, command, _) = signing();
        given.at(at).vouched(Vouched::Source).when(command)
    };
    // The edition was published on the first day.
    assert!(matches!(by_document(day(-1)).events()[..], [Event::FundsCommitted { .. }]));
    for at in [day(0), day(1)] {
        by_document(at).then_rejected(Rejection::Unvouched(Unvouched::SignedSince { since: day(0) }));
    }
}

#[test]
fn a_signature_commits_the_signers_own_money_under_its_own_admission() {
    let (given, command, _) = signing();
    let another = given.vouched(by(PartnerId::of("another")));
    another.when(command).then_rejected(Rejection::Unvouched(Unvouched::SignedByAnother));
    let (given, _, donor) = signing();
    let unnamed = given.vouched(by(donor)).when(commit(1, None, usd(10)));
    unnamed.then_rejected(Rejection::Unvouched(Unvouched::SignedByAnother));
}

#[test]
fn where_the_law_asks_for_nothing_a_word_is_enough() {
    project([]).when(commit(1, None, usd(10))).then([committed(1, None, 10)]);
}
