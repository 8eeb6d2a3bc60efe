//! What is served besides our own services: reflection, and the names that health is told by.
use crate::api::proto;
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::service::Routes;

/// How the names of calls begin that only look. Any other may record: one that is forgotten here is told too much of.
const LOOKING: &[&str] =
    &["Check", "Explain", "Get", "List", "Plan", "Prove", "ReadAll", "ReadStream", "Subscribe"];
/// What writes beside the record, whatever that is like.
const BESIDE: &[&str] = &["PeopleService"];

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

/// The names of those of them that record anything: all that have a call whose name does not say that it only looks.
pub(super) fn writing() -> Vec<String> {
    let files = FileDescriptorSet::decode(proto::DESCRIPTORS).map(|it| it.file).unwrap_or_default();
    let ours = files.into_iter().filter(|it| it.package() == "pactline.v1").flat_map(|file| file.service);
    let records = |name: &str| !LOOKING.iter().any(|it| name.starts_with(it));
    let writing =
        ours.filter(|it| !BESIDE.contains(&it.name()) && it.method.iter().any(|it| records(it.name())));
    writing.map(|it| format!("pactline.v1.{}", it.name())).collect()
}
