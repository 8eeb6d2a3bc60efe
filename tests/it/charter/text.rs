//! What is said about a charter's text: line, column, and what would be right.
use super::PARIS_PACT;
use pactline::domain::charter::{ParseFault, RequirementKind, check_text, parse};
use proptest::prelude::*;
use strum::VariantNames;

fn spoilt(from: &str, to: &str) -> Vec<ParseFault> {
    assert!(PARIS_PACT.contains(from), "{from}");
    parse(&PARIS_PACT.replacen(from, to, 1)).unwrap_err()
}
/// Line and column of `word` in the shipped charter, counted from one.
fn place(word: &str) -> (usize, usize) {
    let before = &PARIS_PACT[..PARIS_PACT.find(word).unwrap()];
    (before.lines().count(), before.rsplit('\n').next().unwrap().chars().count() + 1)
}

/// `word` begins a line, and the fault is in that line.
#[track_caller]
fn one_in_line(faults: &[ParseFault], line: usize, message: &str) {
    let [fault] = faults else { panic!("{faults:?}") };
    assert_eq!(fault.line, line, "{fault}");
    assert!(fault.message.contains(message), "{fault}");
}

#[test]
fn a_word_that_nobody_knows_is_found_where_it_is() {
    let line = place("take_up_days").0 + 1;
    let faults = spoilt("take_up_days", "takeup_days");
    one_in_line(&faults, line, "nobody knows this word here: take one of forums, take_up_days, escalate_to");
    assert_eq!((faults[0].column, faults[0].width), (1, "takeup_days".len()));
    assert_eq!(faults[0].path.as_deref(), Some("recommendations.takeup_days"));
}

#[test]
fn a_value_of_the_wrong_type_is_found_where_it_is() {
    let line = place("take_up_days").0 + 1;
    let faults = spoilt("take_up_days = 365", "take_up_days = \"soon\"");
    one_in_line(&faults, line, "must be a whole number, and is a text");
    assert_eq!(faults[0].column, 16);
}

#[test]
fn a_value_that_cannot_be_is_found_where_it_is() {
    let line = place("quorum = \"1/3\"").0 + 1;
    one_in_line(&spoilt("quorum = \"1/3\"", "quorum = \"4/3\""), line, "must be a fraction such as 2/3");
    let line = place("set_by").0 + 1;
    one_in_line(&spoilt("set_by = \"coordinator\"", "set_by = \"The Chair\""), line, "lower-case letters");
}

#[test]
fn every_fault_of_syntax_is_found_at_once() {
    let text = "name = \nü = 3\ntitle = \"x\"\nroles = [\"a\" \"b\"]\n";
    let faults = parse(text).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|it| it.line).collect();
    assert_eq!(lines, [1, 2, 4], "one of each line, in their order: {faults:?}");
}

#[test]
fn a_word_that_is_there_twice_says_what_to_do() {
    let faults = parse("name = \"x\"\nname = \"y\"\n").unwrap_err();
    one_in_line(&faults, 2, "duplicate key: name is there already, so keep one, or join what both say");
}

#[test]
fn columns_are_counted_in_characters() {
    let faults = parse("name = \"x\"\ntitle = \"äöü\" oops\n").unwrap_err();
    assert_eq!((faults[0].line, faults[0].column), (2, 15), "{faults:?}");
    assert!(faults[0].to_string().starts_with("line 2, column 15: "), "{faults:?}");
}

#[test]
fn what_is_missing_is_named() {
    let faults = parse("name = \"x\"\n").unwrap_err();
    let missing: Vec<_> =
        faults.iter().map(|it| (it.line, it.path.as_deref().unwrap(), &*it.message)).collect();
    let add = "is missing: add it";
    let keys = ["title", "roles", "pillars", "forums", "recommendations", "priorities", "projects"];
    assert_eq!(missing, keys.map(|key| (1, key, add)));
    let faults = spoilt("standing = \"partners\"\n", "");
    one_in_line(&faults, place("[[forums]]").0 + 1, add);
}

#[test]
fn every_fault_of_sense_is_found_at_once_and_where_it_is() {
    let text = PARIS_PACT.replacen("set_by = \"coordinator\"", "set_by = \"mayor\"", 1);
    let text = text.replacen("threshold_percent = 80", "threshold_percent = 0", 1);
    let faults = check_text(&text).unwrap_err();
    let places: Vec<_> = faults.iter().map(|it| (it.line, it.column)).collect();
    assert_eq!(places, [(place("set_by").0 + 1, 10), (place("threshold_percent").0 + 1, 21)], "{faults:?}");
}

/// The shipped charter with every `from` turned into its `to`: the paths at fault, in the order of the text.
fn paths(changes: &[(&str, &str)]) -> Vec<String> {
    let text = changes.iter().fold(PARIS_PACT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    check_text(&text).unwrap_err().into_iter().map(|it| it.path.unwrap()).collect()
}

#[test]
fn what_cannot_be_read_and_what_makes_no_sense_are_found_at_once() {
    let found = paths(&[
        ("standing = \"partners\"", "standing = \"friends\""),
        (
            "quorum = \"1/3\"\nsilence_min_hours = 72\n\n# Meets",
            "quorum = 3\nsilence_min_hours = -1\n\n# Meets",
        ),
        ("take_up_days", "takeup_days"),
        ("set_by = \"coordinator\"", "set_by = \"mayor\""),
        ("threshold_percent = 80", "threshold_percent = 300"),
        ("\"cites_provision_in_force\"", "\"cites_something\""),
        (
            "{ task_done = { kind = \"duplication-check\" } }",
            "{ task_done = { knd = \"duplication-check\" } }",
        ),
        ("\"no_open_objection\"", "{ no_open_objection = { days = 1 } }"),
        ("name = \"funding\"", "name = \"appraisal\""),
    ]);
    let expected = [
        "forums[0].standing",
        "forums[0].quorum",
        "forums[0].silence_min_hours",
        "recommendations.takeup_days",
        "recommendations.escalate_to",
        "priorities.set_by",
        "projects.funding.threshold_percent",
        "projects.stages[0].gate[1]",
        "projects.stages[1].gate[1].kind",
        "projects.stages[1].gate[1].knd",
        "projects.stages[1].gate[3]",
        "projects.stages[2].name",
    ];
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_said_that_rests_on_what_cannot_be_read() {
    assert_eq!(paths(&[("roles = [\"chair\",", "roles = [\"The Chair\",")]), ["roles[0]"]);
    assert_eq!(paths(&[("name = \"policy-consultative-group\"", "name = 7")]), ["forums[1].name"]);
    assert_eq!(
        paths(&[("rules = [\"consensus\", \"silence\"]", "rules = [\"agreement\"]")]),
        ["forums[0].rules[0]"]
    );
    assert_eq!(
        paths(&[("tasks = [\n    { kind = \"duplication-check\"", "tasks = [\n    { kind = 1")]).len(),
        1
    );
    assert_eq!(
        paths(&[("on_expiry = \"cancel\"", "on_expiry = \"explode\"")]),
        ["projects.stages[0].on_expiry"]
    );
    assert_eq!(
        paths(&[("deadline_days = 180", "deadline_days = \"long\"")]),
        ["projects.stages[0].deadline_days"]
    );
}

/// The shipped charter with one value that cannot be read in place of another, for each value there is.
fn one_value_unread() -> Vec<String> {
    let mut texts = Vec::new();
    let mut at = 0;
    for line in PARIS_PACT.split_inclusive('\n') {
        let value = |(n, _): &(usize, &str)| line[..*n].ends_with(['=', ' ', '[', '{']);
        let words = line.match_indices(|it: char| it == '"' || it.is_ascii_digit() || it == 't');
        for (n, first) in words.filter(value).filter(|_| !line.starts_with(['#', '[']) && line.contains('='))
        {
            let rest = &line[n..];
            let (end, other) = match first {
                "\"" => (rest[1..].find('"').unwrap() + 2, "7"),
                "t" if rest.starts_with("true") => (4, "7"),
                "t" => continue,
                _ => (rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len()), "\"x y\""),
            };
            texts.push(format!("{}{other}{}", &PARIS_PACT[..at + n], &PARIS_PACT[at + n + end..]));
        }
        at += line.len();
    }
    texts
}

#[test]
fn whatever_cannot_be_read_is_the_only_fault_and_no_made_up_name_is_told() {
    let texts = one_value_unread();
    assert!(texts.len() > 90, "{}", texts.len());
    for text in texts {
        let unread = parse(&text).unwrap_err();
        assert_eq!((unread.len(), &unread), (1, &check_text(&text).unwrap_err()));
        assert!(!unread[0].to_string().contains("unread-"), "{unread:?}");
    }
}

#[test]
fn a_stage_without_a_name_that_can_be_read_is_told_by_its_place() {
    let text = PARIS_PACT.replacen("name = \"implementation\"", "name = 7", 1);
    let found = check_text(&text.replacen("{ percent = 80,", "{ percent = 101,", 1)).unwrap_err();
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(said[0].ends_with("stage 4, closure can never be reached"), "{said:?}");
    assert_eq!(said.len(), 2, "{said:?}");
}

#[test]
fn a_role_in_a_requirement_is_marked_itself() {
    let from = "role = \"recipient\", count";
    let (line, column) = place(from);
    let [fault] = &check_text(&PARIS_PACT.replacen(from, "role = \"mayor\", count", 1)).unwrap_err()[..]
    else {
        panic!("one fault")
    };
    assert_eq!((fault.line, fault.column, fault.width), (line, column + 7, "\"mayor\"".len()), "{fault}");
}

#[test]
fn every_requirement_that_is_there_can_be_written() {
    for kind in RequirementKind::VARIANTS {
        let to = format!("{{ {kind} = {{ }} }},\n    \"cites_provision_in_force\"");
        let faults = check_text(&PARIS_PACT.replacen("\"cites_provision_in_force\"", &to, 1)).unwrap_err();
        assert!(
            !faults.iter().any(|it| it.message.contains("there is no requirement")),
            "{kind}: {faults:?}"
        );
    }
    let faults = spoilt("\"cites_live_priority\"", "\"approvals\"");
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.message.ends_with("write { approvals = { role = ROLE, count = 1 } }"), "{fault}");
}

proptest! {
    #[test]
    fn no_text_is_too_strange_to_be_refused(text in "\\PC*|[\\[\\]={}\"'a-z0-9.\n]*") {
        prop_assert!(check_text(&text).is_err());
    }

    #[test]
    fn a_charter_with_a_hole_is_judged_and_every_place_is_in_the_text(at in 0..PARIS_PACT.len(), n in 1..40_usize) {
        let holed: String = PARIS_PACT.chars().take(at).chain(PARIS_PACT.chars().skip(at + n)).collect();
        for fault in check_text(&holed).err().into_iter().flatten() {
            prop_assert!(fault.line >= 1 && fault.line <= holed.matches('\n').count() + 1, "{}", fault);
            prop_assert!(fault.column >= 1);
        }
    }
}
