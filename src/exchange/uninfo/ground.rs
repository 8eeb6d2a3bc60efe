//! What an import stands on: the charter, how far the record is, and which countries are partners.
use super::row::Row;
use super::{Asked, document};
use crate::api::proto::register_service_client::RegisterServiceClient;
use crate::api::proto::status_service_client::StatusServiceClient;
use crate::api::proto::*;
use crate::domain::id::CharterId;
use crate::domain::scope::Country;
use crate::exchange::desk::{Desk, Failed, When, first_moment, wire};
use std::collections::BTreeSet;
use tonic::Status;

/// What all rows of an import have in common.
pub(super) struct Ground<'a> {
    pub(super) by: &'a str,
    /// The charter's latest edition.
    pub(super) charter: EventReference,
    /// What the views must take into account before they are asked.
    pub(super) query: QueryContext,
    /// Alpha-3 codes of the countries that are members.
    pub(super) partners: BTreeSet<String>,
    now: jiff::Timestamp,
}

impl<'a> Ground<'a> {
    pub(super) async fn read(desk: &Desk, asked: &Asked<'a>) -> Result<Self, Failed> {
        let failed = |what: &str| {
            let what = what.to_owned();
            move |status: Status| Failed::Call { what, status: Box::new(status) }
        };
        let status = StatusServiceClient::new(desk.channel()).get_status(GetStatusRequest {}).await;
        let head = status.map_err(failed("asking how far the record is"))?.into_inner().head;
        let query = QueryContext { after: head, as_of: None };
        let charter_id = CharterId::of(asked.charter).to_string();
        let request = GetCharterRequest { query: Some(query), charter_id };
        let charter = RegisterServiceClient::new(desk.channel()).get_charter(request).await;
        let charter = charter.map_err(failed("looking for the charter"))?.into_inner().charter;
        let charter = charter.and_then(|it| it.editions.last().cloned());
        let charter = charter.ok_or_else(|| Failed::Answer {
            what: format!("the charter {}", asked.charter),
            lacks: "an edition: publish the charter first",
        })?;
        let partners = partners(desk, query).await.map_err(failed("listing the partners"))?;
        Ok(Self { by: asked.by, charter, query, partners, now: asked.now })
    }

    /// When the project began: on its first day, or now where that is still to come.
    pub(super) fn when(&self, row: &Row) -> When {
        let first = first_moment(&row.period.from().to_string());
        let at = first.map_or(self.now, |it| it.min(self.now));
        When::Then(wire(at), document(row))
    }
}

async fn partners(desk: &Desk, query: QueryContext) -> Result<BTreeSet<String>, Status> {
    let (mut found, mut token) = (BTreeSet::new(), String::new());
    loop {
        let page = Some(Page { size: 1000, token });
        let capacity = Capacity::Member.into();
        let request =
            ListPartnersRequest { query: Some(query), page, capacity, ..ListPartnersRequest::default() };
        let answer = RegisterServiceClient::new(desk.channel()).list_partners(request).await?.into_inner();
        for partner in answer.partners {
            if let Some(party::Party::Country(code)) = partner.party.and_then(|it| it.party)
                && let Ok(country) = code.parse::<Country>()
            {
                found.insert(country.code().to_owned());
            }
        }
        token = answer.next_page_token;
        if token.is_empty() {
            return Ok(found);
        }
    }
}
