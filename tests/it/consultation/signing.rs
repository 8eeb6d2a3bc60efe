//! A forum whose members sign what they decide takes nobody's word for it.
use super::*;
use crate::pact::party;
use pactline::domain::decision::Unvouched;
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
    // What happened before is recorded from documents: nobody signed it then.
    signing().vouched(Vouched::Source).when(take("france", Position::Agree)).then([agreed()]);
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
