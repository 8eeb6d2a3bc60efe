"""What aics-tlog and pymerkle, from PyPI, make of a sealed log: python check.py DIR. aics-tlog needs Python 3.12."""

import base64
import sys
from pathlib import Path

import pymerkle

try:
    import aics_tlog
except ImportError:
    aics_tlog = None


def entries(folder: Path) -> list[bytes]:
    """The leaf records, from the entry bundles in their order."""
    found = []
    bundles = folder.glob("tile/entries/**/*")
    for bundle in sorted(it for it in bundles if it.is_file()):
        left = bundle.read_bytes()
        while left:
            length = int.from_bytes(left[:2], "big")
            found.append(left[2 : 2 + length])
            left = left[2 + length :]
    return found


def head(path: Path) -> tuple[str, int, bytes]:
    """Origin, size and root, believed or not."""
    origin, size, root = path.read_text().split("\n")[:3]
    return origin, int(size), base64.b64decode(root)


def hashes(text: str) -> list[bytes]:
    return [base64.b64decode(it) for it in text.split()]


def roots(folder: Path) -> None:
    """pymerkle grows a tree of the same records."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    records = entries(folder)
    for record in records:
        tree.append_entry(record)
    checkpoints = [folder / "checkpoint", *folder.glob("checkpoints/*")]
    for path in checkpoints:
        _, size, root = head(path)
        assert tree.get_root(size) == root, f"{path}: another root"
    print(f"pymerkle: {len(checkpoints)} checkpoints have the roots of {len(records)} records")


def everything(folder: Path) -> None:
    """aics-tlog verifies signatures, cosignatures, tiles and proofs."""
    key = aics_tlog.parse_vkey((folder / "vkey").read_text().strip())
    witnesses = [aics_tlog.parse_vkey(it.read_text().strip()) for it in folder.glob("witness.vkey")]

    def verified(note: str):
        quorum = len(witnesses)
        found = aics_tlog.verify_checkpoint(aics_tlog.parse_note(note), key, witnesses, quorum, expected_origin=key.name)
        assert found.ok, found.error
        return found

    known = {}
    for path in [folder / "checkpoint", *folder.glob("checkpoints/*")]:
        found = verified(path.read_text())
        known[found.size] = found.root
    print(f"aics-tlog: {len(known)} checkpoints are signed, by {len(witnesses)} witnesses too")

    newest = verified((folder / "checkpoint").read_text())
    reader = aics_tlog.FileSystemTileReader(folder)
    audited = aics_tlog.audit_tiles(reader, newest.size, newest.root)
    print(f"aics-tlog: {audited.tiles} tiles and {audited.bundles} entry bundles are those of the checkpoint")

    consistent = list(folder.glob("consistency/*"))
    assert consistent, "there is no consistency proof to check"
    for path in consistent:
        old, new = map(int, path.name.split("-"))
        assert aics_tlog.verify_consistency(old, new, known[old], known[new], hashes(path.read_text())), path
    records = entries(folder)
    proofs = list(folder.glob("proofs/*.tlog-proof"))
    for path in proofs:
        part, note = path.read_text().split("\n\n", 1)
        lines = part.split("\n")
        index = int(next(it for it in lines if it.startswith("index ")).removeprefix("index "))
        path_hashes = hashes("\n".join(it for it in lines if " " not in it and it != lines[0]))
        found = verified(note)
        leaf = aics_tlog.leaf_hash(records[index])
        assert aics_tlog.verify_inclusion(leaf, index, found.size, path_hashes, found.root), path
        other = aics_tlog.leaf_hash(b"this never happened")
        assert not aics_tlog.verify_inclusion(other, index, found.size, path_hashes, found.root), path
    print(f"aics-tlog: {len(consistent)} consistency proofs and {len(proofs)} proofs hold")


folder = Path(sys.argv[1])
roots(folder)
if aics_tlog:
    everything(folder)
else:
    print("aics-tlog is not here (it needs Python 3.12): its part is left out")
