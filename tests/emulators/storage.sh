# Cloud Storage: fake-gcs-server, built from source.
# shellcheck shell=bash

storage_version=v1.56.1

given() { [ -n "${STORAGE_EMULATOR_HOST:-}" ]; }

install() {
    local folder=$EMULATOR_CACHE/fake-gcs-server-$storage_version
    [ ! -x "$folder/fake-gcs-server" ] || return 0
    command -v go >/dev/null || fail "go is missing: install Go 1.24 or newer, it builds fake-gcs-server"
    GOBIN=$folder go install "github.com/fsouza/fake-gcs-server@$storage_version"
}

# Its buckets are folders that bqemulator reads for load jobs.
start() {
    mkdir -p "$EMULATOR_WORK/buckets"
    exec "$EMULATOR_CACHE/fake-gcs-server-$storage_version/fake-gcs-server" -scheme http -host 127.0.0.1 -port "$1" \
        -backend filesystem -filesystem-root "$EMULATOR_WORK/buckets" -public-host "127.0.0.1:$1" -external-url "http://127.0.0.1:$1" -log-level warn
}

address() { export STORAGE_EMULATOR_HOST=http://127.0.0.1:$1; }
