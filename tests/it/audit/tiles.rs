//! The tree as files: the paths and widths that c2sp.org/tlog-tiles describes.
use super::grown::{Grown, content};
use pactline::audit::*;
use std::collections::BTreeSet;

#[test]
fn a_tile_is_where_the_specification_says() {
    let at = |kind, index, width| TilePath { kind, index, width };
    for (path, text) in [
        (at(TileKind::Hashes(0), 0, 256), "tile/0/000"),
        (at(TileKind::Hashes(3), 999, 1), "tile/3/999.p/1"),
        (at(TileKind::Hashes(1), 1000, 256), "tile/1/x001/000"),
        (at(TileKind::Hashes(0), 1_234_067, 5), "tile/0/x001/x234/067.p/5"),
        (at(TileKind::Entries, 1_234_067, 255), "tile/entries/x001/x234/067.p/255"),
    ] {
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse(), Ok(path));
    }
}

#[test]
fn a_path_has_one_spelling() {
    for text in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/xx01/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/+1",
        "tile/0/+01",
        "tile/0/../000",
        "tile/entries/000/",
        "/tile/0/000",
        "tile/data/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(text.parse::<TilePath>().is_err(), "{text}");
    }
}

#[test]
fn the_tiles_of_the_specification_s_example() {
    let of = |kind: fn(u8) -> TileKind, level| -> Vec<TilePath> {
        TilePath::new_since(0, 70_000).filter(|it| it.kind == kind(level)).collect()
    };
    let widths =
        |it: Vec<TilePath>| (it.iter().filter(|it| it.width == 256).count(), it.last().unwrap().width);
    assert_eq!(widths(of(TileKind::Hashes, 0)), (273, 112));
    assert_eq!(widths(of(TileKind::Hashes, 1)), (1, 17));
    assert_eq!(widths(of(TileKind::Hashes, 2)), (0, 1));
    assert!(of(TileKind::Hashes, 3).is_empty());
    assert_eq!(widths(of(|_| TileKind::Entries, 0)), (273, 112));
    let small: Vec<String> = TilePath::new_since(0, 256).map(|it| it.to_string()).collect();
    assert_eq!(small, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
}

#[test]
fn a_tree_writes_the_tiles_of_its_size_and_no_others() {
    for (old, new) in
        [(0, 1), (0, 255), (255, 256), (0, 256), (256, 257), (300, 300), (300, 301), (200, 1100)]
    {
        let (before, after) = (Grown::to(old), Grown::to(old));
        let mut tree = after.tree;
        let mut written = BTreeSet::new();
        for it in old..new {
            written.extend(tree.append(hash_leaf(&content(it))).into_iter().map(|(path, _)| path));
        }
        written.extend(tree.partial_tiles().into_iter().map(|(path, _)| path));
        written.retain(|it| !before.written.contains_key(it));
        let named = TilePath::new_since(old, new).filter(|it| it.kind != TileKind::Entries);
        assert_eq!(written, named.collect(), "from {old} to {new}");
    }
}

#[test]
fn a_tree_read_back_from_its_tiles_goes_on_as_if_nothing_had_happened() {
    let grown = Grown::to(700);
    for size in (0..=700).step_by(7).chain([255, 256, 257, 511, 512, 513]) {
        let mut tree = TiledTree::restore(size, &grown).unwrap();
        assert_eq!(tree.head(), grown.head(size));
        for it in size..700 {
            for (path, bytes) in tree.append(hash_leaf(&content(it))).into_iter().chain(tree.partial_tiles())
            {
                assert_eq!(grown.written[&path], bytes);
            }
        }
        assert_eq!(tree.head(), grown.head(700));
    }
}

/// Old partial tiles may be deleted: the full one has all that they had.
#[test]
fn old_trees_are_proven_from_full_tiles() {
    let mut grown = Grown::to(600);
    grown.written.retain(|path, _| path.width == 256 || TilePath::new_since(0, 600).any(|it| it == *path));
    for size in [1, 100, 255, 300, 511, 600] {
        let nodes = TiledNodes::new(&grown, size);
        let proof = prove_inclusion(&nodes, size / 2, size).unwrap();
        assert_eq!(
            verify_inclusion(grown.leaves[size as usize / 2], size / 2, &grown.head(size), &proof),
            Ok(())
        );
    }
}

#[test]
fn a_tile_of_the_wrong_size_is_named() {
    let mut grown = Grown::to(300);
    let path: TilePath = "tile/0/001.p/44".parse().unwrap();
    grown.written.get_mut(&path).unwrap().pop();
    let error = prove_inclusion(&TiledNodes::new(&grown, 300), 299, 300).unwrap_err();
    assert_eq!(error.to_string(), "tile/0/001.p/44 has 1407 bytes where 1408 belong");
}

#[test]
fn a_bundle_has_the_records_it_was_made_of() {
    let records: [&[u8]; 3] = [b"one", b"", b"three"];
    let bundle = encode_entries(records).unwrap();
    assert_eq!(bundle, b"\0\x03one\0\0\0\x05three");
    assert_eq!(decode_entries(&bundle, 3).unwrap(), records);
    assert!(decode_entries(&bundle, 2).is_err());
    assert!(decode_entries(&bundle, 4).is_err());
    for end in 0..bundle.len() {
        assert!(decode_entries(&bundle[..end], 3).is_err(), "cut at {end}");
    }
    assert!(encode_entries([&[0; 65_536][..]]).is_err());
}
