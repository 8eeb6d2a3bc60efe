//! Which bytes of a SQLite file say nothing: sqlite.org/fileformat2.html, sections 1.3 and 1.6.
use std::ops::Range;

/// What a byte is that nothing reads; `None` for all that says something.
pub fn unread(file: &[u8], at: usize) -> Option<&'static str> {
    let size = usize::from(u16::from_be_bytes([file[16], file[17]]));
    if at < 100 {
        return header(at);
    }
    let (page, at) = (&file[at / size * size..][..size], (at / size, at % size));
    let start = if at.0 == 0 { 100 } else { 0 };
    free(page, start, at.1)
}

fn header(at: usize) -> Option<&'static str> {
    let fields: [(Range<usize>, &str); 5] = [
        (24..28, "the file's change counter"),
        (44..47, "the upper bytes of the schema's format, of which only the last is looked at"),
        (72..92, "reserved for expansion"),
        (92..96, "the counter of the last change's version"),
        (96..100, "the version that wrote last"),
    ];
    fields.into_iter().find(|(it, _)| it.contains(&at)).map(|(_, what)| what)
}

/// Bytes of a page of a tree that no cell uses.
fn free(page: &[u8], start: usize, at: usize) -> Option<&'static str> {
    let two = |at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
    let interior = match page[start] {
        2 | 5 => true,
        10 | 13 => false,
        _ => return None,
    };
    let pointers = start + if interior { 12 } else { 8 } + 2 * two(start + 3);
    let cells = match two(start + 5) {
        0 => 65_536,
        it => it,
    };
    if (pointers..cells).contains(&at) {
        return Some("a page's free space");
    }
    if page[start] == 13 && is_alias(page, start, at) {
        return Some("what a row says of its key, which is the row's own number");
    }
    let mut block = two(start + 1);
    while block != 0 {
        // Its first four bytes say where the next is and how long it is.
        if (block + 4..block + two(block + 2)).contains(&at) {
            return Some("a page's free space");
        }
        block = two(block);
    }
    None
}

/// The type of the first column in the header of a row: in all of our tables it is the key, which is not stored there.
fn is_alias(page: &[u8], start: usize, at: usize) -> bool {
    let two = |at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
    // The schema's own table, on the first page, has no such column.
    start == 0
        && (0..two(start + 3)).any(|n| {
            let cell = two(start + 8 + 2 * n);
            let row = after_number(page, after_number(page, cell));
            at == after_number(page, row)
        })
}

/// Where the number of variable length that begins at `at` has ended.
fn after_number(page: &[u8], at: usize) -> usize {
    at + page[at..].iter().take(8).take_while(|it| **it >= 0x80).count() + 1
}
