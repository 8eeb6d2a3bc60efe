//! A law as a graph: what leads where, and under which condition.
use super::said;
use crate::domain::charter::{Consequence, Forum, ForumName, Law, Reporting, Stage, TaskOrder};
use crate::domain::text::counted;

/// Nodes and what leads from one to another.
pub(super) struct Graph {
    pub(super) title: String,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

/// One place on the way.
pub(super) struct Node {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) title: String,
    /// What else is to be known about it.
    pub(super) lines: Vec<String>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where something begins or ends.
    Point,
    /// A body that decides.
    Forum,
    /// A part of a project's life.
    Stage,
}

/// A way from one node to another.
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) lines: Vec<String>,
    /// Whether it is what happens when time is up, not the usual way.
    pub(super) late: bool,
}

impl Graph {
    pub(super) fn of(law: &Law) -> Self {
        let mut graph = Self { title: law.title.to_string(), nodes: Vec::new(), edges: Vec::new() };
        graph.recommendations(law);
        graph.projects(law);
        graph
    }

    fn recommendations(&mut self, law: &Law) {
        self.node("recommendation", Kind::Point, "Recommendation", Vec::new());
        let mut last = "recommendation".to_owned();
        for forum in law.recommendations.forums.iter().filter_map(|it| law.forum(it)) {
            let id = of_forum(&forum.name);
            self.node(&id, Kind::Forum, forum.title.as_str(), inside(forum));
            self.edge(&last, &id, Vec::new(), false);
            last = id;
        }
        let set_by = std::iter::once(format!("set by {}", law.priorities.set_by));
        self.node("priority", Kind::Point, "Priority", set_by.chain(said::review(law)).collect());
        self.edge(&last, "priority", vec!["adopted".to_owned()], false);
        if let (Some(days), Some(role)) = (law.recommendations.take_up_days, &law.recommendations.escalate_to)
        {
            self.node("unheard", Kind::Point, role.as_str(), vec!["has to see to it".to_owned()]);
            self.edge(&last, "unheard", vec![format!("not taken up in {}", counted(days, "day"))], true);
        }
        let beside = law.forums.iter().filter(|it| !law.recommendations.forums.contains(&it.name));
        for forum in beside {
            self.node(&of_forum(&forum.name), Kind::Forum, forum.title.as_str(), inside(forum));
        }
    }

    fn projects(&mut self, law: &Law) {
        let stages = &law.projects.stages;
        for stage in stages {
            self.stage(stage);
        }
        self.node("completed", Kind::Point, "Completed", Vec::new());
        if let Some(first) = stages.first() {
            self.edge("priority", &of_stage(first), vec!["a project answers it".to_owned()], false);
        }
        for (n, stage) in stages.iter().enumerate() {
            let next = stages.get(n + 1).map_or_else(|| "completed".to_owned(), of_stage);
            let gate = stage.gate.iter().map(ToString::to_string).collect();
            self.edge(&of_stage(stage), &next, gate, false);
        }
    }

    fn stage(&mut self, stage: &Stage) {
        let order = |it: &TaskOrder| format!("task {} ({}{})", it.kind, it.role, said::term(it));
        let report = |it: &Reporting| format!("report {} ({})", said::rhythm(it), it.role);
        let lines = stage.tasks.iter().map(order).chain(stage.report.as_ref().map(report)).collect();
        self.node(&of_stage(stage), Kind::Stage, stage.title.as_str(), lines);
        if let (Some(days), Some(consequence)) = (stage.deadline_days, &stage.on_expiry) {
            let end = format!("late-{}", stage.name);
            let (title, lines) = match consequence {
                Consequence::Escalate(role) => (role.to_string(), vec!["has to see to it".to_owned()]),
                Consequence::Suspend => ("Suspended".to_owned(), Vec::new()),
                Consequence::Cancel => ("Cancelled".to_owned(), Vec::new()),
            };
            self.node(&end, Kind::Point, &title, lines);
            self.edge(&of_stage(stage), &end, vec![format!("after {}", counted(days, "day"))], true);
        }
    }

    fn node(&mut self, id: &str, kind: Kind, title: &str, lines: Vec<String>) {
        self.nodes.push(Node { id: id.to_owned(), kind, title: title.to_owned(), lines });
    }

    fn edge(&mut self, from: &str, to: &str, lines: Vec<String>, late: bool) {
        self.edges.push(Edge { from: from.to_owned(), to: to.to_owned(), lines, late });
    }
}

fn inside(forum: &Forum) -> Vec<String> {
    [forum.decides(), said::besides(forum)].concat()
}

fn of_forum(name: &ForumName) -> String {
    format!("forum-{name}")
}

fn of_stage(stage: &Stage) -> String {
    format!("stage-{}", stage.name)
}
