//! What tasks are about, as people call it.
use crate::api::proto::register_service_client::RegisterServiceClient;
use crate::api::proto::{
    GetProjectRequest, GetProjectResponse, GetRecommendationRequest, GetRecommendationResponse, WorklistTask,
};
use crate::cli::failure::Failure;
use crate::cli::place::Caller;
use std::collections::BTreeMap;

/// Titles by stream.
pub(super) type Titles = BTreeMap<String, String>;

/// The titles of the projects and recommendations that `tasks` are about. Others are known by their streams.
pub(super) async fn titles(caller: Caller, tasks: &[WorklistTask]) -> Result<Titles, Failure> {
    let mut register = RegisterServiceClient::new(caller);
    let mut titles: Titles = tasks.iter().map(|it| (it.subject.clone(), String::new())).collect();
    for (stream, title) in &mut titles {
        *title = match stream.split_once('-') {
            Some(("project", id)) => project(&mut register, id).await?,
            Some(("recommendation", id)) => recommendation(&mut register, id).await?,
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

/// A task may be about what is not there.
fn known<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(status) if status.code() == tonic::Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}
