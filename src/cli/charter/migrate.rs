//! `pactline charter migrate`: what runs comes under another edition; with `--dry-run` it is only shown.
use crate::api::proto::migration_service_client::MigrationServiceClient;
use crate::api::proto::{
    Change, MigrateRequest, MigrateResponse, Page, PlanMigrationRequest, ProjectMigration, StageRename,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::place::{Caller, Place};
use crate::cli::{json, moment, out};
use crate::domain::charter::charter_id;
use crate::domain::text::Slug;
use clap::Args;
use std::io;

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
            let answer = service.plan_migration(request).await?.into_inner();
            for it in &answer.projects {
                (all, stuck) = (all + 1, stuck + usize::from(!it.possible));
                match place.json {
                    true => out::json(&json::of("ProjectMigration", it)?)?,
                    false => show(it, answer.edition)?,
                }
            }
            token = answer.next_page_token;
            if token.is_empty() {
                let edition = answer.edition;
                if !place.json {
                    out::line(out::faint(format_args!(
                        "{all} open projects are not under edition {edition}; nothing was recorded"
                    )))?;
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
        let mut answers = service.migrate(request).await?.into_inner();
        let bar = out::progress(0, "moving");
        let (mut moved, mut stuck, mut all) = (0, 0, 0);
        while let Some(answer) = answers.message().await? {
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

fn summary(moved: usize, stuck: usize, all: usize) -> String {
    match (stuck, all) {
        (_, 0) => "every open project is under that edition already".to_owned(),
        (0, all) => format!("{} {moved} of {all} projects were moved", out::good("✔")),
        (stuck, all) => format!("{moved} of {all} projects were moved, {stuck} were not"),
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
        stuck => Err(Failure::new(Exit::No, format!("{stuck} of {all} projects cannot be moved as things stand"))
            .hint("--rename says what a stage is called there; whoever proposed or published does not decide: --actor")),
    }
}

fn tell(answer: &MigrateResponse, project: &ProjectMigration, place: &Place) -> Result<(), Failure> {
    if place.json {
        return Ok(out::json(&json::of("MigrateResponse", answer)?)?);
    }
    if !project.possible {
        head(project)?;
        refusal(project)?;
    }
    Ok(())
}

fn head(it: &ProjectMigration) -> io::Result<()> {
    let sign = if it.possible { out::good("✔") } else { out::bad("✘") };
    let title = out::wrapped(&it.title, 90).into_iter().next().unwrap_or_default();
    let name = it.code.clone().unwrap_or_else(|| it.project_id.clone());
    out::line(format_args!("{sign} {}", out::strong(title)))?;
    out::line(format_args!("  {}", out::faint(name)))
}

fn refusal(it: &ProjectMigration) -> io::Result<()> {
    let lines = if it.possible { Vec::new() } else { out::wrapped(&it.because, 96) };
    lines.into_iter().try_for_each(|words| out::line(format_args!("  {}", out::bad(words))))
}

fn show(it: &ProjectMigration, edition: u32) -> io::Result<()> {
    head(it)?;
    let after = if it.stage_after.is_empty() { "?" } else { &it.stage_after };
    let editions = out::faint(format_args!("edition {} → {edition}", it.from_edition));
    out::line(format_args!("  stage     {} → {after}  {editions}", it.stage_before))?;
    let day = |at: &Option<prost_types::Timestamp>| match at {
        Some(at) => moment::day(Some(at)),
        None => "no end".to_owned(),
    };
    if it.possible {
        out::line(format_args!("  deadline  {} → {}", day(&it.due_before), day(&it.due_after)))?;
    }
    changes("gate", it.gate.iter().map(|it| (it.change(), it.requirement.clone())))?;
    changes("tasks", it.tasks.iter().map(|it| (it.change(), it.kind.clone())))?;
    refusal(it)?;
    out::line("")
}

/// What is asked for more, and what less; what stays is only counted.
fn changes(what: &str, them: impl Iterator<Item = (Change, String)>) -> io::Result<()> {
    let (mut kept, mut lines) = (0, Vec::new());
    for (change, words) in them {
        match change {
            Change::Kept | Change::Unspecified => kept += 1,
            Change::Added => lines.push(out::odd(format_args!("+ {words}"))),
            Change::Dropped => lines.push(out::faint(format_args!("- {words}"))),
        }
    }
    if kept > 0 {
        lines.insert(0, out::faint(format_args!("{kept} as before")));
    }
    let first = |n: usize| if n == 0 { what } else { "" };
    lines.iter().enumerate().try_for_each(|(n, it)| out::line(format_args!("  {:8}  {it}", first(n))))
}
