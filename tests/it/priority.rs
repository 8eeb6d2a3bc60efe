//! What may stand on a list of priorities, and where.
use crate::given::{Given, given};
use crate::project::world::*;
use pactline::domain::Decider;
use pactline::domain::citation::{Citation, Uncitable};
use pactline::domain::fact::*;
use pactline::domain::id::*;
use pactline::domain::money::BadMoney;
use pactline::domain::priority::{Command, Event, PriorityList, Rejection, list_id};
use pactline::domain::scope::{Period, Scope};
use pactline::domain::text::Digest;
use pactline::domain::{Date, Rejection as _};
use uuid::Uuid;

fn id(n: u128) -> PriorityId {
    PriorityId(Uuid::from_u128(n))
}

fn charter() -> Citation {
    event("charter", 100, 0)
}

fn adoption() -> AdoptionFact {
    AdoptionFact {
        consultation: ConsultationId(Uuid::from_u128(500)),
        forum: slug("policy-group"),
        charter: charter(),
        text: Some(event("recommendation", 600, 1)),
        recommendation: Some(RecommendationId(Uuid::from_u128(600))),
        digest: Digest::of(b"we recommend"),
    }
}

fn adopted_text() -> TextFact {
    TextFact {
        recommendation: RecommendationId(Uuid::from_u128(600)),
        digest: Digest::of(b"we recommend"),
        charter: charter(),
        forums: vec![slug("policy-group")],
        pillar: slug("supply"),
        current: true,
        withdrawn: false,
        brackets: Default::default(),
    }
}

/// A past in which everything that [`set`] cites is as it should be, save `adopted` and `text`.
fn basis(
    past: impl IntoIterator<Item = Event>,
    adopted: AdoptionFact,
    text: TextFact,
) -> Given<PriorityList> {
    let ((charter, edition), (admission, chair)) = (edition(1, law()), partner(1, &["chair"]));
    given(past)
        .citing(charter, edition)
        .citing(admission, chair)
        .citing(event("consultation", 500, 4), adopted)
        .citing(event("recommendation", 600, 1), text)
}

fn list(past: impl IntoIterator<Item = Event>) -> Given<PriorityList> {
    basis(past, adoption(), adopted_text())
}

fn set(n: u128, rank: u32) -> Command {
    set_about(n, rank, scope())
}

fn set_about(n: u128, rank: u32, scope: Scope) -> Command {
    Command::SetPriority {
        priority: id(n),
        list: slug("operational"),
        charter: charter().reference(),
        set_by: event("partner", 1, 0).reference(),
        title: text("Joint border posts"),
        adoption: event("consultation", 500, 4).reference(),
        text: event("recommendation", 600, 1).reference(),
        scope,
        rank,
        needs: Some(usd(1)),
    }
}

fn was_set(n: u128, rank: u32) -> Event {
    Event::PrioritySet {
        priority: id(n),
        list: slug("operational"),
        charter: charter(),
        set_by: event("partner", 1, 0),
        title: text("Joint border posts"),
        adoption: event("consultation", 500, 4),
        recommendation: RecommendationId(Uuid::from_u128(600)),
        scope: scope(),
        rank,
        needs: Some(usd(1)),
        review_at: None,
    }
}

fn was_retired(n: u128) -> Event {
    Event::PriorityRetired { priority: id(n), reason: why() }
}

#[test]
fn an_adopted_recommendation_becomes_a_priority() {
    list([]).when(set(1, 1)).then([was_set(1, 1)]);
}

#[test]
fn an_id_is_used_once_even_after_it_was_retired() {
    let rejection = Rejection::AlreadySet { priority: id(1) };
    list([was_set(1, 1), was_retired(1)]).when(set(1, 2)).then_rejected(rejection);
}

#[test]
fn two_live_priorities_never_share_a_rank() {
    let taken = Rejection::RankTaken { rank: 1, holder: id(1) };
    list([was_set(1, 1)]).when(set(2, 1)).then_rejected(taken.clone());
    let rerank = Command::RerankPriority { priority: id(2), rank: 1 };
    list([was_set(1, 1), was_set(2, 2)]).when(rerank).then_rejected(taken);
    list([was_set(1, 1), was_retired(1)]).when(set(2, 1)).then([was_set(2, 1)]);
}

#[test]
fn a_rank_given_up_is_free_again() {
    let moved = Event::PriorityReranked { priority: id(1), rank: 3 };
    list([was_set(1, 1), moved]).when(set(2, 1)).then([was_set(2, 1)]);
}

#[test]
fn ranks_start_at_one() {
    list([]).when(set(1, 0)).then_rejected(Rejection::RankZero);
    let rerank = Command::RerankPriority { priority: id(1), rank: 0 };
    list([was_set(1, 1)]).when(rerank).then_rejected(Rejection::RankZero);
}

#[test]
fn the_rank_it_has_already_is_no_change() {
    list([was_set(1, 4)]).when(Command::RerankPriority { priority: id(1), rank: 4 }).then_nothing();
}

#[test]
fn nothing_happens_to_a_retired_priority() {
    let past = [was_set(1, 1), was_retired(1)];
    let retired = Rejection::Retired { priority: id(1) };
    let rerank = Command::RerankPriority { priority: id(1), rank: 1 };
    list(past.clone()).when(rerank).then_rejected(retired.clone());
    let retire = Command::RetirePriority { priority: id(1), reason: why() };
    list(past.clone()).when(retire).then_rejected(retired.clone());
    let revise = revise(scope(), None);
    list(past).when(revise).then_rejected(retired);
}

#[test]
fn what_was_never_set_cannot_be_retired() {
    let retire = Command::RetirePriority { priority: id(9), reason: why() };
    list([was_set(1, 1)]).when(retire.clone()).then_rejected(Rejection::NoSuchPriority { priority: id(9) });
    list([was_set(9, 1)]).when(retire).then([was_retired(9)]);
}

fn revise(scope: Scope, needs: Option<pactline::domain::money::Money>) -> Command {
    Command::RevisePriority { priority: id(1), scope, needs, reason: why() }
}

#[test]
fn a_revision_keeps_to_the_charters_words_and_the_lists_period() {
    let other = Scope { pillar: slug("precursors"), ..scope() };
    let revised = Event::PriorityRevised {
        priority: id(1),
        scope: other.clone(),
        needs: None,
        reason: why(),
        review_at: None,
    };
    list([was_set(1, 1)]).when(revise(other, None)).then([revised]);
    list([was_set(1, 1)]).when(revise(scope(), Some(usd(1)))).then_nothing();
    let next = Scope { period: year(2025), ..scope() };
    let rejection = Rejection::AnotherPeriod { period: year(2024), found: year(2025) };
    list([was_set(1, 1)]).when(revise(next, None)).then_rejected(rejection);
    let unknown = Scope { pillar: slug("weather"), ..scope() };
    let rejection = Rejection::NoSuchPillar { pillar: slug("weather") };
    list([was_set(1, 1)]).when(revise(unknown, None)).then_rejected(rejection);
}

#[test]
fn the_first_priority_fixes_the_lists_name_and_period() {
    let Command::SetPriority { priority, charter, set_by, title, adoption, text, scope, rank, needs, .. } =
        set(2, 2)
    else {
        unreachable!()
    };
    let list_name = slug("another");
    let other = Command::SetPriority {
        list: list_name,
        priority,
        charter,
        set_by,
        title,
        adoption,
        text,
        scope: scope.clone(),
        rank,
        needs,
    };
    let rejection = Rejection::AnotherList { list: slug("operational") };
    list([was_set(1, 1)]).when(other).then_rejected(rejection);
    let period = Period::new(Date::constant(2024, 1, 1), Date::constant(2024, 12, 30)).unwrap();
    let rejection = Rejection::AnotherPeriod { period: year(2024), found: period };
    list([was_set(1, 1)]).when(set_about(2, 2, Scope { period, ..scope })).then_rejected(rejection);
}

#[test]
fn pillar_and_routes_are_the_charters() {
    let pillar = Scope { pillar: slug("weather"), ..scope() };
    let rejection = Rejection::NoSuchPillar { pillar: slug("weather") };
    list([]).when(set_about(1, 1, pillar)).then_rejected(rejection);
    let routes = Scope { routes: [slug("balkan"), slug("southern")].into(), ..scope() };
    let rejection = Rejection::NoSuchRoute { route: slug("southern") };
    list([]).when(set_about(1, 1, routes)).then_rejected(rejection);
}

#[test]
fn needs_are_more_than_nothing() {
    list([was_set(1, 1)])
        .when(revise(scope(), Some(usd(0))))
        .then_rejected(Rejection::BadNeeds(BadMoney::NotPositive));
}

#[test]
fn only_the_forum_that_the_charter_names_makes_priorities() {
    let adopted = AdoptionFact { forum: slug("expert-group"), ..adoption() };
    let (forum, basis_forum) = (slug("expert-group"), slug("policy-group"));
    let rejection = Rejection::AdoptedByAnotherForum { forum, basis: basis_forum };
    basis([], adopted, adopted_text()).when(set(1, 1)).then_rejected(rejection);
}

#[test]
fn the_edition_of_the_adoption_is_the_edition_of_the_priority() {
    let adopted = AdoptionFact { charter: event("charter", 100, 1), ..adoption() };
    let rejection =
        Rejection::AdoptedUnderAnotherEdition { adopted: event("charter", 100, 1), charter: charter() };
    basis([], adopted, adopted_text()).when(set(1, 1)).then_rejected(rejection);
}

#[test]
fn an_outdated_edition_still_carries_what_was_adopted_under_it_and_a_retired_charter_nothing() {
    let (citation, fact) = edition(1, law());
    let outdated = EditionFact { outdated: true, ..fact.clone() };
    list([]).citing(citation.clone(), outdated).when(set(1, 1)).then([was_set(1, 1)]);
    let retired = EditionFact { retired: true, ..fact };
    list([]).citing(citation, retired).when(set(1, 1)).then_rejected(Rejection::CharterRetired);
}

#[test]
fn the_adoption_binds_the_adopted_text_alone() {
    let another = AdoptionFact { digest: Digest::of(b"we demand"), ..adoption() };
    basis([], another, adopted_text()).when(set(1, 1)).then_rejected(Rejection::AnotherText);
    let document = AdoptionFact { recommendation: None, ..adoption() };
    basis([], document, adopted_text()).when(set(1, 1)).then_rejected(Rejection::AnotherText);
    let revised = TextFact { current: false, ..adopted_text() };
    basis([], adoption(), revised).when(set(1, 1)).then_rejected(Rejection::TextRevised);
    let withdrawn = TextFact { withdrawn: true, ..adopted_text() };
    basis([], adoption(), withdrawn).when(set(1, 1)).then_rejected(Rejection::RecommendationWithdrawn);
}

#[test]
fn only_a_member_in_the_role_that_the_charter_names_sets_priorities() {
    let (admission, fact) = partner(1, &["donor"]);
    let rejection = Rejection::RoleNotHeld { role: slug("chair") };
    list([]).citing(admission.clone(), fact.clone()).when(set(1, 1)).then_rejected(rejection);
    for capacity in [Some(Capacity::Observer), None] {
        let guest = PartnerFact { capacity, ..fact.clone() };
        list([]).citing(admission.clone(), guest).when(set(1, 1)).then_rejected(Rejection::NotAMember);
    }
}

#[test]
fn a_draft_is_not_an_adoption() {
    let rejection = list([]).citing_nothing(event("consultation", 500, 4)).when(set(1, 1)).rejection();
    assert!(matches!(&rejection, Rejection::Uncitable(Uncitable::WrongKind { .. })), "{rejection}");
    assert_eq!(rejection.reason(), "CITED_EVENT_OF_WRONG_KIND");
}

#[test]
fn whoever_cites_a_priority_learns_what_it_is_about_now_and_whether_it_is_live() {
    let narrower = Scope { routes: Default::default(), ..scope() };
    let (scope, needs) = (narrower.clone(), None);
    let revised = Event::PriorityRevised { priority: id(1), scope, needs, reason: why(), review_at: None };
    let attested = |past: Vec<Event>| list(past).state().attest(&was_set(1, 1), day(0));
    let fact = |live| PriorityFact {
        list: list_id(&charter().stream, &slug("operational"), &year(2024)),
        priority: id(1),
        scope: narrower.clone(),
        live,
        charter: charter(),
        recommendation: RecommendationId(Uuid::from_u128(600)),
        adoption: event("consultation", 500, 4),
    };
    assert_eq!(attested(vec![was_set(1, 1), revised.clone()]), Some(fact(true).into()));
    assert_eq!(attested(vec![was_set(1, 1), revised, was_retired(1)]), Some(fact(false).into()));
    assert_eq!(list([was_set(1, 1)]).state().attest(&was_retired(1), day(0)), None);
}
