//! Who is in the initiative, and in which roles.
use super::facts::Party;
use super::{Failed, Story, cast, event, label, then, together};
use crate::api::proto::*;
use crate::exchange::desk::first_moment;
use std::collections::BTreeMap;

/// The partners, by code.
pub(super) struct Partners {
    by_code: BTreeMap<String, Partner>,
    /// Codes of the countries, in the order of the file.
    pub(super) countries: Vec<String>,
    /// Codes of the organizations, in the order of the file.
    pub(super) organizations: Vec<String>,
}

/// One of them, once admitted.
pub(super) struct Partner {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) admission: EventReference,
}

impl Partners {
    pub(super) fn of(&self, code: &str) -> Result<&Partner, Failed> {
        let missing = || Failed::format("examples/paris-pact", format!("{code} is not among the partners"));
        self.by_code.get(code).ok_or_else(missing)
    }

    /// The seats of all countries.
    pub(super) fn roster(&self) -> Result<Vec<Seat>, Failed> {
        let seat = |code: &String| {
            let it = self.of(code)?;
            Ok(Seat {
                party_id: it.id.clone(),
                name: it.name.clone(),
                capacity: Capacity::Member.into(),
                partner: Some(it.admission.clone()),
            })
        };
        self.countries.iter().map(seat).collect()
    }
}

pub(super) async fn admit(story: &Story<'_>) -> Result<Partners, Failed> {
    let facts = &story.facts.partners;
    let country = |it: &Party| party::Party::Country(it.code.clone());
    let organization = |it: &Party| party::Party::Organization(it.code.clone());
    let countries = facts.countries.iter().map(|it| (it, country(it)));
    let organizations = facts.organizations.iter().map(|it| (it, organization(it)));
    let all = countries.chain(organizations).map(|(it, party)| one(story, it, party));
    let partners = together(all).await?;
    let codes = |parties: &[Party]| parties.iter().map(|it| it.code.clone()).collect();
    Ok(Partners {
        by_code: partners.into_iter().collect(),
        countries: codes(&facts.countries),
        organizations: codes(&facts.organizations),
    })
}

async fn one(story: &Story<'_>, it: &Party, party: party::Party) -> Result<(String, Partner), Failed> {
    let facts = &story.facts.partners;
    let day = first_moment(&facts.admitted_on).map_err(|err| Failed::format("partners.toml", err))?;
    let request = AdmitPartnerRequest {
        party: Some(crate::api::proto::Party { party: Some(party) }),
        name: it.name.clone(),
        ..AdmitPartnerRequest::default()
    };
    let label = label(&format!("partner/{}", it.code));
    let recorded = story.desk.ask(cast::REGISTRAR, &label, &then(day, &facts.source), request).await?;
    for role in &it.roles {
        let request = GrantRoleRequest {
            partner_id: recorded.id.clone(),
            role: role.clone(),
            ..GrantRoleRequest::default()
        };
        let when = then(day, &facts.roles_source);
        story.desk.ask(cast::REGISTRAR, &format!("{label}/{role}"), &when, request).await?;
    }
    let admission = event(&recorded, "PartnerAdmitted")?;
    Ok((it.code.clone(), Partner { id: recorded.id, name: it.name.clone(), admission }))
}
