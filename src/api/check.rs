//! A charter's text, checked for whoever writes one: every fault, in an answer that has room for all.
use super::convert::TOML_MAX;
use super::proto as pb;
use super::query;
use super::register::shown::number;
use crate::domain::charter::{ParseFault, check_text};
use tonic::Status;

/// Whether the text could be published, and all that is wrong with it.
pub(super) fn charter(request: pb::CheckCharterRequest) -> Result<pb::CheckCharterResponse, Status> {
    let toml = query::read(|form| match request.toml.len() {
        length if length > TOML_MAX => {
            form.refuse("toml", format!("must have at most {TOML_MAX} bytes and has {length}"))
        }
        _ => Some(request.toml),
    })?;
    let faults = check_text(&toml).err().unwrap_or_default();
    Ok(pb::CheckCharterResponse { sound: faults.is_empty(), faults: faults.into_iter().map(fault).collect() })
}

fn fault(it: ParseFault) -> pb::CharterFault {
    pb::CharterFault {
        line: number(it.line),
        column: number(it.column),
        width: number(it.width),
        path: it.path.unwrap_or_default(),
        message: it.message,
    }
}
