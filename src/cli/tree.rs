//! A graph of what rests on what, as a tree: a step met again is named and not unfolded again.
use super::out;
use std::collections::HashSet;
use std::io;

/// From, to, and in which way.
pub(super) type Edge<'a> = (usize, usize, &'a str);

/// A node that is about to be written.
pub(super) struct Asked<'a> {
    /// Which it is.
    pub(super) node: usize,
    /// In which way it is rested on; empty at the top.
    pub(super) way: &'a str,
    /// How many columns there are for it.
    pub(super) room: usize,
    /// Whether it is unfolded further up: then its name is enough.
    pub(super) again: bool,
}

/// What a node says of itself.
pub(super) type Lines<'a> = &'a dyn Fn(&Asked<'_>) -> Vec<String>;

/// Writes the tree under node 0.
pub(super) fn print(edges: &[Edge<'_>], lines: Lines<'_>) -> io::Result<()> {
    written(edges, lines, out::columns()).into_iter().try_for_each(out::line)
}

/// How wide a corner or a bar is.
const BAR: usize = 3;

/// One node still to be written.
struct Step {
    node: usize,
    /// What stands before the first line, and before the others.
    first: String,
    rest: String,
    way: String,
}

fn written(edges: &[Edge<'_>], lines: Lines<'_>, columns: usize) -> Vec<String> {
    let mut written = Vec::new();
    let mut met = HashSet::new();
    let mut open = vec![Step { node: 0, first: String::new(), rest: String::new(), way: String::new() }];
    while let Some(step) = open.pop() {
        let again = !met.insert(step.node);
        let below: Vec<&Edge<'_>> = edges.iter().filter(|(from, _, _)| *from == step.node).collect();
        let bar = if below.is_empty() || again { "   " } else { "│  " };
        let room = columns.saturating_sub(step.rest.chars().count() + BAR);
        let mut said = lines(&Asked { node: step.node, way: &step.way, room, again });
        if again && let Some(line) = said.last_mut() {
            line.push_str(&out::faint(" (above)"));
        }
        for (n, line) in said.into_iter().enumerate() {
            let lead = if n == 0 { step.first.clone() } else { format!("{}{bar}", step.rest) };
            written.push(format!("{lead}{line}"));
        }
        if again {
            continue;
        }
        let last = below.len().saturating_sub(1);
        for (n, (_, to, way)) in below.iter().enumerate().rev() {
            let (corner, rail) = if n == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            open.push(Step {
                node: *to,
                first: format!("{}{corner}", step.rest),
                rest: format!("{}{rail}", step.rest),
                way: (*way).to_owned(),
            });
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_two_rest_on_is_unfolded_once() {
        let edges = [(0, 1, "a"), (0, 2, "b"), (1, 3, "c"), (2, 3, "c"), (3, 4, "d")];
        let lines = |it: &Asked<'_>| match it.again {
            true => vec![format!("n{}", it.node)],
            false => vec![format!("n{}", it.node), format!("more of n{}", it.node)],
        };
        let plain = anstream::adapter::strip_str(&written(&edges, &lines, 80).join("\n")).to_string();
        let wanted = "n0\n│  more of n0\n├─ n1\n│  │  more of n1\n│  └─ n3\n│     │  more of n3\n│     \
                      └─ n4\n│           more of n4\n└─ n2\n   │  more of n2\n   └─ n3 (above)";
        assert_eq!(plain, wanted);
    }
}
