//! `pactline charter migrate`: what runs comes under another edition; with `--dry-run` it is only shown.
use crate::api::proto::migration_service_client::MigrationServiceClient;
use crate::api::proto::{
    Change, MigrateRequest, MigrateResponse, Page, PlanMigrationRequest, ProjectMigration, StageRename,
    TaskChange, TaskStatus,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::place::{Caller, Place};
use crate::cli::{json, moment, out};
use crate::domain::charter::charter_id;
use crate::domain::text::{Slug, counted};
use clap::Args;
use tonic::Status;

/// From where to where.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// The charter's name
    charter: Slug,
    /// To which edition; the latest where nothing is said. An older one undoes a migration
    #[arg(long, value_name = "N")]
    to: Option<u32>,
    /// A stage that has another name there; may be repeated
    #[arg(long = "rename", value_name = "OLD=NEW")]
    renames: Vec<String>,
    /// Only say what would become of each project
    #[arg(long)]
    dry_run: bool,
    /// Why, and under whose authority; goes on record
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Only this project, by its id; may be repeated
    #[arg(long = "project", value_name = "ID", conflicts_with = "dry_run")]
    projects: Vec<String>,
}

impl Migrate {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let renames = self.renames.iter().map(|it| rename(it)).collect::<Result<Vec<_>, _>>()?;
        let connection = place.connect().await?;
        let caller = connection.channel.clone();
        let done = match self.dry_run {
            true => self.plan(caller, renames, connection.head, place).await,
            false => self.migrate(caller, renames, place).await,
        };
        connection.close().await?;
        done
    }

    /// Why nothing was found, by the name that was typed: the server knows ids only.
    fn unknown(&self, status: Status) -> Failure {
        let (failure, name) = (Failure::from(status), &self.charter);
        match failure.reason() {
            Some("NOT_ON_RECORD") => Failure::no(format!("there is no charter {name}"))
                .hint("pactline list charters shows what there is"),
            Some("NO_SUCH_EDITION") => {
                failure.hint(format!("pactline charter show {name} --edition N shows an edition"))
            }
            Some(_) | None => failure,
        }
    }

    /// Shows what would become of each project. An answer of no where one cannot be moved.
    async fn plan(
        &self,
        caller: Caller,
        renames: Vec<StageRename>,
        after: Option<u64>,
        place: &Place,
    ) -> Result<(), Failure> {
        let mut service = MigrationServiceClient::new(caller).max_decoding_message_size(usize::MAX);
        let (mut stuck, mut all, mut token) = (0, 0, String::new());
        loop {
            let request = PlanMigrationRequest {
                after,
                charter_id: charter_id(&self.charter).to_string(),
                edition: self.to.unwrap_or_default(),
                renames: renames.clone(),
                page: Some(Page { size: 200, token }),
            };
            let answer = service.plan_migration(request).await.map_err(|it| self.unknown(it))?.into_inner();
            for it in &answer.projects {
                (all, stuck) = (all + 1, stuck + usize::from(!it.possible));
                match place.json {
                    true => out::json(&json::of("ProjectMigration", it)?)?,
                    false => shown(it, answer.edition).into_iter().try_for_each(out::line)?,
                }
            }
            token = answer.next_page_token;
            if token.is_empty() {
                let edition = answer.edition;
                if !place.json {
                    let lines = out::hung("", &planned(all, edition), out::columns(), |it| out::faint(it));
                    lines.into_iter().try_for_each(out::line)?;
                }
                return stuck_or_not(stuck, all);
            }
        }
    }

    async fn migrate(&self, caller: Caller, renames: Vec<StageRename>, place: &Place) -> Result<(), Failure> {
        let request = MigrateRequest {
            request_id: String::new(),
            charter_id: charter_id(&self.charter).to_string(),
            edition: self.to.unwrap_or_default(),
            renames,
            reason: self.reason.clone().unwrap_or_default(),
            project_ids: self.projects.clone(),
        };
        let mut service = MigrationServiceClient::new(caller).max_decoding_message_size(usize::MAX);
        let mut answers = service.migrate(request).await.map_err(|it| self.unknown(it))?.into_inner();
        let bar = out::progress(0, "moving");
        let (mut moved, mut stuck, mut all) = (0, 0, 0);
        while let Some(answer) = answers.message().await.map_err(|it| cut_off(it, all))? {
            bar.set_length(answer.total);
            bar.set_position(answer.done);
            let Some(project) = &answer.project else { continue };
            (all, stuck) = (all + 1, stuck + usize::from(!project.possible));
            moved += usize::from(answer.amended.is_some());
            bar.suspend(|| tell(&answer, project, place))?;
        }
        bar.finish_and_clear();
        if !place.json {
            out::line(summary(moved, stuck, all))?;
        }
        stuck_or_not(stuck, all)
    }
}

/// The answers ended before the last project.
fn cut_off(status: Status, done: usize) -> Failure {
    let done = counted(done, "project");
    Failure::from(status)
        .about(format_args!("the migration was cut off after {done}"))
        .hint("send it again: what was migrated stays, and is not migrated twice")
}

fn planned(all: usize, edition: u32) -> String {
    let (projects, are) = (counted(all, "open project"), if all == 1 { "is" } else { "are" });
    format!("{projects} {are} not under edition {edition}; nothing was recorded")
}

fn summary(moved: usize, stuck: usize, all: usize) -> String {
    let were = |n: usize| if n == 1 { "was" } else { "were" };
    let head = format!("{moved} of {} {} moved", counted(all, "project"), were(moved));
    match (stuck, all) {
        (_, 0) => "every open project is under that edition already".to_owned(),
        (0, _) => format!("{} {head}", out::good("✔")),
        (stuck, _) => format!("{head}, {stuck} {} not", were(stuck)),
    }
}

fn rename(text: &str) -> Result<StageRename, Failure> {
    let parts = text.split_once('=').filter(|(from, to)| !from.is_empty() && !to.is_empty());
    let (from, to) = parts.ok_or_else(|| {
        Failure::usage(format!("{text:?} renames nothing")).hint("say OLD=NEW, such as appraisal=scrutiny")
    })?;
    Ok(StageRename { from: from.to_owned(), to: to.to_owned() })
}

fn stuck_or_not(stuck: usize, all: usize) -> Result<(), Failure> {
    match stuck {
        0 => Ok(()),
        stuck => Err(Failure::new(Exit::No, format!("{stuck} of {} cannot be moved as things stand", counted(all, "project")))
            .hint("--rename says what a stage is called there; whoever proposed or published does not decide: --actor")),
    }
}

fn tell(answer: &MigrateResponse, project: &ProjectMigration, place: &Place) -> Result<(), Failure> {
    if place.json {
        return Ok(out::json(&json::of("MigrateResponse", answer)?)?);
    }
    let lines = if project.possible { Vec::new() } else { [head(project), refusal(project)].concat() };
    Ok(lines.into_iter().try_for_each(out::line)?)
}

fn head(it: &ProjectMigration) -> Vec<String> {
    let sign = if it.possible { out::good("✔") } else { out::bad("✘") };
    let mut lines = out::hung(&format!("{sign} "), &it.title, out::columns(), |it| out::strong(it));
    let name = it.code.as_ref().unwrap_or(&it.project_id);
    lines.push(format!("  {}", out::faint(name)));
    lines
}

fn refusal(it: &ProjectMigration) -> Vec<String> {
    match it.possible {
        true => Vec::new(),
        false => out::hung("  ", &it.because, out::columns(), |it| out::bad(it)),
    }
}

fn shown(it: &ProjectMigration, edition: u32) -> Vec<String> {
    let mut lines = head(it);
    let after = if it.stage_after.is_empty() { "?" } else { &it.stage_after };
    let editions = format!("edition {} → {edition}", it.from_edition);
    lines.extend(line("stage", &format!("{} → {after}  {editions}", it.stage_before), out::plain));
    let day = |at: &Option<prost_types::Timestamp>| match at {
        Some(at) => moment::day(Some(at)),
        None => "no end".to_owned(),
    };
    if it.possible {
        let days = format!("{} → {}", day(&it.due_before), day(&it.due_after));
        lines.extend(line("deadline", &days, out::plain));
    }
    lines.extend(told("late", &it.consequence_before, &it.consequence_after, "nothing happens"));
    lines.extend(told("reports", &it.report_before, &it.report_after, "none"));
    lines.extend(changes("gate", it.gate.iter().map(|it| (it.change(), it.requirement.clone()))));
    lines.extend(changes("tasks", it.tasks.iter().map(|it| (it.change(), task(it)))));
    lines.extend(it.notes.iter().flat_map(|it| out::hung("  ", it, out::columns(), |it| out::odd(it))));
    lines.extend(refusal(it));
    lines.push(String::new());
    lines
}

/// Words under a heading of their own.
fn line(what: &str, words: &str, paint: impl Fn(&str) -> String) -> Vec<String> {
    out::hung(&format!("  {what:8}  "), words, out::columns(), paint)
}

/// What is not as before.
fn told(what: &str, before: &str, after: &str, nothing: &str) -> Vec<String> {
    let said = |it: &str| if it.is_empty() { nothing.to_owned() } else { it.to_owned() };
    match before == after {
        true => Vec::new(),
        false => line(what, &format!("{} → {}", said(before), said(after)), out::plain),
    }
}

fn task(it: &TaskChange) -> String {
    let open = matches!(it.status(), TaskStatus::Open | TaskStatus::Claimed | TaskStatus::Incident);
    let there = if open && it.change() == Change::Dropped { ", open, and stays so" } else { "" };
    let other = if it.difference.is_empty() { String::new() } else { format!(", {}", it.difference) };
    format!("{}{other}{there}", it.kind)
}

/// What is asked for more, and what less; what stays is only counted.
fn changes(what: &str, them: impl Iterator<Item = (Change, String)>) -> Vec<String> {
    let (mut kept, mut said) = (0, Vec::new());
    for (change, words) in them {
        match change {
            Change::Kept | Change::Unspecified => kept += 1,
            Change::Added => said.push((format!("+ {words}"), LOUD)),
            Change::Dropped => said.push((format!("- {words}"), QUIET)),
            Change::Altered => said.push((format!("~ {words}"), LOUD)),
            Change::Untouched => said.push((format!("= {words}, as it is"), QUIET)),
        }
    }
    if kept > 0 {
        said.insert(0, (format!("{kept} as before"), QUIET));
    }
    let first = |n: usize| if n == 0 { what } else { "" };
    said.iter().enumerate().flat_map(|(n, (words, paint))| line(first(n), words, paint)).collect()
}

/// How a change is painted that asks for attention, and one that does not.
const LOUD: fn(&str) -> String = |it| out::odd(it);
const QUIET: fn(&str) -> String = |it| out::faint(it);
