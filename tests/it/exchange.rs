//! Importing other people's files: every row once, and nothing dropped unread.
use crate::demo::{kinds, server};
use pactline::app::InProcess;
use pactline::exchange::{Report, demo, mandates, uninfo};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const GOOD: &str = r#"{"workspace_id": 1, "workspace": "Tajikistan", "countries": ["TJK"], "id": 7, "agency": "UNODC", "sdg": null, "code": "1.1", "name": "Border posts", "description": null, "start": "2023-01-01", "end": "2024-12-31", "outcome": "Borders", "required": 1000, "available": 400, "spent": 100}"#;

/// A server on which the demonstration was told, so that there are partners and a charter.
struct Place {
    dir: TempDir,
    server: InProcess,
}

impl Place {
    async fn told() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = server(dir.path()).await;
        demo::run(server.channel()).await.unwrap();
        Self { dir, server }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join("sample");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn uninfo(&self, bytes: impl AsRef<[u8]>) -> Report {
        let path = self.file(bytes.as_ref());
        let asked = uninfo::Asked {
            path: &path,
            charter: "paris-pact",
            by: "person:importer",
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
            rejected_to: Some(&self.rejected()),
        };
        uninfo::import(self.server.channel(), asked, |_, _| ()).await.unwrap()
    }

    async fn mandates(&self, text: &str) -> Report {
        let path = self.file(text.as_bytes());
        let asked = mandates::Asked { path: &path, by: "person:importer", rejected_to: None };
        mandates::import(self.server.channel(), asked, |_, _| ()).await.unwrap()
    }

    fn rejected(&self) -> PathBuf {
        self.dir.path().join("rejected.jsonl")
    }

    async fn close(self) -> Vec<String> {
        self.server.close().await.unwrap();
        kinds(self.dir.path()).await
    }
}

fn counts(report: &Report) -> (u64, u64, u64, usize) {
    assert_eq!(report.read, report.recorded + report.unchanged + report.rejected.len() as u64);
    (report.read, report.recorded, report.unchanged, report.rejected.len())
}

#[tokio::test]
async fn a_row_becomes_a_project_once() {
    let place = Place::told().await;
    let first = place.uninfo(GOOD).await;
    let again = place.uninfo(GOOD).await;
    assert_eq!(counts(&first), (1, 1, 0, 0), "{:?}", first.rejected);
    assert_eq!(counts(&again), (1, 0, 1, 0), "{:?}", again.rejected);
    let (totals, partners) = (first.totals.unwrap(), first.partner_countries.unwrap());
    assert_eq!((totals.required, totals.available, totals.spent), (1000, 400, 100));
    assert_eq!((partners.projects, partners.countries, partners.underfunded), (1, 1, 1));
    assert_eq!(partners.nothing_available, 0);
    assert_eq!(again.totals, Some(totals));
    let kinds = place.close().await;
    assert_eq!(kinds.iter().filter(|it| *it == "ProjectProposed").count(), 11 + 1);
}

#[tokio::test]
async fn a_changed_row_is_a_revision_and_nothing_is_turned_back_to_an_old_one() {
    let place = Place::told().await;
    place.uninfo(GOOD).await;
    let changed = GOOD.replace("400", "700").replace("1000", "2000").replace("2024-12-31", "2025-12-31");
    let revised = place.uninfo(&changed).await;
    let again = place.uninfo(&changed).await;
    let old = place.uninfo(GOOD).await;
    let renamed = place.uninfo(changed.replace("Border posts", "Border post")).await;
    assert_eq!(counts(&revised), (1, 1, 0, 0), "{:?}", revised.rejected);
    assert_eq!(counts(&again), (1, 0, 1, 0), "{:?}", again.rejected);
    assert_eq!(counts(&old), (1, 0, 0, 1));
    assert_eq!(counts(&renamed), (1, 0, 0, 1));
    assert!(renamed.rejected[0].reason.contains("name"), "{}", renamed.rejected[0].reason);
    let kinds = place.close().await;
    for kind in ["BudgetRevised", "ScopeRevised"] {
        assert_eq!(kinds.iter().filter(|it| *it == kind).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn what_cannot_be_mapped_is_rejected_with_its_line_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { server: server(dir.path()).await, dir };
    let latin = [&GOOD.as_bytes()[..20], b"\xe9", &GOOD.as_bytes()[20..]].concat();
    let cases: [(Vec<u8>, &str); 9] = [
        (GOOD.replace("\"sdg\": null", "\"sdg\": null, \"donor\": \"X\"").into(), "donor"),
        (latin, "UTF-8"),
        (GOOD.replace("2023-01-01", "0023-01-01").into(), "1900"),
        (GOOD.replace("2023-01-01", "yesterday").into(), "start"),
        (GOOD.replace("2024-12-31", "2022-12-31").into(), "end"),
        (GOOD.replace("1000", "99999999999999999").into(), "required"),
        (GOOD.replace("1000", "-1").into(), "required"),
        (GOOD.replace("TJK", "XXX").into(), "XXX"),
        (b"[]".to_vec(), "object"),
    ];
    let file = cases.iter().map(|(bytes, _)| bytes.as_slice()).collect::<Vec<_>>().join(&b'\n');
    let report = place.uninfo(file).await;
    assert_eq!(counts(&report), (9, 0, 0, 9));
    for ((line, rejected), (_, wanted)) in (1..).zip(&report.rejected).zip(&cases) {
        assert_eq!(rejected.line, line);
        assert!(rejected.reason.contains(wanted), "{wanted}: {}", rejected.reason);
    }
    let written = std::fs::read_to_string(place.rejected()).unwrap();
    assert_eq!(written.lines().count(), 9);
    assert_eq!(report.totals.unwrap().required, 0);
}

#[tokio::test]
async fn an_empty_file_is_no_rows() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { server: server(dir.path()).await, dir };
    assert_eq!(counts(&place.uninfo("\n\n").await), (0, 0, 0, 0));
    assert_eq!(counts(&place.mandates("").await), (0, 0, 0, 0));
}

#[tokio::test]
async fn an_id_counts_once_in_a_file() {
    let place = Place::told().await;
    let report = place.uninfo(format!("{GOOD}\r\n{}\n", GOOD.replace("400", "500"))).await;
    assert_eq!(counts(&report), (2, 1, 0, 1));
    assert!(report.rejected[0].reason.contains("line 1"), "{}", report.rejected[0].reason);
    assert_eq!(report.totals.unwrap().available, 400);
}

#[tokio::test]
async fn a_mandate_that_several_programmes_cite_is_recorded_once() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { server: server(dir.path()).await, dir };
    let file = "subprogramme,organ,symbol_as_cited,canonical,title,url,source\n\
        1,General Assembly resolutions,70/1,A/RES/70/1,Transforming our world,,A/80/6\n\
        2,General Assembly resolutions,70/1,A/RES/70/1,Transforming our world,,A/80/6\n\
        3,Commission on Narcotic Drugs decisions,Decision 60/1,CND/DEC/60/1,,,A/80/6\n\
        4,Conventions and protocols,,,United Nations Convention against Corruption,,A/80/6\n\
        5,General Assembly resolutions,70/2\n";
    let first = place.mandates(file).await;
    let again = place.mandates(file).await;
    assert_eq!(counts(&first), (5, 2, 1, 2), "{:?}", first.rejected);
    assert_eq!(counts(&again), (5, 0, 3, 2));
    assert!(first.rejected.iter().any(|it| it.reason.contains("columns")));
    let kinds = place.close().await;
    assert_eq!(kinds, ["MandateRecorded", "MandateRecorded"]);
}

#[tokio::test]
async fn a_mandate_on_record_with_a_later_day_is_unchanged() {
    let place = Place::told().await;
    let file = "subprogramme,organ,symbol_as_cited,canonical,title,url,source\n\
        1,General Assembly resolutions,71/211,A/RES/71/211,International cooperation,,A/80/6\n";
    assert_eq!(counts(&place.mandates(file).await), (1, 0, 1, 0));
}

#[tokio::test]
async fn a_file_with_another_header_is_not_guessed_at() {
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path()).await;
    let path: &Path = &dir.path().join("other.csv");
    std::fs::write(path, "symbol,title\nA/RES/70/1,Transforming our world\n").unwrap();
    let asked = mandates::Asked { path, by: "person:importer", rejected_to: None };
    let refused = mandates::import(server.channel(), asked, |_, _| ()).await.unwrap_err();
    assert!(refused.to_string().contains("header"), "{refused}");
}
