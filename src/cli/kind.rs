//! The kinds of thing that the register keeps: how they are asked for, and what one wants to see of each.
use clap::ValueEnum;

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Thing {
    /// Countries and organizations
    Partners,
    /// Conventions, declarations, resolutions
    Mandates,
    /// The numbered parts of their texts
    Provisions,
    /// What decisions were informed by
    Evidence,
    /// The laws of pipelines
    Charters,
    /// Meetings of forums
    Meetings,
    /// What forums were asked to adopt
    Recommendations,
    /// Decisions being taken or taken
    Consultations,
    /// What comes first
    Priorities,
    /// What is done about it
    Projects,
    /// Work for people and services
    Tasks,
}

/// How one kind is asked for.
pub(super) struct Asked {
    /// One of them, as in `GetProject`.
    pub(super) one: &'static str,
    /// Many of them, as in `ListProjects`.
    pub(super) many: &'static str,
    /// The field of an answer that holds one; with `_id` behind it, the field that names it.
    pub(super) field: &'static str,
    /// The field of an answer that holds many.
    pub(super) fields: &'static str,
    /// What the table shows, as paths into the message.
    pub(super) columns: &'static [&'static str],
}

/// Every kind, in the order of the pipeline.
pub(super) const THINGS: &[Thing] = &[
    Thing::Partners,
    Thing::Mandates,
    Thing::Provisions,
    Thing::Evidence,
    Thing::Charters,
    Thing::Meetings,
    Thing::Recommendations,
    Thing::Consultations,
    Thing::Priorities,
    Thing::Projects,
    Thing::Tasks,
];

impl Thing {
    /// How it is asked for.
    #[rustfmt::skip] // a table, read by column
    pub(super) fn asked(self) -> Asked {
        let asked = |one, many, field, fields, columns| Asked { one, many, field, fields, columns };
        match self {
            Thing::Partners => asked("Partner", "Partners", "partner", "partners",
                &["name", "capacity", "roles", "admitted_at", "partner_id"]),
            Thing::Mandates => asked("Mandate", "Mandates", "mandate", "mandates",
                &["symbol", "instrument", "adopted_on", "title", "mandate_id"]),
            Thing::Provisions => asked("Provision", "Provisions", "provision", "provisions",
                &["symbol", "locator", "force", "subject", "live_projects", "provision_id"]),
            Thing::Evidence => asked("Evidence", "Evidence", "evidence", "evidence",
                &["kind", "period", "places", "title", "evidence_id"]),
            Thing::Charters => asked("Charter", "Charters", "charter", "charters",
                &["name", "edition", "title", "pillars", "charter_id"]),
            Thing::Meetings => asked("Meeting", "Meetings", "meeting", "meetings",
                &["days", "forum", "status", "title", "meeting_id"]),
            Thing::Recommendations => asked("Recommendation", "Recommendations", "recommendation", "recommendations",
                &["status", "pillar", "forums", "title", "recommendation_id"]),
            Thing::Consultations => asked("Consultation", "Consultations", "consultation", "consultations",
                &["status", "forum", "subject_title", "opened_at", "closed_at", "consultation_id"]),
            Thing::Priorities => asked("Priority", "Priorities", "priority", "priorities",
                &["rank", "title", "scope.pillar", "needs", "projects", "priority_id"]),
            Thing::Projects => asked("Project", "Projects", "project", "projects",
                &["code", "status", "stage", "countries", "budget", "title", "project_id"]),
            Thing::Tasks => asked("Task", "Tasks", "task", "tasks",
                &["status", "role", "kind", "title", "due_at", "task_id"]),
        }
    }

    /// The kind whose streams are called so.
    pub(super) fn of_stream(kind: &str) -> Option<Self> {
        THINGS.iter().copied().find(|it| it.asked().field == kind)
    }
}
