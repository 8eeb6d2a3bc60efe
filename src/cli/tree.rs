//! A graph of what rests on what, as a tree: a step met again is named and not unfolded again.
use super::out;
use std::collections::HashSet;
use std::io;

/// From, to, and in which way.
pub(super) type Edge<'a> = (usize, usize, &'a str);

/// Writes the tree under node 0. `lines` says what a node is, after what is put before its first line.
pub(super) fn print(edges: &[Edge<'_>], lines: &dyn Fn(usize, &str) -> Vec<String>) -> io::Result<()> {
    written(edges, lines).into_iter().try_for_each(out::line)
}

/// One node still to be written.
struct Step {
    node: usize,
    /// What stands before the first line, and before the others.
    first: String,
    rest: String,
    way: String,
}

fn written(edges: &[Edge<'_>], lines: &dyn Fn(usize, &str) -> Vec<String>) -> Vec<String> {
    let mut written = Vec::new();
    let mut met = HashSet::new();
    let mut open = vec![Step { node: 0, first: String::new(), rest: String::new(), way: String::new() }];
    while let Some(step) = open.pop() {
        let again = !met.insert(step.node);
        let below: Vec<&Edge<'_>> = edges.iter().filter(|(from, _, _)| *from == step.node).collect();
        let bar = if below.is_empty() || again { "   " } else { "│  " };
        for (n, line) in lines(step.node, &step.way).into_iter().enumerate() {
            match n {
                0 if again => written.push(format!("{}{line} {}", step.first, out::faint("(see above)"))),
                0 => written.push(format!("{}{line}", step.first)),
                _ if again => {}
                _ => written.push(format!("{}{bar}{line}", step.rest)),
            }
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
                way: out::faint(format_args!("{way}: ")),
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
        let lines = |node: usize, _: &str| vec![format!("n{node}"), format!("more of n{node}")];
        let plain = anstream::adapter::strip_str(&written(&edges, &lines).join("\n")).to_string();
        let wanted = "n0\n│  more of n0\n├─ n1\n│  │  more of n1\n│  └─ n3\n│     │  more of n3\n│     \
                      └─ n4\n│           more of n4\n└─ n2\n   │  more of n2\n   └─ n3 (see above)";
        assert_eq!(plain, wanted);
    }
}
