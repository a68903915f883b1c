# BigQuery: bqemulator, with a REST and a gRPC port, in a Python environment of its own.
# shellcheck shell=bash

bigquery_pins=(bqemulator==1.4.0 numpy duckdb==1.5.5 duckdb-extension-spatial==1.5.5 duckdb-extension-avro==1.5.5)

given() { [ -n "${BIGQUERY_EMULATOR_HOST:-}" ]; }

install() {
    package python3 python3 python3-venv
    python3 -c 'import ensurepip' 2>/dev/null || package ensurepip python3-venv
    local folder=$EMULATOR_CACHE/bqemulator stamp
    stamp="$(python3 --version) ${bigquery_pins[*]}"
    [ "$(cat "$folder/stamp" 2>/dev/null)" != "$stamp" ] || return 0
    rm -rf "$folder"
    python3 -m venv "$folder" || fail "python3 cannot make an environment: install python3-venv"
    "$folder/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "${bigquery_pins[@]}"
    # it loads DuckDB's extensions at start and would fetch them; its home is the environment
    HOME=$folder "$folder/bin/python" - <<'PYTHON'
import duckdb, importlib.util, pathlib
for name in ("spatial", "avro"):
    package = pathlib.Path(importlib.util.find_spec(f"duckdb_extension_{name}").origin).parent
    file = next(package.rglob(f"{name}.duckdb_extension"))
    duckdb.connect().execute(f"INSTALL '{file}'")
PYTHON
    echo "$stamp" >"$folder/stamp"
}

# For load jobs gs://BUCKET/OBJECT is the file BUCKET/OBJECT in the folder that the storage emulator keeps.
start() {
    mkdir -p "$EMULATOR_WORK/buckets"
    export HOME=$EMULATOR_CACHE/bqemulator BQEMU_GCS_LOCAL_ROOT=$EMULATOR_WORK/buckets
    exec "$HOME/bin/python" "$(dirname "${BASH_SOURCE[0]}")/one_thread.py" start --project demo --log-format console \
        --rest-host 127.0.0.1 --rest-port "$1" --grpc-host 127.0.0.1 --grpc-port "$2"
}

address() {
    export BIGQUERY_EMULATOR_HOST=http://127.0.0.1:$1 BIGQUERY_STORAGE_EMULATOR_HOST=127.0.0.1:$2
}
