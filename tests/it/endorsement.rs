//! A recommendation that every forum adopted: somebody has to take it up, unless somebody did.
use crate::given::{Given, given, given_at};
use crate::pact::{charter, edition, event, law, name, prose, slug};
use pactline::domain::Timestamp;
use pactline::domain::charter::Law;
use pactline::domain::citation::Citation;
use pactline::domain::fact::{AdoptionFact, EditionFact, PriorityFact};
use pactline::domain::id::{ConsultationId, ListId, PriorityId, RecommendationId};
use pactline::domain::priority;
use pactline::domain::recommendation::{Command, Event, FollowUp, Recommendation, Rejection, TakeUp};
use pactline::domain::scope::{Period, Scope};
use pactline::domain::text::Digest;
use std::sync::Arc;

const TEXT: &str = "Exchange what is known.";

fn id() -> RecommendationId {
    RecommendationId::of("one")
}

fn day(n: i64) -> Timestamp {
    Timestamp::from_second(n * 86_400).unwrap()
}

fn drafted() -> Event {
    Event::RecommendationDrafted {
        recommendation: id(),
        title: name("On precursors"),
        text: prose(TEXT),
        digest: Digest::of(TEXT.as_bytes()),
        pillar: slug("precursors"),
        provisions: vec![event("mandate", "S-30/1", 3)],
        charter: charter(),
        forums: vec![slug("expert-group"), slug("policy-group")],
    }
}

fn revised(endorsed: Option<Citation>) -> Event {
    let (text, digest) = (prose("Other."), Digest::of(b"Other."));
    Event::TextRevised { text, digest, provisions: vec![event("mandate", "S-30/1", 3)], endorsed }
}

fn adoption() -> Citation {
    event("consultation", "second", 4)
}

fn adopted(forum: &str) -> AdoptionFact {
    AdoptionFact {
        consultation: ConsultationId::of("second"),
        forum: slug(forum),
        charter: charter(),
        text: Some(event("recommendation", "one", 0)),
        recommendation: Some(id()),
        digest: Digest::of(TEXT.as_bytes()),
    }
}

/// The charter gives 30 days, after which the expert hears of it.
fn in_time() -> EditionFact {
    let mut law: Law = law();
    law.recommendations.take_up_days = Some(30);
    law.recommendations.escalate_to = Some(slug("expert"));
    EditionFact { law: Arc::new(law), ..edition() }
}

fn story(past: Vec<Event>, fact: AdoptionFact) -> Given<Recommendation> {
    given(past).at(day(1)).citing(charter(), in_time()).citing(adoption(), fact)
}

fn endorse() -> Command {
    Command::EndorseRecommendation { adoption: adoption().reference() }
}

fn endorsed(take_up: Option<TakeUp>) -> Event {
    Event::RecommendationEndorsed { adoption: adoption(), take_up, again: false }
}

fn within_30_days() -> Option<TakeUp> {
    Some(TakeUp { role: slug("chair"), due_at: Some(day(31)), escalate_to: Some(slug("expert")) })
}

fn scope() -> Scope {
    let year = Period::new("2024-01-01".parse().unwrap(), "2024-12-31".parse().unwrap()).unwrap();
    Scope { pillar: slug("precursors"), routes: [].into(), countries: [].into(), period: year }
}

fn the_priority() -> Citation {
    event("priority", "list", 2)
}

fn on_the_list(recommendation: RecommendationId) -> PriorityFact {
    PriorityFact {
        list: ListId::of("list"),
        priority: PriorityId::of("one"),
        scope: scope(),
        live: true,
        charter: charter(),
        recommendation,
        adoption: adoption(),
    }
}

fn answered() -> Event {
    Event::RecommendationAnswered { priority: the_priority(), adoption: adoption(), endorsed: None }
}

#[test]
fn what_the_last_forum_adopted_is_ready_for_a_priority() {
    story(vec![drafted()], adopted("policy-group")).when(endorse()).then([endorsed(within_30_days())]);
}

#[test]
fn what_the_first_forum_adopted_is_not() {
    story(vec![drafted()], adopted("expert-group")).when(endorse()).then_nothing();
}

#[test]
fn an_adoption_endorses_the_text_that_it_adopted_and_no_other() {
    story(vec![drafted(), revised(None)], adopted("policy-group")).when(endorse()).then_nothing();
    let withdrawn = Event::RecommendationWithdrawn { reason: prose("overtaken"), endorsed: None };
    story(vec![drafted(), withdrawn], adopted("policy-group")).when(endorse()).then_nothing();
    let other = AdoptionFact { recommendation: Some(RecommendationId::of("two")), ..adopted("policy-group") };
    story(vec![drafted()], other).when(endorse()).then_nothing();
    story(vec![], adopted("policy-group")).when(endorse()).then_rejected(Rejection::NotDrafted);
}

#[test]
fn it_is_endorsed_once_and_a_revised_text_can_be_endorsed_anew() {
    let once = vec![drafted(), endorsed(within_30_days())];
    story(once.clone(), adopted("policy-group")).when(endorse()).then_nothing();
    let again = [once, vec![revised(Some(adoption()))]].concat();
    let of_the_new = AdoptionFact { digest: Digest::of(b"Other."), ..adopted("policy-group") };
    let adoption = event("consultation", "third", 4);
    let endorse = Command::EndorseRecommendation { adoption: adoption.reference() };
    let given = given::<Recommendation>(again)
        .at(day(1))
        .citing(charter(), in_time())
        .citing(adoption.clone(), of_the_new);
    let take_up = within_30_days();
    given.when(endorse).then([Event::RecommendationEndorsed { adoption, take_up, again: false }]);
}

#[test]
fn the_same_adoption_endorses_a_text_that_was_put_back_and_says_that_it_does_so_again() {
    let put_back = Event::TextRevised {
        text: prose(TEXT),
        digest: Digest::of(TEXT.as_bytes()),
        provisions: vec![event("mandate", "S-30/1", 3)],
        endorsed: None,
    };
    let past = vec![drafted(), endorsed(within_30_days()), revised(Some(adoption())), put_back];
    let take_up = within_30_days();
    let again = Event::RecommendationEndorsed { adoption: adoption(), take_up, again: true };
    story(past, adopted("policy-group")).when(endorse()).then([again]);
}

#[test]
fn a_charter_without_a_term_sets_none() {
    let given = given::<Recommendation>([drafted()])
        .citing(charter(), edition())
        .citing(adoption(), adopted("policy-group"));
    let no_term = TakeUp { role: slug("chair"), due_at: None, escalate_to: None };
    given.when(endorse()).then([endorsed(Some(no_term))]);
}

#[test]
fn nobody_has_to_take_up_what_was_taken_up_before() {
    let report = |follow_up| {
        let report = prose("begun");
        Event::FollowUpReported { follow_up, report, project: None, endorsed: None }
    };
    story(vec![drafted(), answered()], adopted("policy-group")).when(endorse()).then([endorsed(None)]);
    for follow_up in [FollowUp::TakenUp, FollowUp::UnderWay, FollowUp::Implemented] {
        let given = story(vec![drafted(), report(follow_up)], adopted("policy-group"));
        given.when(endorse()).then([endorsed(None)]);
    }
    let given = story(vec![drafted(), report(FollowUp::NotTakenUp)], adopted("policy-group"));
    given.when(endorse()).then([endorsed(within_30_days())]);
}

#[test]
fn a_priority_answers_its_own_recommendation_once() {
    let ask = |past: Vec<Event>, fact| {
        let command = Command::AnswerRecommendation { priority: the_priority().reference() };
        given::<Recommendation>(past).citing(the_priority(), fact).when(command)
    };
    ask(vec![drafted()], on_the_list(id())).then([answered()]);
    let (priority, adoption) = (the_priority(), adoption());
    let current =
        Event::RecommendationAnswered { priority, adoption: adoption.clone(), endorsed: Some(adoption) };
    ask(vec![drafted(), endorsed(None)], on_the_list(id())).then([current]);
    let older = vec![drafted(), endorsed(None), revised(None)];
    ask(older, on_the_list(id())).then([answered()]);
    ask(vec![drafted(), answered()], on_the_list(id())).then_nothing();
    ask(vec![drafted()], on_the_list(RecommendationId::of("two"))).then_nothing();
    ask(vec![], on_the_list(id())).then_rejected(Rejection::NotDrafted);
}

#[test]
fn what_ends_or_answers_an_endorsement_names_it() {
    let past = || story(vec![drafted(), endorsed(None)], adopted("policy-group"));
    let reported =
        Command::ReportFollowUp { follow_up: FollowUp::TakenUp, report: prose("begun"), project: None };
    past().when(reported).then([Event::FollowUpReported {
        follow_up: FollowUp::TakenUp,
        report: prose("begun"),
        project: None,
        endorsed: Some(adoption()),
    }]);
    let reason = || prose("overtaken");
    let withdraw = Command::WithdrawRecommendation { reason: reason() };
    past()
        .when(withdraw)
        .then([Event::RecommendationWithdrawn { reason: reason(), endorsed: Some(adoption()) }]);
}

/// A priority set on the first day, in a charter that has priorities looked at every 100 days.
mod reviews {
    use super::*;
    use pactline::domain::priority::{Event, PriorityList};

    fn yearly() -> EditionFact {
        let mut law: Law = law();
        law.priorities.review_days = Some(100);
        EditionFact { law: Arc::new(law), ..edition() }
    }

    fn priority() -> PriorityId {
        PriorityId::of("one")
    }

    fn set() -> Event {
        Event::PrioritySet {
            priority: priority(),
            list: slug("operational"),
            charter: charter(),
            set_by: event("partner", "chair", 0),
            title: name("Precursors"),
            adoption: adoption(),
            recommendation: id(),
            scope: scope(),
            rank: 1,
            needs: None,
            review_at: Some(day(100)),
        }
    }

    fn list(more: Vec<Event>) -> Given<PriorityList> {
        given_at(day(0), [set()]).and_at(day(0), more).citing(charter(), yearly())
    }

    fn expect(n: i64) -> priority::Command {
        priority::Command::ExpectReview { priority: priority(), due_at: day(n) }
    }

    fn fell_due(next: i64) -> Event {
        Event::ReviewFellDue {
            priority: priority(),
            role: slug("chair"),
            next_at: day(next),
            escalate_to: None,
        }
    }

    #[test]
    fn a_review_falls_due_when_its_days_are_over_and_comes_round() {
        list(vec![]).at(day(99)).when(expect(100)).then_nothing();
        list(vec![]).at(day(100)).when(expect(100)).then([fell_due(200)]);
        list(vec![fell_due(200)]).at(day(150)).when(expect(100)).then_nothing();
        list(vec![fell_due(200)]).at(day(450)).when(expect(200)).then([fell_due(500)]);
    }

    #[test]
    fn a_review_that_nobody_does_is_seen_to_by_whom_the_law_names_or_the_steward() {
        let seen_to = |steward: Option<&str>, named: Option<&str>| {
            let (citation, mut law) = (charter(), yearly());
            law.law = Arc::new({
                let mut law = (*law.law).clone();
                law.projects.steward = steward.map(slug);
                law.priorities.escalate_to = named.map(slug);
                law
            });
            let list = given_at::<PriorityList>(day(0), [set()]).citing(citation, law);
            match &list.at(day(100)).when(expect(100)).events()[..] {
                [Event::ReviewFellDue { escalate_to, .. }] => escalate_to.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(seen_to(Some("coordinator"), None), Some(slug("coordinator")));
        assert_eq!(seen_to(Some("coordinator"), Some("expert")), Some(slug("expert")));
        assert_eq!(seen_to(None, None), None, "as before: that law has nobody");
        assert_eq!(seen_to(Some("chair"), None), None, "nobody sees to their own work");
    }

    #[test]
    fn a_revision_restarts_the_term_and_a_retirement_ends_it() {
        let needs = None;
        let scope = Scope { pillar: slug("financial-flows"), ..scope() };
        let command = priority::Command::RevisePriority {
            priority: priority(),
            scope: scope.clone(),
            needs,
            reason: prose("x"),
        };
        let review_at = Some(day(130));
        let revised =
            Event::PriorityRevised { priority: priority(), scope, needs, reason: prose("x"), review_at };
        list(vec![]).at(day(30)).when(command).then([revised.clone()]);
        list(vec![revised]).at(day(100)).when(expect(100)).then_nothing();
        let retired = Event::PriorityRetired { priority: priority(), reason: prose("done") };
        list(vec![retired]).at(day(100)).when(expect(100)).then_nothing();
        let nobody = priority::Rejection::NoSuchPriority { priority: priority() };
        given::<PriorityList>([]).when(expect(100)).then_rejected(nobody);
    }
}
