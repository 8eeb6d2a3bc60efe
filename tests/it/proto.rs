//! The wire's names: what `buf lint` calls STANDARD, a comment on everything, and an rpc for every command.
use pactline::api::proto::DESCRIPTORS;
use pactline::domain::{
    charter, consultation, evidence, mandate, meeting, partner, priority, project, recommendation, task,
};
use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use std::collections::{BTreeMap, BTreeSet};
use strum::VariantNames;

/// Our own files; the well-known ones are Google's.
fn ours() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    let ours: Vec<_> = set.file.into_iter().filter(|it| !it.name().starts_with("google/")).collect();
    assert!(ours.len() >= 15, "only {} files", ours.len());
    ours
}

/// Every message of a file, the nested ones too.
fn messages(file: &FileDescriptorProto) -> Vec<DescriptorProto> {
    let mut found = Vec::new();
    let mut left = file.message_type.clone();
    while let Some(message) = left.pop() {
        left.extend(message.nested_type.clone());
        found.push(message);
    }
    found
}

/// `TaskStatus` as `TASK_STATUS`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    for (n, letter) in name.chars().enumerate() {
        if n > 0 && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

fn is_lower_snake(name: &str) -> bool {
    let plain = name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    plain && !name.starts_with('_') && !name.ends_with('_') && !name.contains("__")
}

fn is_pascal(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_uppercase()) && name.bytes().all(|it| it.is_ascii_alphanumeric())
}

#[test]
fn the_package_is_versioned_and_every_file_lies_where_it_says() {
    for file in ours() {
        assert_eq!(file.package(), "pactline.v1", "{}", file.name());
        assert_eq!(file.syntax(), "proto3", "{}", file.name());
        let name = file.name().strip_prefix("pactline/v1/").unwrap().strip_suffix(".proto").unwrap();
        assert!(is_lower_snake(name), "{name}");
    }
}

#[test]
fn services_end_in_service_and_no_message_serves_two_rpcs() {
    let mut seen = BTreeSet::new();
    for service in ours().iter().flat_map(|it| &it.service) {
        assert!(is_pascal(service.name()) && service.name().ends_with("Service"), "{}", service.name());
        for rpc in &service.method {
            assert!(is_pascal(rpc.name()), "{}", rpc.name());
            for (message, end) in [(rpc.input_type(), "Request"), (rpc.output_type(), "Response")] {
                let plain = format!(".pactline.v1.{}{end}", rpc.name());
                let full = format!(".pactline.v1.{}{}{end}", service.name(), rpc.name());
                assert!(message == plain || message == full, "{}.{}: {message}", service.name(), rpc.name());
                assert!(seen.insert(message.to_owned()), "{message} serves two rpcs");
            }
        }
    }
    assert!(seen.len() > 150, "only {} messages seen", seen.len());
}

#[test]
fn a_request_or_response_belongs_to_an_rpc() {
    let files = ours();
    let rpcs = files.iter().flat_map(|it| &it.service).flat_map(|it| &it.method);
    let used: BTreeSet<&str> = rpcs.flat_map(|it| [it.input_type(), it.output_type()]).collect();
    for message in files.iter().flat_map(|it| &it.message_type) {
        if message.name().ends_with("Request") || message.name().ends_with("Response") {
            let name = format!(".pactline.v1.{}", message.name());
            assert!(used.contains(name.as_str()), "{name} is used by no rpc");
        }
    }
}

#[test]
fn messages_are_pascal_case_and_fields_lower_snake_case() {
    for file in ours() {
        for message in messages(&file) {
            assert!(is_pascal(message.name()), "{}", message.name());
            for field in &message.field {
                assert!(is_lower_snake(field.name()), "{}.{}", message.name(), field.name());
            }
            for oneof in &message.oneof_decl {
                // An optional field is a oneof of one, named by the compiler.
                let name = oneof.name().strip_prefix('_').unwrap_or(oneof.name());
                assert!(is_lower_snake(name), "{}.{name}", message.name());
            }
        }
    }
}

#[test]
fn enumerations_begin_with_unspecified_and_carry_their_name() {
    let files = ours();
    let nested = files.iter().flat_map(messages).flat_map(|it| it.enum_type);
    let all: Vec<EnumDescriptorProto> =
        files.iter().flat_map(|it| it.enum_type.clone()).chain(nested).collect();
    assert!(all.len() > 10, "only {}", all.len());
    for it in all {
        let prefix = screaming(it.name());
        let zero: Vec<&str> = it.value.iter().filter(|it| it.number() == 0).map(|it| it.name()).collect();
        assert_eq!(zero, [format!("{prefix}_UNSPECIFIED")]);
        let stray = it.value.iter().find(|it| !it.name().starts_with(&format!("{prefix}_")));
        assert_eq!(stray.map(|it| it.name()), None, "in {}", it.name());
    }
}

#[test]
fn everything_on_the_wire_is_explained() {
    let mut silent = Vec::new();
    for file in ours() {
        let locations = &file.source_code_info.as_ref().unwrap().location;
        let explained: BTreeSet<&[i32]> = locations
            .iter()
            .filter(|it| it.leading_comments.as_ref().is_some_and(|it| !it.trim().is_empty()))
            .map(|it| it.path.as_slice())
            .collect();
        for (path, name) in places(&file) {
            if !explained.contains(path.as_slice()) {
                silent.push(format!("{}: {name}", file.name()));
            }
        }
    }
    assert!(silent.is_empty(), "without a comment:\n{}", silent.join("\n"));
}

/// The place of every definition in a file, as the compiler counts them, and its name.
fn places(file: &FileDescriptorProto) -> Vec<(Vec<i32>, String)> {
    let mut found = Vec::new();
    for (n, service) in (0..).zip(&file.service) {
        found.push((vec![6, n], service.name().to_owned()));
        let rpcs = (0..).zip(&service.method);
        found.extend(rpcs.map(|(m, it)| (vec![6, n, 2, m], it.name().to_owned())));
    }
    for (n, it) in (0..).zip(&file.enum_type) {
        found.push((vec![5, n], it.name().to_owned()));
        let values = (0..).zip(&it.value);
        found.extend(values.map(|(m, it)| (vec![5, n, 2, m], it.name().to_owned())));
    }
    let mut left: Vec<(Vec<i32>, &DescriptorProto)> =
        (0..).zip(&file.message_type).map(|(n, it)| (vec![4, n], it)).collect();
    while let Some((path, message)) = left.pop() {
        // The entries of a map are messages that the compiler makes.
        if message.options.as_ref().is_some_and(|it| it.map_entry()) {
            continue;
        }
        let inside = |kind: i32, n: i32| [path.as_slice(), &[kind, n]].concat();
        let fields = (0..).zip(&message.field);
        found.extend(fields.map(|(n, it)| (inside(2, n), format!("{}.{}", message.name(), it.name()))));
        left.extend((0..).zip(&message.nested_type).map(|(n, it)| (inside(3, n), it)));
        found.push((path, message.name().to_owned()));
    }
    found
}

#[test]
fn every_command_has_an_rpc_and_every_rpc_that_changes_things_is_a_command() {
    let commands: [(&str, &[&str]); 10] = [
        ("CharterService", charter::Command::VARIANTS),
        ("ConsultationService", consultation::Command::VARIANTS),
        ("EvidenceService", evidence::Command::VARIANTS),
        ("MandateService", mandate::Command::VARIANTS),
        ("MeetingService", meeting::Command::VARIANTS),
        ("PartnerService", partner::Command::VARIANTS),
        ("PriorityService", priority::Command::VARIANTS),
        ("ProjectService", project::Command::VARIANTS),
        ("RecommendationService", recommendation::Command::VARIANTS),
        ("TaskService", task::Command::VARIANTS),
    ];
    let files = ours();
    let services: BTreeMap<&str, Vec<&str>> = files
        .iter()
        .flat_map(|it| &it.service)
        .map(|it| (it.name(), it.method.iter().map(|it| it.name()).collect()))
        .collect();
    // Only asks whether a command could come to something.
    let question = |it: &&&str| **it == "CheckCharter";
    for (service, variants) in commands {
        let rpcs: Vec<&str> = services[service].iter().filter(|it| !question(it)).copied().collect();
        assert_eq!(rpcs, variants, "{service}");
    }
}

#[test]
fn every_command_is_asked_in_a_context_and_of_one_thing() {
    for file in ours() {
        for message in messages(&file) {
            let Some(context) = message.field.iter().find(|it| it.name() == "context") else { continue };
            assert_eq!((context.number(), context.type_name()), (1, ".pactline.v1.CommandContext"));
            let target = message.field.iter().find(|it| it.number() == 2).unwrap();
            assert!(target.name().ends_with("_id"), "{}.{}", message.name(), target.name());
        }
    }
}

#[test]
fn what_is_called_as_if_it_only_looked_records_nothing() {
    let looking = ["Check", "Explain", "Get", "List", "Plan", "Prove", "ReadAll", "ReadStream", "Subscribe"];
    let files = ours();
    let having = |wanted: &str| -> BTreeSet<String> {
        let has = |it: &&DescriptorProto| {
            it.field.iter().any(|it| it.type_name() == format!(".pactline.v1.{wanted}"))
        };
        let messages = files.iter().flat_map(|it| &it.message_type).filter(has);
        messages.map(|it| format!(".pactline.v1.{}", it.name())).collect()
    };
    let (commands, records) = (having("CommandContext"), having("Recorded"));
    let (mut looks, mut others) = (0, BTreeSet::new());
    for rpc in files.iter().flat_map(|it| &it.service).flat_map(|it| &it.method) {
        let writes = commands.contains(rpc.input_type()) || records.contains(rpc.output_type());
        match looking.iter().any(|it| rpc.name().starts_with(it)) {
            // It is asked what a command would come to.
            true if rpc.name() == "CheckCharter" => {}
            true => {
                assert!(!writes, "{}", rpc.name());
                looks += 1;
            }
            false if writes => {}
            false => drop(others.insert(rpc.name())),
        }
    }
    assert!(looks > 40, "only {looks}");
    // They record otherwise: event by event, or beside the record.
    assert_eq!(others, ["ErasePerson", "Migrate", "RecordPerson", "StreamTasks"].into());
}
