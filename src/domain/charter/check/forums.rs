//! Whether each forum can decide by the rules it has.
use super::Check;
use crate::domain::charter::{Forum, Majority, Method, Rule, Standing};

impl Check<'_> {
    pub(super) fn forums(&mut self) {
        for (n, forum) in self.law.forums.iter().enumerate() {
            let path = format!("forums[{n}]");
            self.rules(&path, forum);
            self.silence(&path, forum);
            self.quorum(&path, forum);
            self.fallback(&path, forum);
            self.reservations(&path, forum);
            self.signed(&path, forum);
        }
    }

    /// Whoever is not a partner has no stream to register keys on.
    fn signed(&mut self, path: &str, forum: &Forum) {
        if forum.signed && forum.standing == Standing::Listed {
            let message =
                "is out of reach: members that are only listed have no keys to sign with, so drop it";
            self.fault(format!("{path}.signed"), message);
        }
    }

    fn rules(&mut self, path: &str, forum: &Forum) {
        if forum.rules.is_empty() {
            self.fault(format!("{path}.rules"), "is empty: name at least one rule to decide by");
        }
        for (n, rule) in forum.rules.iter().enumerate() {
            let place = format!("{path}.rules[{n}]");
            if !self.knows(&place) {
                continue;
            }
            let before = forum.rules.iter().take(n).enumerate();
            let mut known = before.filter(|(m, _)| self.knows(&format!("{path}.rules[{m}]")));
            if known.any(|(_, it)| it.method() == rule.method()) {
                self.fault(&place, format!("{} is there twice: keep one of them", rule.method()));
            }
            if let Rule::Majority(majority) = rule {
                self.majority(&place, majority);
            }
        }
    }

    /// A majority that less than half would be passes what most refuse; more than everything never comes.
    fn majority(&mut self, path: &str, majority: &Majority) {
        if !self.knows(path) {
            return;
        }
        let (parts, of) = (majority.share.parts(), majority.share.of());
        let message = match (parts * 2).cmp(&of) {
            std::cmp::Ordering::Less => "is less than half: a majority is at least 1/2",
            std::cmp::Ordering::Equal if !majority.strict => {
                "lets a tie pass: a simple majority is 1/2 with strict = true"
            }
            std::cmp::Ordering::Greater if parts == of && majority.strict => {
                "can never be reached: nobody has more than every vote, so leave out strict"
            }
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => return,
        };
        self.fault(path, format!("the share {} {message}", majority.share));
    }

    fn silence(&mut self, path: &str, forum: &Forum) {
        let known = self.knows(&format!("{path}.rules"));
        let path = format!("{path}.silence_min_hours");
        match (has(forum, Method::Silence), forum.silence_min_hours) {
            (_, Some(0)) => self.fault(path, "must be at least 1 hour; the UN's practice is 72"),
            _ if !known => {}
            (true, None) => self.fault(
                path,
                "is missing: say for how long a silence must last at least; the UN's practice is 72 hours",
            ),
            (false, Some(_)) => {
                self.fault(path, "is of no use: this forum has no rule silence, so add it or drop this");
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    fn quorum(&mut self, path: &str, forum: &Forum) {
        let needs = [
            (has(forum, Method::Consensus), "consensus in the room"),
            (has(forum, Method::Majority), "a vote by majority"),
            (forum.fallback.is_some(), "a vote that somebody may ask for"),
        ];
        let needed = needs.into_iter().find_map(|(needs, what)| needs.then_some(what));
        if let (None, Some(what)) = (forum.quorum, needed) {
            self.fault(
                format!("{path}.quorum"),
                format!("is missing: {what} needs one, such as quorum = \"1/2\""),
            );
        }
    }

    fn fallback(&mut self, path: &str, forum: &Forum) {
        let Some(majority) = &forum.fallback else {
            return;
        };
        let known = self.knows(&format!("{path}.rules"));
        let path = format!("{path}.fallback");
        self.majority(&path, majority);
        if known && !has(forum, Method::Silence) && !has(forum, Method::Consensus) {
            let message = "is of no use: a request for a vote ends a silence or a consensus, and this forum has neither";
            self.fault(path, message);
        }
    }

    fn reservations(&mut self, path: &str, forum: &Forum) {
        let borne = has(forum, Method::Silence) || has(forum, Method::Consensus);
        if forum.reservations_max.is_some() && !borne && self.knows(&format!("{path}.rules")) {
            let message =
                "is of no use: only a silence or a consensus bears reservations, and this forum has neither";
            self.fault(format!("{path}.reservations_max"), message);
        }
    }
}

fn has(forum: &Forum, method: Method) -> bool {
    forum.rules.iter().any(|it| it.method() == method)
}
