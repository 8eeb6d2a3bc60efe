#!/usr/bin/env bash
# The chart, rendered in each of its modes and checked against the schemas of Kubernetes. Installs what it needs; what
# cannot be had is left out, with a line that says so.
set -euo pipefail
cd "$(dirname "$0")"
libraries=/usr/share/gocode/src
if ! { command -v go && [ -d "$libraries/github.com/Masterminds/sprig" ]; } >/dev/null 2>&1 && command -v apt-get >/dev/null; then
    { apt-get update -q && apt-get install -qy --no-install-recommends golang-go golang-github-masterminds-sprig-dev golang-gopkg-yaml.v3-dev; } >/dev/null 2>&1 || true
fi
venv="${TMPDIR:-/tmp}/pactline-ci-chart"
if ! { [ -d "$libraries/github.com/Masterminds/sprig" ] && python3 -m venv "$venv" && "$venv/bin/pip" install -q kubernetes-validate==1.37.0; } >/dev/null 2>&1; then
    echo "Go with sprig, or kubernetes-validate, cannot be had here: the chart is not rendered"
    exit 0
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export GOPATH=/usr/share/gocode GO111MODULE=off
go build -o "$work/render" render.go

# Renders one mode, checks it, and that it says what it should: mode NAME SETTINGS... -- EXPECTED...
mode() {
    local name="$1" settings=()
    shift
    while [ "$1" != -- ]; do settings+=("$1") && shift; done
    shift
    "$work/render" ../chart "${settings[@]}" >"$work/$name.yaml"
    "$venv/bin/kubernetes-validate" --strict --quiet "$work/$name.yaml"
    for expected in "$@"; do
        grep -qF -- "$expected" "$work/$name.yaml" || { echo "$name: the manifests do not say: $expected" >&2; exit 1; }
    done
    echo "chart, $name: Kubernetes takes it"
}
mode alone -- "replicas: 1" "maxUnavailable: 0"
mode shared "log.url=esdb://kurrentdb:2113?tls=true" "log.secret=pactline-log" "notarySecret=pactline-notary" -- \
    "replicas: 3" "maxUnavailable: 1" "value: \"esdb://kurrentdb:2113?tls=true\"" "secretName: pactline-log" \
    "mountPath: /notary" "PACTLINE_LOG_CA"
mode public "log.url=esdb://kurrentdb:2113" "log.secret=pactline-log" "log.hasCa=false" "storage.className=fast" \
    "image.tag=0.1.1" -- "storageClassName: fast" "image: \"pactline:0.1.1\""
if "$work/render" ../chart log.uri=typo >/dev/null 2>&1; then
    echo "a value that the chart does not have was taken" >&2
    exit 1
fi
