//! Redactions that were approved and not carried out before the program ended: finished at the next start.
use crate::domain::id::RedactionId;
use crate::engine::Engine;
use crate::views::timeline::{Filter, streams_with};
use crate::views::{ViewError, Views};
use std::time::Duration;

/// How long one attempt waits for the view that they are found through, which may be building.
const WAIT: Duration = Duration::from_secs(60);

/// Finishes them; tries until the view can say which there are, or is stopped.
pub(super) async fn finish(engine: Engine, views: Views) {
    loop {
        match finish_those_there(&engine, &views).await {
            Err(ViewError::Behind { .. } | ViewError::Building { .. }) => {}
            Err(err) => return tracing::debug!(%err, "approved redactions could not be looked for"),
            Ok(()) => return,
        }
    }
}

async fn finish_those_there(engine: &Engine, views: &Views) -> Result<(), ViewError> {
    let after = engine.log().head().await?;
    let approved = Filter { types: vec!["RedactionApproved".into()], ..Filter::default() };
    for stream in streams_with(views, approved, after, WAIT).await? {
        if let Err(err) = engine.carry_out(RedactionId(stream.id())).await {
            tracing::error!(%stream, %err, "an approved redaction cannot be carried out");
        }
    }
    Ok(())
}
