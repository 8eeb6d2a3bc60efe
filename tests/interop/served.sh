#!/usr/bin/env bash
# Other people's programs on what a real server wrote: served.sh PACTLINE DIR. A witness of somebody else's signs for a
# server's record; the record is exported over the wire, verified by us, and laid out for run.sh, which lets Go and
# Python verify it. What cannot be had here is left out, with a line that says so.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
pactline="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
mkdir -p "$2"
work="$(cd "$2" && pwd)"
source "$here/python.sh"

pids=()
end() { for it in "${pids[@]}"; do kill "$it" 2>/dev/null && wait "$it" || true; done; pids=(); }
trap end EXIT
# What follows "on " in the first line of FILE that says so, once there is one.
address() { # FILE, WHAT
    for _ in $(seq 600); do
        if found="$(sed -n "s|.*$2|| p" "$1" | grep -m1 .)"; then echo "$found"; return; fi
        sleep 0.1
    done
    echo "$1 never said: $2" >&2
    exit 1
}

"$pactline" --data "$work/data" demo >/dev/null
log="$(cat "$work/data/audit/keys")"

witnessed=()
if [ -n "$newer_python" ] && "$venv/bin/pip" install -q aics-witness==0.1.0 >/dev/null 2>&1; then
    export AICS_WITNESS_CONFIG="$work/witness.json"
    port="$("$venv/bin/python" -c 'import socket; it = socket.socket(); it.bind(("127.0.0.1", 0)); print(it.getsockname()[1])')"
    witness="$("$venv/bin/aics-witness" init --name witness.example.org/aics --listen "127.0.0.1:$port" 2>/dev/null)"
    "$venv/bin/aics-witness" add-log --origin "${log%%+*}" --vkey "$log" >/dev/null 2>&1
    "$venv/bin/aics-witness" serve >"$work/witness.out" 2>&1 &
    pids+=($!)
    for _ in $(seq 600); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
        sleep 0.1
    done
    printf 'log %s\nwitness aics %s http://127.0.0.1:%s\nquorum aics\n' "$log" "$witness" "$port" >"$work/policy"
    witnessed=(--witnessed)
else
    echo "aics-witness cannot be had here (it needs Python 3.12): nobody else signs"
    printf 'log %s\nquorum none\n' "$log" >"$work/policy"
fi

"$pactline" --data "$work/data" serve --listen 127.0.0.1:0 --policy "$work/policy" >"$work/server.out" 2>"$work/server.err" &
pids+=($!)
url="$(address "$work/server.out" "listening on ")"
ask() { "$pactline" --server "$url" audit "$@"; }
ask prove UNINFO-115677 "${witnessed[@]}" --out "$work/bundle" >/dev/null
# One event more, so that there are two states of the record that a witness signed.
key="$("$pactline" --json keys generate "$work/partner.pem" --partner | sed 's/.*"key":"\([^"]*\)".*/\1/')"
"$pactline" --server "$url" --actor ana keys propose AUT "$key" --from 2020-01-01T00:00:00Z --until 2199-01-01T00:00:00Z >/dev/null
ask prove AUT "${witnessed[@]}" --out "$work/partner" >/dev/null
echo "the live server: $(ask verify --policy "$work/policy" | tail -1)"
mkdir -p "$work/export.proofs"
"$pactline" --server "$url" --json history | head -40 | sed -n 's/.*"subject":"\([^"]*\)".*/\1/ p' |
    while read -r event; do ask prove "$event" "${witnessed[@]}" --out "$work/export.proofs/$event.tlog-proof" >/dev/null; done
ask export "$work/wire" >/dev/null
end
echo "a project with all that it rests on: $("$pactline" audit check "$work/bundle" --policy "$work/policy" | tail -1)"
echo "what it exported: $("$pactline" audit verify "$work/wire" --policy "$work/policy" | tail -1)"
"$pactline" --data "$work/data" audit export "$work/export" >/dev/null
echo "the export of its folder: $("$pactline" audit verify "$work/export" --policy "$work/policy" | tail -1)"

# As run.sh wants it: the key by itself, and each checkpoint in a file of its own.
cd "$work/export"
cp keys vkey
mv ../export.proofs proofs
mv checkpoints all
mkdir checkpoints
awk -v RS= 'NR % 2 { head = $0; split($0, line, "\n"); next } { note[line[2]] = head "\n\n" $0 "\n" }
    END { for (size in note) printf "%s", note[size] > ("checkpoints/" size) }' all
if [ -n "${witness:-}" ]; then
    echo "$witness" >witness.vkey
    grep -L "— ${witness%%+*} " checkpoints/* | xargs -r rm
fi
# That each of them goes on where the one before it ended, as two files say it without us.
mkdir consistency
printf 'log %s\nquorum none\n' "$log" >"$work/log.policy"
before=""
for it in $(ls checkpoints | sort -n); do
    if [ -n "$before" ]; then
        "$pactline" --data "$work/data" audit consistency "checkpoints/$before" "checkpoints/$it" \
            --policy "$work/log.policy" --out "$work/between" >/dev/null
        sed -n '2,/^$/ { /^$/! p }' "$work/between" >"consistency/$before-$it"
        rm "$work/between"
    fi
    before="$it"
done
bash "$here/run.sh" "$work/export"
