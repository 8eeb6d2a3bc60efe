#!/usr/bin/env bash
# Imports the real data, where it is at hand, and compares the totals with what was measured on the files.
# usage: tests/acceptance.sh PATH-TO-pactline WORK-FOLDER
set -euo pipefail
pactline="$1"
work="$2"
data="$(cd "$(dirname "$0")/.." && pwd)/../shared/data"
if [ ! -d "$data" ]; then
    echo "skipped: the real data is not here (looked for ../shared/data)"
    exit 0
fi
run() { "$pactline" --data "$work/real" --json "$@"; }
field() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
sum_of() { python3 -c "import json,sys; it=json.load(sys.stdin); print(it['recorded']+it['unchanged']+it['rejected'])"; }
expect() { # what, found, wanted
    if [ "$2" != "$3" ]; then
        echo "$1: $2, and it should be $3" >&2
        exit 1
    fi
    echo "$1: $2"
}

"$pactline" demo --data "$work/real" >/dev/null

first="$(run import uninfo "$data/uninfo/uninfo_unodc_projects.jsonl" --charter paris-pact)"
expect "interventions read" "$(field "['read']" <<<"$first")" 625
expect "interventions mapped + rejected" "$(sum_of <<<"$first")" 625
expect "interventions rejected" "$(field "['rejected']" <<<"$first")" 0
expect "required, USD" "$(field "['totals']['required']" <<<"$first")" 385101202
expect "available, USD" "$(field "['totals']['available']" <<<"$first")" 288282031
expect "spent, USD" "$(field "['totals']['spent']" <<<"$first")" 187665156
expect "in partner countries" "$(field "['partner_countries']['projects']" <<<"$first")" 122
expect "their countries" "$(field "['partner_countries']['countries']" <<<"$first")" 17
expect "their required, USD" "$(field "['partner_countries']['required']" <<<"$first")" 112201669
expect "their available, USD" "$(field "['partner_countries']['available']" <<<"$first")" 57636577
expect "their spent, USD" "$(field "['partner_countries']['spent']" <<<"$first")" 38211409
again="$(run import uninfo "$data/uninfo/uninfo_unodc_projects.jsonl" --charter paris-pact)"
expect "second run, recorded" "$(field "['recorded']" <<<"$again")" 0
expect "second run, unchanged" "$(field "['unchanged']" <<<"$again")" 625

# Rows that cannot be mapped make the program end with an answer of no; how many there are is checked here.
first="$(run import mandates "$data/mandates/unodc_legislative_mandates_ppb2026.csv" || true)"
expect "citations read" "$(field "['read']" <<<"$first")" 431
expect "mapped + rejected" "$(sum_of <<<"$first")" 431
rejected="$(field "['rejected']" <<<"$first")"
again="$(run import mandates "$data/mandates/unodc_legislative_mandates_ppb2026.csv" || true)"
expect "second run, recorded" "$(field "['recorded']" <<<"$again")" 0
expect "second run, rejected" "$(field "['rejected']" <<<"$again")" "$rejected"

"$pactline" --data "$work/real" replay >/dev/null && echo "every view equals its replay"
