#!/usr/bin/env bash
# Makes a Python environment of what others wrote, once for each list of pins, and prints the path of its interpreter.
# The list is that of the clients beside this script unless another is named. Says in one line on stderr why it cannot.
set -euo pipefail

usage="usage: setup.sh FOLDER [PINS]"
folder=${1:?$usage}
pins=${2:-$(cd "$(dirname "$0")" && pwd)/requirements.txt}

fail() {
    echo "$1" >&2
    exit 1
}

command -v python3 >/dev/null || fail "python3 is missing"
mkdir -p "$folder"
stamp="$(python3 --version) $(sha256sum <"$pins")"
python=$folder/venv/bin/python

# one at a time: tests of several processes may want it at once
exec 9>"$folder/lock"
if command -v flock >/dev/null; then flock 9; fi

if [ "$(cat "$folder/stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "$folder/venv" "$folder/stamp"
    python3 -m venv "$folder/venv" >"$folder/log" 2>&1 || fail "python3 cannot make an environment (python3-venv)"
    "$python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps --only-binary=:all: \
        --requirement "$pins" >>"$folder/log" 2>&1 || fail "pip cannot install: $(tail -n 1 "$folder/log")"
    "$python" -m pip check --disable-pip-version-check >>"$folder/log" 2>&1 || fail "pins do not fit: $(tail -n 1 "$folder/log")"
    echo "$stamp" >"$folder/stamp"
fi
echo "$python"
