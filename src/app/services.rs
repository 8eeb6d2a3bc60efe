//! What is served besides our own services: reflection, and the names that health is told by.
use crate::api::proto;
use prost::Message;
use prost_types::FileDescriptorSet;
use std::collections::HashSet;
use tonic::service::Routes;

/// Lets callers ask which services and messages there are.
pub(super) fn reflecting(routes: Routes) -> Routes {
    let describe = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    match (describe().build_v1(), describe().build_v1alpha()) {
        (Ok(v1), Ok(v1alpha)) => routes.add_service(v1).add_service(v1alpha),
        (Err(err), _) | (_, Err(err)) => {
            tracing::error!(%err, "reflection cannot be served");
            routes
        }
    }
}

/// The names of the services that are ours.
pub(super) fn names() -> Vec<String> {
    let files = FileDescriptorSet::decode(proto::DESCRIPTORS).map(|it| it.file).unwrap_or_default();
    let ours = files.into_iter().filter(|it| it.package() == "pactline.v1");
    ours.flat_map(|file| file.service).map(|it| format!("pactline.v1.{}", it.name())).collect()
}

/// The names of those of them that write: their requests carry a command's context.
pub(super) fn writing() -> Vec<String> {
    let files = FileDescriptorSet::decode(proto::DESCRIPTORS).map(|it| it.file).unwrap_or_default();
    let commands = files
        .iter()
        .flat_map(|it| &it.message_type)
        .filter(|it| it.field.iter().any(|it| it.type_name() == ".pactline.v1.CommandContext"));
    let commands: HashSet<String> = commands.map(|it| format!(".pactline.v1.{}", it.name())).collect();
    let services = files.iter().flat_map(|it| &it.service);
    let writing = services.filter(|it| it.method.iter().any(|it| commands.contains(it.input_type())));
    writing.map(|it| format!("pactline.v1.{}", it.name())).collect()
}
