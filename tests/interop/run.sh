#!/usr/bin/env bash
# Other people's programs verify what we write: run.sh DIR, where DIR is what `cargo run --example sealed_log -- DIR`
# makes. Installs what it needs; what cannot be had is left out, with a line that says so.
set -euo pipefail
dir="$(cd "$1" && pwd)"
cd "$(dirname "$0")"

mod=/usr/share/gocode/src/golang.org/x/mod/sumdb/note
if ! { command -v go && [ -d "$mod" ]; } >/dev/null 2>&1 && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -qy --no-install-recommends golang-go golang-golang-x-mod-dev; } >/dev/null 2>&1 || true
fi
if command -v go >/dev/null && [ -d "$mod" ]; then
    GOPATH=/usr/share/gocode GO111MODULE=off go run check.go "$dir"
else
    echo "golang-go and golang-golang-x-mod-dev cannot be had here: Go's part is left out"
fi

source python.sh
if [ -x "$venv/bin/pip" ] && "$venv/bin/pip" install -q pymerkle==7.0.0 >/dev/null 2>&1; then
    if [ -n "$newer_python" ]; then "$venv/bin/pip" install -q aics-tlog==0.2.1 >/dev/null 2>&1 || true; fi
    "$venv/bin/python" check.py "$dir"
else
    echo "pymerkle cannot be had here: Python's part is left out"
fi
