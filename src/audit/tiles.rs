//! c2sp.org/tlog-tiles names.

fn number(n: u64) -> String {
    let mut rest = n / 1000;
    let mut text = format!("{:03}", n % 1000);
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn with(width: Option<usize>) -> String {
    width.map_or(String::new(), |it| format!(".p/{it}"))
}

/// A tile's path.
pub fn tile(level: usize, n: u64, width: Option<usize>) -> String {
    format!("tile/{level}/{}{}", number(n), with(width))
}

/// A bundle's path.
pub fn entries(n: u64, width: Option<usize>) -> String {
    format!("tile/entries/{}{}", number(n), with(width))
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// Hashes.
    Hashes {
        /// Level.
        level: usize,
        /// Which.
        n: u64,
        /// Width.
        width: usize,
    },
    /// Entries.
    Entries {
        /// Which.
        n: u64,
        /// Width.
        width: usize,
    },
}

/// Reads a path.
pub fn parse(path: &str) -> Option<Tile> {
    let (path, width) = match path.split_once(".p/") {
        Some((path, width)) => (path, Some(width.parse::<usize>().ok().filter(|it| (1..256).contains(it))?)),
        None => (path, None),
    };
    let rest = path.strip_prefix("tile/")?;
    let (level, digits) = rest.split_once('/')?;
    let mut n = 0u64;
    for part in digits.split('/') {
        let part = part.strip_prefix('x').unwrap_or(part);
        n = n.checked_mul(1000)?.checked_add(part.parse::<u64>().ok()?)?;
    }
    let full = width.unwrap_or(256);
    let found = match level {
        "entries" => Tile::Entries { n, width: full },
        level => Tile::Hashes { level: level.parse().ok().filter(|it| *it < 8)?, n, width: full },
    };
    let again = match found {
        Tile::Entries { n, .. } => entries(n, width),
        Tile::Hashes { level, n, .. } => tile(level, n, width),
    };
    let whole = match width {
        Some(width) => format!("{path}.p/{width}"),
        None => path.to_owned(),
    };
    (again == whole).then_some(found)
}

/// Entries of a bundle.
pub fn split_entries(bundle: &[u8]) -> Vec<Vec<u8>> {
    let (mut entries, mut rest) = (Vec::new(), bundle);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let Some((entry, after)) = after.split_at_checked(u16::from_be_bytes(*length).into()) else { break };
        entries.push(entry.to_vec());
        rest = after;
    }
    entries
}
