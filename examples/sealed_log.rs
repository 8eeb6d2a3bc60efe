//! Seals a small made-up log with nothing but `pactline::audit` and writes what an auditor gets, in the C2SP layout.
//!
//! `cargo run --example sealed_log -- DIR [EVENTS]`. The programs in `tests/interop` read it with other people's code.
#![allow(missing_docs)]
use pactline::audit::{
    Checkpoint, Exhibit, Hash, KeyKind, Leaf, Proof, ProofPart, Shown, SigningKey, TileKind, TilePath,
    TiledNodes, TiledTree, Tiles, TreeError, cosign, encode_entries, prove_consistency, prove_inclusion,
};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const ORIGIN: &str = "pact.example.org/log";
const WITNESS: &str = "witness.example.org";

struct Folder(PathBuf);

impl Tiles for Folder {
    fn tile(&self, path: &TilePath) -> Result<Vec<u8>, TreeError> {
        let missing = |err| TreeError::Missing { what: format!("{path}: {err}") };
        fs::read(self.0.join(path.to_string())).map_err(missing)
    }
}

impl Folder {
    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        let to = self.0.join(path);
        fs::create_dir_all(to.parent().unwrap_or(Path::new(".")))?;
        fs::write(to, bytes)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let dir = Folder(args.next().ok_or("say where: sealed_log DIR [EVENTS]")?.into());
    let events: u64 = args.next().map_or(Ok(700), |it| it.parse())?;
    // Fixed seeds, because this log is an example; `pactline keys generate` makes real keys.
    let key = SigningKey::from_seed(ORIGIN, KeyKind::Log, [7; 32])?;
    let witness = SigningKey::from_seed(WITNESS, KeyKind::Witness, [8; 32])?;
    let leaves: Vec<Vec<u8>> = (0..events).map(|it| leaf(it).encode()).collect::<Result<_, _>>()?;
    let mut tree = TiledTree::new();
    let sizes = [1, 5, 256, 257, events];
    for (record, size) in leaves.iter().zip(1..) {
        for (path, bytes) in tree.append(pactline::audit::hash_leaf(record)) {
            dir.write(&path.to_string(), bytes)?;
        }
        if sizes.contains(&size) {
            for (path, bytes) in tree.partial_tiles() {
                dir.write(&path.to_string(), bytes)?;
            }
            let mut signed = Checkpoint::new(ORIGIN, tree.head()).sign(&key)?;
            signed.add(cosign(signed.unverified(), &witness, 1_760_000_000 + size)?);
            dir.write(&format!("checkpoints/{size}"), signed.to_string())?;
            dir.write("checkpoint", signed.to_string())?;
            for index in [0, size / 2, size - 1] {
                let nodes = TiledNodes::new(&dir, size);
                let part =
                    ProofPart::of_event(&exhibit(index)?, index, prove_inclusion(&nodes, index, size)?);
                let proof = Proof { part, checkpoint: signed.clone() };
                dir.write(&format!("proofs/{index}-in-{size}.tlog-proof"), proof.to_string())?;
            }
        }
    }
    for path in TilePath::new_since(0, events).filter(|it| it.kind == TileKind::Entries) {
        let from = path.index as usize * 256;
        let records = leaves.iter().skip(from).take(path.width.into()).map(Vec::as_slice);
        dir.write(&path.to_string(), encode_entries(records)?)?;
    }
    for pair in sizes.windows(2).filter(|it| it[1] <= events) {
        let hashes = prove_consistency(&TiledNodes::new(&dir, pair[1]), pair[0], pair[1])?;
        let lines: Vec<String> = hashes.iter().map(Hash::to_string).collect();
        dir.write(&format!("consistency/{}-{}", pair[0], pair[1]), lines.join("\n"))?;
    }
    dir.write("vkey", key.verifier().to_string())?;
    dir.write("witness.vkey", witness.verifier().to_string())?;
    dir.write("policy", format!("log {}\nwitness w {}\nquorum w\n", key.verifier(), witness.verifier()))?;
    println!("{events} events, root {}", tree.head().root);
    Ok(())
}

fn data(index: u64) -> String {
    format!(r#"{{"amount":{index}}}"#)
}

fn leaf(index: u64) -> Leaf {
    Leaf {
        index,
        id: Uuid::from_u128(index.into()),
        stream: format!("project-{}", Uuid::from_u128(u128::from(index % 9))).into(),
        revision: index / 9,
        kind: "FundsPledged".into(),
        schema_version: 1,
        recorded_at_us: 1_760_000_000_000_000 + index as i64,
        data_sha256: Hash::of(data(index).as_bytes()),
        meta_sha256: Hash::of(b"{}"),
    }
}

fn exhibit(index: u64) -> Result<Exhibit, Box<dyn Error>> {
    let data = Shown::Whole(data(index).into());
    Ok(Exhibit { leaf: leaf(index).encode()?, data, meta: Shown::Whole("{}".into()) })
}
