//! A forum whose members sign what they decide takes nobody's word for it.
use super::*;
use crate::pact::party;
use pactline::domain::decision::Unvouched;
use pactline::domain::fact::EditionFact;
use pactline::domain::id::PartnerId;
use pactline::domain::{Category, Rejection as _, Vouched};

fn signing() -> Given<Consultation> {
    story([opened_in(Forum { signed: true, ..expert_group() }, Rule::Silence, None)])
}

fn by(party: PartnerId, text: Option<Digest>) -> Vouched {
    Vouched::Signature { party, text }
}

fn unvouched(why: Unvouched) -> Rejection {
    Rejection::Unvouched(why)
}

#[test]
fn what_a_member_decides_is_signed_or_refused() {
    let digest = || Some(text_fact(1).digest);
    let commands = [take("france", Position::Agree), object("france"), lift("france"), request("france")];
    for command in commands.into_iter().chain([cast("france", Vote::No)]) {
        signing().when(command).then_rejected(unvouched(Unvouched::SignatureMissing));
    }
    let agreed = || took("france", Position::Agree);
    let signed = signing().vouched(by(party("france"), digest()));
    signed.when(take("france", Position::Agree)).then([agreed()]);
    signing().vouched(by(party("france"), digest())).when(object("france")).then([objected("france")]);
}

#[test]
fn a_document_vouches_for_what_was_decided_before_the_law_asked_for_signatures_and_for_nothing_after() {
    let since = hour(24);
    let taken = |at| {
        let past = [opened_in(Forum { signed: true, ..expert_group() }, Rule::Silence, None)];
        let edition = EditionFact { since, ..edition() };
        // The citation that comes last is the one that counts.
        let given = story(past).citing(charter(), edition).at(at).vouched(Vouched::Source);
        given.when(take("france", Position::Agree))
    };
    taken(hour(23)).then([took("france", Position::Agree)]);
    for at in [since, hour(25)] {
        taken(at).then_rejected(unvouched(Unvouched::SignedSince { since }));
    }
    let unasked = story([silence()]).at(hour(25)).vouched(Vouched::Source);
    unasked.when(take("france", Position::Agree)).then([took("france", Position::Agree)]);
}

#[test]
fn what_the_chair_does_needs_no_signature() {
    signing().when(extend(hour(72))).then([Event::DeadlineExtended { deadline: hour(72) }]);
}

#[test]
fn a_signature_vouches_for_the_signer_and_for_one_text() {
    let other = signing().vouched(by(party("iran"), Some(text_fact(1).digest)));
    other.when(take("france", Position::Agree)).then_rejected(unvouched(Unvouched::SignedByAnother));
    for signed in [None, Some(text_fact(2).digest)] {
        let why = Unvouched::SignedForAnotherText { text: text_fact(1).digest };
        let rejection = unvouched(why);
        assert_eq!(
            (rejection.category(), rejection.reason()),
            (Category::Precondition, "SIGNED_FOR_ANOTHER_TEXT")
        );
        let given = signing().vouched(by(party("france"), signed));
        given.when(take("france", Position::Agree)).then_rejected(rejection);
    }
}

#[test]
fn a_signature_counts_where_nobody_asks_for_one_too_and_only_for_its_text() {
    let given = story([silence()]).vouched(by(party("france"), Some(text_fact(2).digest)));
    let why = Unvouched::SignedForAnotherText { text: text_fact(1).digest };
    given.when(take("france", Position::Agree)).then_rejected(unvouched(why));
}
