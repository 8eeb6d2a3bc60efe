//! `pactline charter show`: a charter as a drawing.
use super::graph::Graph;
use super::{dot, mermaid, source, terminal};
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::Place;
use clap::{Args, ValueEnum};
use serde_json::json;

/// What to draw.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// A charter's name, or a file
    charter: String,
    /// Which edition; the latest where nothing is said
    #[arg(long, value_name = "N")]
    edition: Option<u32>,
    /// As what
    #[arg(long = "as", value_name = "FORMAT", default_value = "terminal")]
    form: Form,
}

/// What a drawing is made for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// Lines and boxes
    Terminal,
    /// Mermaid, which Markdown viewers draw
    Mermaid,
    /// DOT, which Graphviz draws
    Dot,
}

impl Show {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let found = source::find(&self.charter, self.edition, place).await?;
        let lines = match (place.json, self.form) {
            (true, _) => {
                let law = serde_json::to_value(&found.law)
                    .map_err(|err| Failure::unavailable(format!("the law cannot be shown as JSON: {err}")))?;
                return Ok(out::json(&json!({"edition": found.edition, "law": law}))?);
            }
            (false, Form::Terminal) => terminal::drawn(&found.law, found.edition, out::columns()),
            (false, Form::Mermaid) => mermaid::written(&Graph::of(&found.law)),
            (false, Form::Dot) => dot::written(&Graph::of(&found.law)),
        };
        Ok(lines.into_iter().try_for_each(out::line)?)
    }
}
