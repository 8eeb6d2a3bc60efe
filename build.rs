//! Generates the wire's messages and services from proto/, and the descriptors that reflection serves.
use std::path::{Path, PathBuf};
use std::{env, fs};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let root = Path::new("proto");
    println!("cargo:rerun-if-changed=proto");
    let mut files: Vec<PathBuf> = fs::read_dir(root.join("pactline/v1"))?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|it| it.extension().is_some_and(|it| it == "proto"));
    files.sort();

    let mut compiler = protox::Compiler::new([root])?;
    compiler.include_source_info(true).include_imports(true).open_files(&files)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("pactline.binpb"), compiler.encode_file_descriptor_set())?;

    tonic_prost_build::configure()
        .bytes(".pactline.v1.CloudEvent")
        .compile_fds(compiler.file_descriptor_set())?;
    kurrent_double()
}

/// KurrentDB's protocol, for the double that tests and benches talk to; an image is built without tests.
fn kurrent_double() -> Outcome {
    let root = Path::new("tests/it/kurrent/proto");
    if env::var_os("CARGO_FEATURE_KURRENT").is_none() || !root.exists() {
        return Ok(());
    }
    println!("cargo:rerun-if-changed={}", root.display());
    let files = ["streams.proto", "serverfeatures.proto", "gossip.proto"];
    let set = protox::compile(files.map(|it| root.join(it)), [root])?;
    tonic_prost_build::configure().build_client(false).bytes(".").compile_fds(set)?;
    Ok(())
}
