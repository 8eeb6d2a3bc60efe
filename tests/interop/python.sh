# Sourced: `venv` is a folder with a Python of its own, `newer_python` is empty where that is older than 3.12.
new_enough() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }
newer_python=""
for it in python3 python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    if new_enough "$it"; then newer_python="$it"; break; fi
done
venv="${TMPDIR:-/tmp}/pactline-ci-venv"
"${newer_python:-python3}" -m venv "$venv" >/dev/null 2>&1 || newer_python=""
