//! A law's graph in Graphviz' language.
use super::graph::{Edge, Graph, Kind, Node};

pub(super) fn written(graph: &Graph) -> Vec<String> {
    let mut lines = vec![
        "digraph charter {".to_owned(),
        format!("    label={}; labelloc=t; fontname=\"Helvetica\"; fontsize=16;", quoted(&graph.title)),
        "    node [fontname=\"Helvetica\", fontsize=11]; edge [fontname=\"Helvetica\", fontsize=10];"
            .to_owned(),
    ];
    lines.extend(graph.nodes.iter().map(node));
    lines.extend(graph.edges.iter().map(edge));
    lines.push("}".to_owned());
    lines
}

fn node(it: &Node) -> String {
    let label = [&[it.title.clone()][..], &it.lines[..]].concat().join("\n");
    let look = match it.kind {
        Kind::Point => "shape=box, style=rounded",
        Kind::Forum => "shape=hexagon",
        Kind::Stage => "shape=box, style=filled, fillcolor=\"#eef2f7\"",
    };
    format!("    {} [label={}, {look}];", quoted(&it.id), quoted(&label))
}

fn edge(it: &Edge) -> String {
    let style = if it.late { ", style=dashed" } else { "" };
    let label = quoted(&it.lines.join("\n"));
    format!("    {} -> {} [label={label}{style}];", quoted(&it.from), quoted(&it.to))
}

/// As a quoted text: only quotes and backslashes need care, and a line break is written out.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
