// What golang.org/x/mod/sumdb makes of a sealed log: GOPATH=/usr/share/gocode GO111MODULE=off go run check.go DIR
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// folder reads tiles as tlog-tiles lays them out, which is Go's layout without the height.
type folder string

func (dir folder) Height() int { return 8 }

func (dir folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(dir), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (dir folder) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error, what ...any) {
	if err != nil {
		log.Fatalf("%v: %v", fmt.Sprint(what...), err)
	}
}

func read(path ...string) []byte {
	data, err := os.ReadFile(filepath.Join(path...))
	must(err)
	return data
}

func matching(path ...string) []string {
	found, err := filepath.Glob(filepath.Join(path...))
	must(err)
	return found
}

func hashes(text string) (all []tlog.Hash) {
	for _, line := range strings.Fields(text) {
		hash, err := tlog.ParseHash(line)
		must(err, line)
		all = append(all, hash)
	}
	return all
}

// open verifies the log's signature and gives origin, size and root.
func open(signed []byte, key note.Verifier) tlog.Tree {
	opened, err := note.Open(signed, note.VerifierList(key))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != key.Name() {
		log.Fatalf("origin %q is not %q", lines[0], key.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// entries are the leaf records of the tree, from its bundles.
func entries(dir string, size int64) (all [][]byte) {
	for n := int64(0); int64(len(all)) < size; n++ {
		tile := tlog.Tile{H: 8, L: -1, N: n, W: 256}
		if left := size - 256*n; left < 256 {
			tile.W = int(left)
		}
		left := read(dir, strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		for len(left) > 0 {
			length := binary.BigEndian.Uint16(left)
			all = append(all, left[2:2+length])
			left = left[2+length:]
		}
	}
	return all
}

func main() {
	dir := os.Args[1]
	key, err := note.NewVerifier(strings.TrimSpace(string(read(dir, "vkey"))))
	must(err, "vkey")
	head := open(read(dir, "checkpoint"), key)
	reader := tlog.TileHashReader(head, folder(dir))

	all := entries(dir, head.N)
	if int64(len(all)) != head.N {
		log.Fatalf("%d entries where %d belong", len(all), head.N)
	}
	for n, entry := range all {
		proof, err := tlog.ProveRecord(head.N, int64(n), reader)
		must(err, "proof of ", n)
		must(tlog.CheckRecord(proof, head.N, head.Hash, int64(n), tlog.RecordHash(entry)), "inclusion of ", n)
	}
	fmt.Printf("go: %d entries are in the tree of the checkpoint\n", len(all))

	trees := map[int64]tlog.Tree{}
	for _, path := range matching(dir, "checkpoints", "*") {
		tree := open(read(path), key)
		trees[tree.N] = tree
		root, err := tlog.TreeHash(tree.N, reader)
		must(err, path)
		if root != tree.Hash {
			log.Fatalf("%s: the root is %v", path, root)
		}
	}
	fmt.Printf("go: %d checkpoints have the roots of their sizes\n", len(trees))

	consistent := matching(dir, "consistency", "*")
	if len(consistent) == 0 {
		log.Fatal("there is no consistency proof to check")
	}
	for _, path := range consistent {
		var from, to int64
		_, err := fmt.Sscanf(filepath.Base(path), "%d-%d", &from, &to)
		must(err, path)
		must(tlog.CheckTree(hashes(string(read(path))), to, trees[to].Hash, from, trees[from].Hash), path)
	}
	fmt.Printf("go: %d consistency proofs hold\n", len(consistent))

	proofs := matching(dir, "proofs", "*.tlog-proof")
	for _, path := range proofs {
		part, signed, _ := strings.Cut(string(read(path)), "\n\n")
		lines := strings.Split(part, "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" {
			log.Fatalf("%s: %s", path, lines[0])
		}
		extra, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
		must(err, path)
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
		must(err, path)
		tree := open([]byte(signed), key)
		must(tlog.CheckRecord(hashes(strings.Join(lines[3:], "\n")), tree.N, tree.Hash, index, tlog.RecordHash(all[index])), path)
		if !bytes.Contains(extra, all[index]) {
			log.Fatalf("%s does not carry its leaf", path)
		}
	}
	fmt.Printf("go: %d proofs hold\n", len(proofs))
}
