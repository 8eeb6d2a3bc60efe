//! What tasks are about, as people call it.
use crate::api::proto::register_service_client::RegisterServiceClient;
use crate::api::proto::{
    GetProjectRequest, GetProjectResponse, GetRecommendationRequest, GetRecommendationResponse, WorklistTask,
};
use crate::cli::called::{Called, known};
use crate::cli::failure::Failure;
use crate::cli::place::Caller;
use std::collections::BTreeMap;

/// Titles by stream.
pub(super) type Titles = BTreeMap<String, String>;

/// What `tasks` are about by its title, and their own titles with names for ids. What has no title is known by its
/// stream.
pub(super) async fn titles(caller: Caller, tasks: &mut [WorklistTask]) -> Result<Titles, Failure> {
    let mut called = Called::new(caller.clone());
    for task in tasks.iter_mut() {
        task.title = called.told(&task.title).await?;
    }
    let mut register = RegisterServiceClient::new(caller);
    let mut titles: Titles = tasks.iter().map(|it| (it.subject.clone(), String::new())).collect();
    for (stream, title) in &mut titles {
        *title = match stream.split_once('-') {
            Some(("project", id)) => project(&mut register, id).await?,
            Some(("recommendation", id)) => recommendation(&mut register, id).await?,
            Some(("priority", _)) => called.list(stream).await?,
            _ => None,
        }
        .unwrap_or_else(|| stream.clone());
    }
    Ok(titles)
}

type Register = RegisterServiceClient<Caller>;

async fn project(register: &mut Register, id: &str) -> Result<Option<String>, Failure> {
    let request = GetProjectRequest { project_id: id.to_owned(), query: None };
    let Some(GetProjectResponse { project: Some(it), .. }) = known(register.get_project(request).await)?
    else {
        return Ok(None);
    };
    Ok(Some(it.code.map_or(it.title.clone(), |code| format!("{code}  {}", it.title))))
}

async fn recommendation(register: &mut Register, id: &str) -> Result<Option<String>, Failure> {
    let request = GetRecommendationRequest { recommendation_id: id.to_owned(), query: None };
    let answer = known(register.get_recommendation(request).await)?;
    Ok(answer.and_then(|GetRecommendationResponse { recommendation, .. }| recommendation).map(|it| it.title))
}
