//! A law's graph in Mermaid's language, for Markdown.
use super::graph::{Edge, Graph, Kind, Node};

pub(super) fn written(graph: &Graph) -> Vec<String> {
    let mut lines = vec!["---".to_owned(), format!("title: {}", quoted(&graph.title))];
    lines.extend(["---".to_owned(), "flowchart TD".to_owned()]);
    lines.extend(graph.nodes.iter().map(node));
    lines.extend(graph.edges.iter().map(edge));
    lines
}

fn node(it: &Node) -> String {
    let said = [
        &[format!("<b>{}</b>", escaped(&it.title))][..],
        &it.lines.iter().map(|it| escaped(it)).collect::<Vec<_>>(),
    ];
    let label = said.concat().join("<br/>");
    let (open, close) = match it.kind {
        Kind::Point => ("([", "])"),
        Kind::Forum => ("{{", "}}"),
        Kind::Stage => ("[", "]"),
    };
    format!("    {}{open}\"{label}\"{close}", it.id)
}

fn edge(it: &Edge) -> String {
    let label = it.lines.iter().map(|it| escaped(it)).collect::<Vec<_>>().join("<br/>");
    let arrow = if it.late { "-.->" } else { "-->" };
    match label.is_empty() {
        true => format!("    {} {arrow} {}", it.from, it.to),
        false => format!("    {} {arrow}|\"{label}\"| {}", it.from, it.to),
    }
}

/// As a text within quotes, which Mermaid reads like HTML.
fn escaped(text: &str) -> String {
    let entity = |it: char| match it {
        '"' => "#quot;".to_owned(),
        '<' => "#lt;".to_owned(),
        '>' => "#gt;".to_owned(),
        '#' => "#35;".to_owned(),
        '\n' | '\r' | '\t' => " ".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(entity).collect()
}

/// As a text of the YAML in front.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
