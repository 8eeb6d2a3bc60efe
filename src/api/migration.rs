//! How what runs comes under another edition: planned by the very rules that then decide, one project at a time.
use super::caller;
use super::convert::Form;
use super::proto as pb;
use super::query;
use super::register::shown::{event, number};
use super::status;
use crate::clock::fresh_id;
use crate::domain::charter::StageName;
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::EditionFact;
use crate::domain::text::{PersonId, Prose};
use crate::engine::Engine;
use crate::log::Position;
use crate::views::register::{Facets, List, Order, charter, get, list, project};
use crate::views::{Ask, Token, Views};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};
use uuid::Uuid;

mod apply;
mod changes;
mod plan;

/// Plans migrations, and makes them.
#[derive(Clone)]
pub struct Migrations {
    engine: Engine,
    views: Views,
}

/// Where projects are moved to, and how.
#[derive(Debug, Clone)]
struct Course {
    by: PersonId,
    /// The CharterPublished of the edition.
    to: Citation,
    edition: EditionFact,
    /// The CharterPublished of every edition, oldest first.
    editions: Vec<Citation>,
    renames: BTreeMap<StageName, StageName>,
}

/// The parts that a plan and a migration are asked by.
struct Asked {
    charter: Uuid,
    edition: u32,
    renames: BTreeMap<StageName, StageName>,
}

impl Migrations {
    /// Moves projects through `engine`, and finds them in `views`.
    pub fn new(engine: Engine, views: Views) -> Self {
        Self { engine, views }
    }

    /// A question about now: all that is in the log is taken into account.
    async fn now(&self, after: Option<Position>) -> Result<Ask, Status> {
        let head = self.views.log().head().await.map_err(|err| status::broken(&err))?;
        Ok(Ask { after: after.max(head), ..Ask::NOW })
    }

    async fn course(&self, by: PersonId, asked: Asked, ask: &Ask) -> Result<Course, Status> {
        let Asked { charter: id, edition, renames } = asked;
        let found = get::<charter::Charter>(&self.views, ask, id).await;
        let found = found.map_err(|err| query::unanswered(&err))?.found;
        let (name, editions) = found.map(|it| (it.name, it.editions)).unwrap_or_default();
        let nth = usize::try_from(edition).unwrap_or(usize::MAX);
        let missing = || query::not_on_record(&format!("the charter {id}"));
        let last = editions.len();
        let to = if edition == 0 { editions.last() } else { editions.get(nth - 1) };
        let to = to
            .cloned()
            .ok_or_else(|| if last == 0 { missing() } else { no_edition(&name, edition, last) })?;
        let facts = self.engine.facts(&[to.reference()], self.engine.clock().now()).await;
        let facts = facts.map_err(|err| status::broken(&err))?;
        let edition = facts.cited::<EditionFact>(&to.reference()).map_err(|_| missing())?.fact;
        let course = Course { by, to, edition, editions, renames };
        self.renamed(&course).await?;
        Ok(course)
    }

    /// Refuses to rename what no edition has, and to call it what the edition does not.
    async fn renamed(&self, course: &Course) -> Result<(), Status> {
        if course.renames.is_empty() {
            return Ok(());
        }
        let editions: Vec<Reference> = course.editions.iter().map(Citation::reference).collect();
        let facts = self.engine.facts(&editions, self.engine.clock().now()).await;
        let facts = facts.map_err(|err| status::broken(&err))?;
        let laws: Vec<EditionFact> =
            editions.iter().filter_map(|it| facts.cited(it).ok()).map(|it| it.fact).collect();
        let old: BTreeSet<&StageName> = laws.iter().flat_map(names).collect();
        let new: BTreeSet<&StageName> = names(&course.edition).collect();
        query::read(|form| {
            let pairs = course.renames.iter().map(|(from, to)| {
                let from = is_one_of(form, "renames.from", from, &old, "the charter never had");
                let to = is_one_of(form, "renames.to", to, &new, "the edition does not have");
                from.and(to)
            });
            pairs.collect::<Vec<_>>().into_iter().collect::<Option<Vec<()>>>()
        })?;
        Ok(())
    }

    /// A page of the charter's open projects, and where the next begins.
    async fn open(
        &self,
        course: &Course,
        ask: &Ask,
        page: query::Page,
    ) -> Result<(Vec<project::Project>, String), Status> {
        let charter = course.to.stream.id();
        let after = query::read(|form| match page.token.as_str() {
            "" => Some(None),
            token => form.noted("page.token", Token::read(token, &charter)).map(Some),
        })?;
        let page = List { order: Order::Up(0), size: page.size, after };
        let of = charter.to_string();
        let open = move |facets: &Facets| facets.has("charter", &of) && facets.has("live", "yes");
        let found = list::<project::Project, _>(&self.views, ask, page, move |_| Ok(open)).await;
        let found = found.map_err(|err| query::unanswered(&err))?;
        let end = found.found.end.map(|(key, id)| Token::new(&charter, found.position, key, id).written());
        let mut entries = found.found.entries;
        entries.retain(|it| it.charter.as_ref() != Some(&course.to));
        Ok((entries, end.unwrap_or_default()))
    }

    /// All of them.
    async fn all_open(&self, course: &Course, ask: &Ask) -> Result<Vec<project::Project>, Status> {
        let (mut all, mut token) = (Vec::new(), String::new());
        loop {
            let (found, next) = self.open(course, ask, query::Page { size: 1_000, token }).await?;
            all.extend(found);
            token = next;
            if token.is_empty() {
                return Ok(all);
            }
        }
    }
}

fn names(edition: &EditionFact) -> impl Iterator<Item = &StageName> {
    edition.law.projects.stages.iter().map(|it| &it.name)
}

fn is_one_of(
    form: &mut Form,
    field: &str,
    stage: &StageName,
    known: &BTreeSet<&StageName>,
    never: &str,
) -> Option<()> {
    if known.contains(stage) {
        return Some(());
    }
    let known = known.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ");
    form.refuse(field, format!("{never} a stage {stage}: take one of {known}"))
}

/// There is such a charter, and no such edition of it.
fn no_edition(charter: &str, edition: u32, last: usize) -> Status {
    let details = ErrorDetails::with_error_info("NO_SUCH_EDITION", status::DOMAIN, HashMap::new());
    let message = format!("{charter} has no edition {edition}: its latest is {last}");
    Status::with_error_details(Code::NotFound, message, details)
}

fn asked(form: &mut Form, charter: String, edition: u32, renames: Vec<pb::StageRename>) -> Option<Asked> {
    let charter = form.existing("charter_id", charter);
    let renames: Option<Vec<(StageName, StageName)>> = form.each("renames", renames, |form, it| {
        let (from, to) = (form.text("from", it.from), form.text("to", it.to));
        Some((from?, to?))
    });
    Some(Asked { charter: charter?, edition, renames: renames?.into_iter().collect() })
}

#[tonic::async_trait]
impl pb::migration_service_server::MigrationService for Migrations {
    async fn plan_migration(
        &self,
        request: Request<pb::PlanMigrationRequest>,
    ) -> Result<Response<pb::PlanMigrationResponse>, Status> {
        let by = caller::actor(request.metadata())?;
        let request = request.into_inner();
        let page = query::page(request.page);
        let asked = query::read(|form| asked(form, request.charter_id, request.edition, request.renames))?;
        let ask = self.now(request.after.map(Position)).await?;
        let course = self.course(by, asked, &ask).await?;
        let (found, next_page_token) = self.open(&course, &ask, page).await?;
        let mut projects = Vec::with_capacity(found.len());
        for it in &found {
            projects.push(self.planned(&course, it).await?.shown);
        }
        let edition = course.edition.edition;
        Ok(Response::new(pb::PlanMigrationResponse {
            to: Some(event(course.to)),
            edition,
            projects,
            next_page_token,
        }))
    }

    type MigrateStream = BoxStream<'static, Result<pb::MigrateResponse, Status>>;

    /// The caller pulls: the next project is moved when the one before was told, so that a caller who goes away
    /// stops it.
    async fn migrate(
        &self,
        request: Request<pb::MigrateRequest>,
    ) -> Result<Response<Self::MigrateStream>, Status> {
        let by = caller::actor(request.metadata())?;
        let request = request.into_inner();
        let (asked, reason, id, only) = query::read(|form| {
            let asked = asked(form, request.charter_id, request.edition, request.renames);
            let reason = form.text::<Prose>("reason", request.reason);
            let id = match request.request_id.as_str() {
                "" => Some(fresh_id()),
                _ => form.existing("request_id", request.request_id),
            };
            let only: Option<Vec<Uuid>> =
                form.each("project_ids", request.project_ids, |form, it| form.existing("", it));
            Some((asked?, reason?, id?, only?))
        })?;
        let ask = self.now(None).await?;
        let course = self.course(by, asked, &ask).await?;
        let mut left = self.all_open(&course, &ask).await?;
        left.retain(|it| only.is_empty() || only.contains(&it.id));
        let total = u64::from(number(left.len()));
        let first = pb::MigrateResponse { total, ..Default::default() };
        let begun = apply::Move { migrations: self.clone(), course, reason, id };
        let moved =
            stream::unfold((begun, VecDeque::from(left), 0), move |(moving, mut left, done)| async move {
                let next = left.pop_front()?;
                let moved =
                    moving.one(&next).await.map(|it| pb::MigrateResponse { done: done + 1, total, ..it });
                Some((moved, (moving, left, done + 1)))
            });
        Ok(Response::new(stream::iter([Ok(first)]).chain(moved).boxed()))
    }
}
