//! Commands about who takes part, under which mandates, on which evidence and by which law.
use super::*;
use pactline::domain::charter::{self, Law, charter_id};
use pactline::domain::evidence::{self, Flow, Measure, Quantity, evidence_id};
use pactline::domain::id::ProvisionId;
use pactline::domain::mandate::{self, Force, Instrument, Relation, mandate_id};
use pactline::domain::text::{Digest, Source};

const LAW: &str = r#"
name = "NAME"
title = "TITLE"
roles = ["coordinator", "donor", "expert", "recipient"]
pillars = ["supply", "demand"]
routes = ["north", "south"]
recommendations = { forums = ["experts", "policy"], take_up_days = 10, escalate_to = "coordinator" }
priorities = { set_by = "coordinator", basis = "policy", review_days = 1 }

[[forums]]
name = "experts"
title = "Experts"
standing = "partners"
rules = ["silence", "consensus", "unanimity", { majority = { share = "2/3" } }]
quorum = "1/3"
silence_min_hours = 1
fallback = { share = "1/2", strict = true }
reservations_max = 1

[[forums]]
name = "policy"
title = "Policy Group"
standing = "partners"
rules = ["silence", "consensus"]
quorum = "1/2"
silence_min_hours = 1
fallback = { share = "1/2", strict = true }

[projects]
steward = "coordinator"

[projects.funding]
threshold_percent = PERCENT
basis = "committed"

[[projects.stages]]
name = "design"
title = "Design"
gate = ["cites_live_priority", "no_open_objection"]
deadline_days = 3
on_expiry = "suspend"
report = { every_days = 1, role = "expert" }

[[projects.stages]]
name = "delivery"
title = "Delivery"
gate = [
    { funded = { percent = 50, basis = "committed" } },
    { task_done = { kind = "check" } },
]
deadline_days = 5
on_expiry = { escalate = "coordinator" }
tasks = [{ kind = "check", title = "Check", role = "expert", due_days = 2, escalate_to = "donor" }]

[[projects.stages]]
name = "closing"
title = "Closing"
gate = [
    { approvals = { role = "donor", count = 1 } },
    { review_passed = { kind = "final", role = "expert" } },
]
"#;

const PRIORITY: &str = r#""cites_live_priority", "#;
const CHECKED: &str = r#"    { task_done = { kind = "check" } },
"#;
const APPROVED: &str = r#"    { approvals = { role = "donor", count = 1 } },
"#;

/// The `edition`th draft of the `n`th charter.
fn law(n: u64, edition: u64) -> Law {
    let text = LAW.replace("NAME", &format!("pact-{n}")).replace("TITLE", &format!("Pact {n}.{edition}"));
    // The second one asks for less, so that some projects get to their end.
    let text =
        if n == 1 { text } else { text.replace(PRIORITY, "").replace(CHECKED, "").replace(APPROVED, "") };
    toml::from_str(&text.replace("PERCENT", &(50 + 10 * edition).to_string())).unwrap()
}

fn publish(n: u64, edition: u64) -> Ask {
    let law = law(n, edition);
    let digest = Digest::of(format!("{law:?}").as_bytes());
    Ask::Charter(charter_id(&law.name).0, charter::Command::PublishCharter { law, digest })
}

impl Scene<'_> {
    pub(super) fn partner(&mut self) -> Ask {
        use partner::Command::*;
        let (party, name) = (self.party(), word(&format!("Name {}", self.chance.below(3))));
        let id = party.id().0;
        let role = slug(ROLES[self.chance.below(4) as usize]);
        let command = match self.chance.below(20) {
            0..6 => AdmitPartner { party, name },
            6..8 => GrantObserverStatus { party, name },
            8..10 => RenamePartner { name },
            10 if self.chance.percent(50) => WithdrawPartner { reason: why() },
            10..19 => GrantRole { role },
            _ => RevokeRole { role },
        };
        Ask::Partner(id, command)
    }

    pub(super) fn mandate(&mut self) -> Ask {
        use mandate::Command::*;
        let n = self.chance.between(1, 4);
        let symbol = word(&format!("A/RES/{n}"));
        let id = mandate_id(&symbol).0;
        let provision = ProvisionId(Uuid::from_u128(u128::from(10 * n + self.chance.below(3))));
        let version = slug(["en", "fr"][self.chance.below(5) as usize / 4]);
        let command = match self.chance.below(20) {
            0..4 => {
                let (title, instrument) = (word("An instrument"), Instrument::Resolution);
                let adopted_on = format!("{}", 2000 + n).parse().unwrap();
                RecordMandate { symbol, title, instrument, organ: None, adopted_on }
            }
            4..8 => {
                let digest = self.chance.percent(50).then(|| self.digest(2));
                RecordTextVersion { version, digest }
            }
            8..14 => {
                let locator = word(&format!("para. {}", self.chance.below(4)));
                DefineProvision { provision, version, locator, subject: why(), force: Force::Operative }
            }
            14..16 => {
                LinkProvisions { provision, relation: Relation::Implements, to: self.cite(As::Provision) }
            }
            16..17 => SupersedeMandate { by: self.cite(As::Mandate) },
            _ => {
                let citing = self.cite(As::Proposal).stream;
                RetainCitation { citing, reason: why(), decided_by: word("The chair") }
            }
        };
        Ask::Mandate(id, command)
    }

    pub(super) fn digest(&mut self, of: u64) -> Digest {
        Digest::of(&self.chance.below(of).to_be_bytes())
    }

    pub(super) fn evidence(&mut self) -> Ask {
        let digest = self.digest(4);
        let id = evidence_id(&digest).0;
        if self.chance.percent(15) {
            return Ask::Evidence(id, evidence::Command::WithdrawEvidence { reason: why() });
        }
        let quantity = Quantity { thousandths: self.chance.below(9_000) as i64 - 500, unit: word("kg") };
        let measures = vec![Measure { name: word("seized"), quantity: quantity.clone() }];
        let (from, to) = ("AFG".parse().unwrap(), PARTIES[self.chance.below(5) as usize].parse().unwrap());
        let flow = Flow { from, to, route: slug("north"), substance: word("heroin"), quantity };
        let submit = evidence::Command::SubmitEvidence {
            kind: slug("survey"),
            title: word("A survey"),
            source: Source { symbol: word("E/1"), locator: None, sha256: None },
            digest,
            period: year(2024),
            places: Default::default(),
            measures,
            flow: self.chance.percent(50).then_some(flow),
        };
        Ask::Evidence(id, submit)
    }

    pub(super) fn charter(&mut self) -> Ask {
        let n = self.chance.between(1, 2);
        match self.chance.below(40) {
            0 => {
                let id = charter_id(&slug(&format!("pact-{n}"))).0;
                Ask::Charter(id, charter::Command::RetireCharter { reason: why() })
            }
            _ => publish(n, self.chance.below(3)),
        }
    }
}
