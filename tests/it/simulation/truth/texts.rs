//! Mandates, evidence and recommendations: texts, and what they rest on.
use super::Judge;
use pactline::codec::AnyEvent;
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::text::Digest;
use pactline::domain::{evidence, mandate, recommendation};
use std::collections::{BTreeMap, BTreeSet};

impl Judge<'_> {
    pub(super) fn mandate(&mut self, stream: &StreamName) {
        use mandate::Event;
        let (mut adopted, mut superseded) = (None, false);
        let (mut provisions, mut versions, mut places) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        for past in self.of(stream) {
            let AnyEvent::Mandate(event) = &past.event else { continue };
            match event {
                Event::MandateRecorded { adopted_on, .. } => {
                    self.must(adopted.replace(*adopted_on).is_none(), "a mandate is recorded once", past);
                }
                Event::TextVersionRecorded { version, digest } => {
                    let known: Option<Option<Digest>> = versions.insert(version.clone(), digest.clone());
                    let new = known.is_none_or(|it| it.is_none() && digest.is_some());
                    self.must(new, "a version's digest is given once", past);
                }
                Event::ProvisionDefined { provision, version, locator, .. } => {
                    let place = (version.clone(), locator.clone());
                    let new = provisions.insert(*provision) & places.insert(place);
                    self.must(new && versions.contains_key(version), "one provision, one place", past);
                }
                Event::ProvisionsLinked { provision, .. } => {
                    self.must(provisions.contains(provision), "what is linked is here", past);
                }
                Event::MandateSuperseded { by, .. } => {
                    let newer = self.known.find(&by.stream, by.revision).map(|it| &it.event);
                    let later = match newer {
                        Some(AnyEvent::Mandate(Event::MandateRecorded { adopted_on, .. })) => {
                            adopted.is_some_and(|it| *adopted_on > it)
                        }
                        _ => false,
                    };
                    self.must(later && !superseded, "a later instrument supersedes, once", past);
                    superseded = true;
                }
                Event::CitationRetained { .. } => {
                    self.must(superseded, "only what is superseded is retained", past);
                }
            }
        }
    }

    pub(super) fn evidence(&mut self, stream: &StreamName) {
        let (mut submitted, mut withdrawn) = (false, false);
        for past in self.of(stream) {
            match &past.event {
                AnyEvent::Evidence(evidence::Event::EvidenceSubmitted { flow, .. }) => {
                    self.must(!submitted, "a document is submitted once", past);
                    let moves =
                        flow.as_ref().is_none_or(|it| it.from != it.to && it.quantity.thousandths > 0);
                    self.must(moves, "a flow is of something, to somewhere", past);
                    submitted = true;
                }
                AnyEvent::Evidence(evidence::Event::EvidenceWithdrawn { .. }) => {
                    self.must(submitted && !withdrawn, "what is on record is withdrawn once", past);
                    withdrawn = true;
                }
                _ => {}
            }
        }
    }

    pub(super) fn recommendation(&mut self, stream: &StreamName) {
        use recommendation::Event;
        let (mut drafted, mut withdrawn, mut text) = (false, false, None);
        let (mut endorsed, mut answered) = (BTreeSet::new(), BTreeSet::new());
        for past in self.of(stream) {
            let AnyEvent::Recommendation(event) = &past.event else { continue };
            let noted = matches!(event, Event::RecommendationAnswered { .. });
            self.must(!withdrawn || noted, "nothing is done about what was withdrawn", past);
            match event {
                Event::RecommendationDrafted { charter, digest, provisions, .. } => {
                    let lawful = self.once(past, |it| self.in_force(charter, past.at(), it));
                    self.must(
                        !drafted && lawful,
                        "a recommendation is drafted once, by the latest law",
                        past,
                    );
                    self.cites(past, provisions);
                    (drafted, text) = (true, Some(digest.clone()));
                }
                Event::TextRevised { digest, provisions, .. } => {
                    self.must(
                        text.replace(digest.clone()).as_ref() != Some(digest),
                        "a revision changes",
                        past,
                    );
                    self.cites(past, provisions);
                    // A text that was revised away and is put back can be endorsed again.
                    endorsed.clear();
                }
                Event::RecommendationWithdrawn { .. } => withdrawn = true,
                Event::RecommendationEndorsed { adoption, .. } => {
                    let last = self.adopted(adoption).is_some_and(|(forum, ..)| forum == "policy");
                    self.must(last && endorsed.insert(adoption), "the last forum endorses, once", past);
                }
                Event::RecommendationAnswered { adoption, .. } => {
                    self.must(answered.insert(adoption), "a decision is answered once", past);
                }
                Event::ParagraphBracketed { .. }
                | Event::ParagraphAgreed { .. }
                | Event::FollowUpReported { .. } => {}
            }
            self.must(drafted, "there is a text first", past);
        }
    }

    fn cites(&mut self, past: &super::Past, provisions: &[Citation]) {
        let distinct: BTreeSet<_> = provisions.iter().collect();
        let right = !provisions.is_empty() && distinct.len() == provisions.len();
        self.must(right, "a text serves provisions, each once", past);
    }

    /// Whether a text was still the latest of a recommendation that stood, when `position` was the last.
    pub(super) fn is_current(&self, text: &Citation, position: u64) -> bool {
        use recommendation::Event;
        let (mut latest, mut own, mut withdrawn) = (None, None, false);
        for past in self.of(&text.stream).into_iter().filter(|it| it.position <= position) {
            match &past.event {
                AnyEvent::Recommendation(
                    Event::RecommendationDrafted { digest, provisions, .. }
                    | Event::TextRevised { digest, provisions, .. },
                ) => {
                    let basis: BTreeSet<&Citation> = provisions.iter().collect();
                    latest = Some((digest, basis.clone()));
                    if past.is(text) {
                        own = Some((digest, basis));
                    }
                }
                AnyEvent::Recommendation(Event::RecommendationWithdrawn { .. }) => withdrawn = true,
                _ => {}
            }
        }
        own.is_some() && own == latest && !withdrawn
    }
}
