//! What can be said of a trace: complete, broken, stale, contested, retroactive, partial.
use super::reads::ChangeRow;
use super::rows::Result;
use super::walk::Walk;
use super::{Finding, Node, Place, Role, Step, Verdict};
use crate::domain::Edge;
use crate::domain::Timestamp;
use crate::domain::citation::Citation;
use jiff::tz::Offset;
use std::collections::BTreeSet;

/// Every finding; a trace of which nothing else can be said is complete.
pub(super) fn judge(walk: &Walk<'_>) -> Result<Vec<Finding>> {
    let chain = chain(walk);
    let mut findings = broken(walk, &chain);
    findings.extend(partial(walk));
    for place in &chain {
        if let (Some(node), Some(changes)) = (walk.nodes.get(*place), walk.changes.get(*place)) {
            findings.extend(became(walk, &chain, node, changes));
        }
    }
    findings.extend(retroactive(walk)?);
    if findings.is_empty() {
        findings.push(complete(walk));
    }
    Ok(findings)
}

/// The places of the nodes that the chain goes through: those beside it are not judged.
fn chain(walk: &Walk<'_>) -> BTreeSet<usize> {
    let chain = walk.steps.iter().filter(|it| it.place == Place::Chain);
    chain.flat_map(|it| [it.from, it.to]).chain([0]).collect()
}

fn found(verdict: Verdict, reason: String, events: impl IntoIterator<Item = Citation>) -> Finding {
    Finding { verdict, reason, events: events.into_iter().collect() }
}

fn complete(walk: &Walk<'_>) -> Finding {
    let provisions: Vec<Citation> =
        walk.nodes.iter().filter(|it| it.kind == "ProvisionDefined").map(|it| it.event.clone()).collect();
    let reason = match provisions.len() {
        0 => "nothing is missing".into(),
        1 => "every step down to a numbered provision is there".into(),
        n => format!("every step down to {n} numbered provisions is there"),
    };
    found(Verdict::Complete, reason, provisions)
}

fn broken(walk: &Walk<'_>, chain: &BTreeSet<usize>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for node in walk.dead_ends.iter().filter(|it| chain.contains(it)).filter_map(|it| walk.nodes.get(*it)) {
        let reason = match node.event.stream.kind() {
            "project" => format!("{} cites no priority and no provision", node.title),
            kind => format!("the chain ends at the {kind} {}, before any provision", node.title),
        };
        findings.push(found(Verdict::Broken, reason, [node.event.clone()]));
    }
    for (from, edge) in &walk.missing {
        let title = walk.nodes.get(*from).map_or("", |it| it.title.as_str());
        let (to, at, role) = (&edge.to_stream, edge.to_revision, edge.role);
        let reason = format!("{title} cites {to}@{at} as its {role}, which did not count yet");
        findings.push(found(Verdict::Broken, reason, [edge.by.clone()]));
    }
    findings
}

/// What a change of one node means for the whole.
fn became(walk: &Walk<'_>, chain: &BTreeSet<usize>, node: &Node, changes: &[ChangeRow]) -> Vec<Finding> {
    let title = &node.title;
    let finding = |change: &ChangeRow| {
        let reason = &change.reason;
        let (verdict, reason) = match change.what.as_str() {
            "retired" => (Verdict::Broken, format!("the priority {title} was retired: {reason}")),
            "withdrawn" => (Verdict::Broken, format!("the recommendation {title} was withdrawn: {reason}")),
            "reserved" => (Verdict::Contested, format!("{} reserved on {reason} ({title})", change.who)),
            "disputed" => (Verdict::Contested, format!("the count is disputed: {reason} ({title})")),
            // Provisions are judged with their instrument, which is always in the chain below them.
            "superseded" if node.event.revision == 0 && !is_retained(walk, chain, changes) => {
                let newer = &change.who;
                let kept = "nobody decided to keep citing it here";
                (Verdict::Stale, format!("{title} was superseded by {newer}, and {kept}"))
            }
            _ => return None,
        };
        Some(found(verdict, reason, [change.by.clone(), node.event.clone()]))
    };
    changes.iter().filter_map(finding).collect()
}

/// Whether somebody decided to keep citing an instrument for a stream of this chain.
fn is_retained(walk: &Walk<'_>, chain: &BTreeSet<usize>, changes: &[ChangeRow]) -> bool {
    let streams = || chain.iter().filter_map(|it| walk.nodes.get(*it)).map(|it| it.event.stream.as_str());
    changes.iter().any(|it| it.what == "retained" && streams().any(|stream| stream == it.who))
}

/// A document as a whole is cited, and no provision is reached by any way.
fn partial(walk: &Walk<'_>) -> Vec<Finding> {
    if walk.nodes.iter().any(|it| it.kind == "ProvisionDefined") {
        return Vec::new();
    }
    let documents = walk.steps.iter().filter(|it| it.role == Role::Cites(Edge::Document));
    let finding = |it: &Step| {
        let document = walk.nodes.get(it.to)?;
        let reason = format!("{} is cited as a whole, without a provision", document.title);
        Some(found(Verdict::Partial, reason, [it.by.clone(), document.event.clone()]))
    };
    documents.filter_map(finding).collect()
}

/// Money was committed before any of the cited priorities was endorsed: by its value date, or by when the
/// commitment took effect. Where one of them was endorsed in time, the money had something to rest on.
fn retroactive(walk: &Walk<'_>) -> Result<Option<Finding>> {
    let Some(subject) = walk.nodes.first().filter(|it| it.event.stream.kind() == "project") else {
        return Ok(None);
    };
    let endorsements = walk.steps.iter().filter(|it| it.role == Role::Cites(Edge::Adoption));
    let first = endorsements.filter_map(|it| walk.nodes.get(it.to)).min_by_key(|it| it.effective_at);
    let Some(endorsement) = first else {
        return Ok(None);
    };
    let endorsed = endorsement.effective_at;
    let early = walk.reads.committed_before(&subject.event.stream, &day(endorsed), endorsed)?;
    Ok(early.map(|early| {
        let reason = format!(
            "money of {} was committed before {} endorsed what it rests on, on {}",
            early.value_date,
            if endorsement.decider.is_empty() { "anybody" } else { &endorsement.decider },
            day(endorsed)
        );
        found(Verdict::Retroactive, reason, [early.by, endorsement.event.clone()])
    }))
}

/// The day in Universal Time, `YYYY-MM-DD`.
fn day(at: Timestamp) -> String {
    Offset::UTC.to_datetime(at).date().to_string()
}
