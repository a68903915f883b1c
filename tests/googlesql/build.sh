#!/usr/bin/env bash
# Builds the analyser into a cache of the user, once for each version of it, and prints its path. The first time takes
# minutes and up to 7 GB of memory: BigQuery's own analyser is compiled. Says in one line on stderr why it cannot.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "$1" >&2
    exit 1
}

command -v go >/dev/null || fail "go is missing: install Go 1.25 or newer, it builds the analyser of SQL"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/topdown/googlesql
version=$({ go env GOVERSION; cat "$here/go.mod" "$here/go.sum" "$here/main.go"; } | sha256sum | cut -c 1-16)
program=$cache/$version/googlesql
mkdir -p "$cache"

# one at a time: tests of several processes may want it at once
exec 9>"$cache/lock"
if command -v flock >/dev/null; then flock 9; fi

if [ ! -x "$program" ]; then
    rm -rf "${cache:?}"/[0-9a-f]*
    mkdir -p "$cache/$version"
    (cd "$here" && go build -o "$program.new" .) >"$cache/log" 2>&1 || fail "go cannot build: $(tail -n 1 "$cache/log")"
    mv "$program.new" "$program"
fi
echo "$program"
