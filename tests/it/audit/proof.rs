//! One file proves that an event, or a whole trace, is in the log; nothing else is needed to check it.
use super::grown::{Grown, key, log_key, signed};
use super::leaf::record;
use bytes::Bytes;
use pactline::audit::*;
use pactline::log::Record;

/// A log of 41 events with a proof of any of them.
pub struct Logged {
    pub grown: Grown,
    pub records: Vec<Record>,
}

impl Logged {
    pub fn new() -> Self {
        let event = |n: u64| Record {
            revision: n,
            data: Bytes::from(format!(r#"{{"amount":{n}}}"#)),
            recorded_at: jiff::Timestamp::from_microsecond(1_700_000_000_000_000 + n as i64).unwrap(),
            ..record()
        };
        let records: Vec<Record> = (0..41).map(event).collect();
        let mut grown = Grown::to(0);
        (0..).zip(&records).for_each(|(n, it)| grown.append(Leaf::of(n, it).hash().unwrap()));
        Self { grown, records }
    }

    pub fn exhibit(&self, index: u64) -> Exhibit {
        let it = &self.records[index as usize];
        let leaf = Leaf::of(index, it).encode().unwrap();
        Exhibit { leaf, data: Shown::stored(&it.data), meta: Shown::stored(&it.meta) }
    }

    pub fn part(&self, index: u64) -> ProofPart {
        let nodes = TiledNodes::new(&self.grown, 41);
        ProofPart::of_event(&self.exhibit(index), index, prove_inclusion(&nodes, index, 41).unwrap())
    }

    pub fn proof(&self, index: u64) -> Proof {
        Proof { part: self.part(index), checkpoint: signed(self.grown.head(41)) }
    }

    pub fn bundle(&self) -> Bundle {
        let parts = [40, 3, 12, 3].map(|it| self.part(it)).into();
        Bundle::new("project-4711", parts, signed(self.grown.head(41)))
    }
}

pub fn policy() -> Policy {
    Policy::parse(format!("log {}\nquorum none\n", log_key().verifier()).as_bytes()).unwrap()
}

#[test]
fn a_proof_has_the_form_of_the_specification() {
    let proof = Proof { part: ProofPart { extra: None, ..Logged::new().part(0) }, ..Logged::new().proof(0) };
    let text = proof.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 0"]);
    assert_eq!(lines[2..8].iter().map(|it| it.len()).collect::<Vec<_>>(), [44; 6]);
    assert_eq!(lines[8..10], ["", "pact.example.org/log"]);
    assert_eq!(Proof::parse(text.as_bytes()), Ok(proof));
    let with_extra = Logged::new().proof(0).to_string();
    assert!(with_extra.starts_with("c2sp.org/tlog-proof@v1\nextra cGFjdHNob3c"), "{with_extra}");
}

#[test]
fn a_proof_of_the_only_event_has_no_hashes() {
    let grown = Grown::to(1);
    let part = ProofPart { extra: None, index: 0, hashes: Vec::new() };
    let proof = Proof { part, checkpoint: signed(grown.head(1)) };
    let read = Proof::parse(proof.to_string().as_bytes()).unwrap();
    assert!(read.check(grown.leaves[0], &policy()).is_ok());
}

#[test]
fn every_event_is_proven_with_all_that_it_says() {
    let logged = Logged::new();
    for index in 0..41 {
        let read = Proof::parse(logged.proof(index).to_string().as_bytes()).unwrap();
        let (proven, _) = read.check_event(&policy()).unwrap();
        assert_eq!(proven.leaf, Leaf::of(index, &logged.records[index as usize]));
        assert_eq!(proven.exhibit.data, Shown::Whole(logged.records[index as usize].data.clone()));
    }
}

#[test]
fn a_redacted_event_is_proven_without_its_data() {
    let logged = Logged::new();
    let wiped = Exhibit { data: Shown::Withheld, ..logged.exhibit(7) };
    let part = ProofPart { extra: Some(wiped.encode()), ..logged.part(7) };
    let (proven, _) = Proof { part, ..logged.proof(7) }.check_event(&policy()).unwrap();
    assert_eq!(proven.leaf.data_sha256, Hash::of(&logged.records[7].data));
    assert_eq!(proven.exhibit.data, Shown::Withheld);
}

#[test]
fn what_was_altered_is_told() {
    let logged = Logged::new();
    let check = |exhibit: Exhibit, index| {
        let part = ProofPart { extra: Some(exhibit.encode()), ..logged.part(index) };
        Proof { part, ..logged.proof(index) }.check_event(&policy()).unwrap_err().to_string()
    };
    let good = logged.exhibit(7);
    let data = Exhibit { data: Shown::Whole(Bytes::from_static(br#"{"amount":8}"#)), ..good.clone() };
    assert_eq!(
        check(data, 7),
        "event 7: the data of event 7 is not what the leaf commits to: it was altered"
    );
    let meta = Exhibit { meta: Shown::Whole(Bytes::from_static(b"{ }")), ..good.clone() };
    assert_eq!(
        check(meta, 7),
        "event 7: the metadata of event 7 is not what the leaf commits to: it was altered"
    );
    assert_eq!(check(logged.exhibit(8), 7), "the proof is about event 7 and carries event 8");
    let mut later = Leaf::decode(&good.leaf).unwrap();
    later.recorded_at_us += 1;
    let backdated = Exhibit { leaf: later.encode().unwrap(), ..good };
    assert!(check(backdated, 7).starts_with("event 7: the proof leads to the root "));
    let bare = Proof { part: ProofPart { extra: None, ..logged.part(7) }, ..logged.proof(7) };
    assert_eq!(
        bare.check_event(&policy()).unwrap_err().to_string(),
        "event 7: the proof carries no event of pactline's"
    );
}

#[test]
fn a_trace_is_proven_in_one_file_and_each_event_alone() {
    let bundle = Logged::new().bundle();
    let text = bundle.to_string();
    assert!(text.starts_with("pactline/proof-bundle@v1\nsubject project-4711\nevents 3\n\nextra "), "{text}");
    let read = Bundle::parse(text.as_bytes()).unwrap();
    assert_eq!(read, bundle);
    let (proven, _) = read.check(&policy()).unwrap();
    assert_eq!(proven.iter().map(|it| it.leaf.index).collect::<Vec<_>>(), [3, 12, 40]);
    for proof in read.proofs() {
        assert!(Proof::parse(proof.to_string().as_bytes()).unwrap().check_event(&policy()).is_ok());
    }
}

/// The documentation's words: first line, block, blank line, checkpoint.
#[test]
fn a_block_of_a_bundle_is_a_proof_when_cut_out_by_hand() {
    let text = Logged::new().bundle().to_string();
    let blocks: Vec<&str> = text.split("\n\n").collect();
    let checkpoint = blocks[4..].join("\n\n");
    for block in &blocks[1..4] {
        let proof = format!("c2sp.org/tlog-proof@v1\n{block}\n\n{checkpoint}");
        assert!(Proof::parse(proof.as_bytes()).unwrap().check_event(&policy()).is_ok());
    }
}

#[test]
fn what_is_not_a_proof_is_told_by_its_line() {
    let text = Logged::new().proof(7).to_string();
    let fault = |text: &str| Proof::parse(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(fault(""), "line 1 of the proof is not \"c2sp.org/tlog-proof@v1\"");
    assert_eq!(fault(&text.replace("@v1", "@v2")), "line 1 of the proof is not \"c2sp.org/tlog-proof@v1\"");
    assert_eq!(
        fault(&text.replace("extra ", "extra -")),
        "line 2 of the proof has extra data that is not base64"
    );
    for index in ["index 07", "index -7", "index", "index 7 ", "INDEX 7"] {
        assert_eq!(
            fault(&text.replace("index 7", index)),
            "line 3 of the proof is not \"index\" and a number"
        );
    }
    assert_eq!(
        fault(&text.replace("index 7", "index 7\nAAAA")),
        "line 4 of the proof is not the base64 of a hash"
    );
    let many = format!("index 7{}", format!("\n{EMPTY_ROOT}").repeat(65));
    assert_eq!(
        fault(&text.replace("index 7", &many)),
        "line 68 of the proof is one hash more than any proof can have"
    );
    assert_eq!(
        fault("c2sp.org/tlog-proof@v1\nindex 0\n"),
        "line 2 of the proof and all after it are without a checkpoint"
    );
    let not_text = [text.as_bytes(), b"\xff"].concat();
    assert_eq!(Proof::parse(&not_text).unwrap_err().to_string(), "line 16 of the proof is not UTF-8");
    for (line, at) in (1..).zip(text.match_indices('\n').map(|(at, _)| at)) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = 0xff;
        let fault = Proof::parse(&bytes).unwrap_err().to_string();
        assert_eq!(fault, format!("line {line} of the proof is not UTF-8"));
    }
    assert!(matches!(Proof::parse(&vec![b'a'; 5_000_000]), Err(InvalidProof::TooLarge { .. })));
    let bundle = Logged::new().bundle().to_string();
    let fault = |text: &str| Bundle::parse(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(fault(&bundle.replace("subject ", "about ")), "line 2 of the proof is not a subject");
    assert_eq!(
        fault(&bundle.replace("events 3", "events 03")),
        "line 3 of the proof is not the number of events"
    );
    assert!(fault(&bundle.replace("events 3", "events 9")).contains("is not \"index\" and a number"));
    assert!(Bundle::parse(bundle.replace("events 3", "events 2").as_bytes()).is_err());
    let disordered = bundle.replace("index 12", "index 2");
    assert!(fault(&disordered).contains("begins an event that is not after the one before it"));
}

#[test]
fn a_proof_of_another_log_is_refused_as_such() {
    let logged = Logged::new();
    let other = Policy::parse(
        format!("log {}\nquorum none\n", key("other.example.org", KeyKind::Log, 9).verifier()).as_bytes(),
    );
    let refusal = logged.proof(7).check_event(&other.unwrap()).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "the checkpoint is of the log pact.example.org/log, and the policy knows other.example.org"
    );
}
