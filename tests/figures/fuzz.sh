#!/usr/bin/env bash
# Fuzzes every parser of outside input, guided by coverage: libFuzzer behind bolero, on the stable compiler.
# usage: [JOBS=2] fuzz.sh MINUTES SEED FIGURES [NAME...]
#   Each bolero target of the workspace's libraries runs for MINUTES, JOBS at a time; with NAME those whose package and
#   name contain one. FIGURES gets a JSON line a target. Exit code 1 if one of them did not run to its end.
#   What was found lies in target/fuzz/found, what was learned in target/fuzz/corpus, for the next time.
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=$1 seed=$2 figures=$3
shift 3
folder=$PWD/target/fuzz
target=$(rustc -vV | sed -n 's/^host: //p')
mkdir -p "$folder/found" "$folder/corpus" "$folder/log"

# what cargo-bolero sets, without a sanitizer, which would need a nightly compiler
export RUST_BACKTRACE=0 CARGO_TARGET_DIR=$folder CARGO_PROFILE_DEV_OPT_LEVEL=1
export RUSTFLAGS="--cfg fuzzing --cfg fuzzing_libfuzzer -Cpasses=sancov-module \
-Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Clink-dead-code"

mapfile -t packages < <(cargo metadata --no-deps --locked --format-version 1 | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if any(dependency["name"] == "bolero" for dependency in package["dependencies"]):
        print("--package=" + package["name"])')
echo "fuzz: building ${#packages[@]} packages for coverage" >&2
mapfile -t binaries < <(nice -n 19 cargo test --locked --target "$target" "${packages[@]}" --lib --no-run \
    --message-format=json 2>"$folder/log/build" | python3 -c '
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("profile", {}).get("test") and message.get("executable"):
        print(message["executable"])') || true
[ "${#binaries[@]}" -gt 0 ] || { tail -n 40 "$folder/log/build" >&2; exit 1; }
# its own way of listing targets
mapfile -t targets < <(for binary in "${binaries[@]}"; do
    CARGO_BOLERO_SELECT=all "$binary" --nocapture --test-threads=1 2>/dev/null | grep __bolero_target || true
done | python3 -c '
import json, sys
for line in sys.stdin:
    found = json.loads(line)
    package, test = found["package_name"], found["test_name"]
    if len(sys.argv) == 1 or any(name in f"{package} {test}" for name in sys.argv[1:]):
        print(package, test, found["exe"])' "$@")
[ "${#targets[@]}" -gt 0 ] || { echo "fuzz: no target is called ${*:-anything}" >&2; exit 1; }

one() {
    local package=$1 test=$2 binary=$3 minutes=$4 seed=$5 folder=$6 figures=$7
    local name=$package-${test//::/-}
    local log=$folder/log/$name status=0
    mkdir -p "$folder/corpus/$name"
    # without len_control=0 a parser that takes its time is shown nothing long for as long as it runs
    export BOLERO_LIBFUZZER_ARGS="-max_total_time=$((minutes * 60)) -seed=$seed -max_len=4096 -len_control=0 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix=$folder/found/$name- $folder/corpus/$name"
    nice -n 19 "$binary" "$test" --exact --test-threads=1 --nocapture >"$log" 2>&1 || status=$?
    local ran=0
    python3 - "$package" "$test" "$status" "$log" >>"$figures" <<'PY' || ran=1
import json, re, sys
package, test, status, log = sys.argv[1:]
text = open(log, errors="replace").read()
number = lambda pattern: next(iter(re.findall(pattern, text)), None)
last = lambda pattern: (re.findall(pattern, text) or [None])[-1]
# libFuzzer's own exit codes; above 128 a signal ended it. Any other is a target that could not be run
ends = {0: "done", 70: "too slow", 71: "too much memory", 77: "crash"}
ended = ends.get(int(status), "crash" if int(status) > 128 else "not run")
begun, peak = number(r"rss: (\d+)Mb"), number(r"peak_rss_mb: *(\d+)") or last(r"rss: (\d+)Mb")
counted = {
    "parser": f"{package} {test}",
    "runs": int(number(r"executed_units: *(\d+)") or last(r"#(\d+)\t") or 0),
    "edges": int(last(r"cov: (\d+)") or 0),
    "ended": ended,
    "panics": int(ended not in ("done", "not run")),
    "peak_mib": int(peak or 0),
    # over what the process has before the first input: its code, tables and test material
    "grown_mib": int(peak or 0) - int(begun or 0),
}
print(json.dumps({"figure": "fuzz", "counted": counted}))
sys.exit(ended == "not run")
PY
    echo "fuzz: $package $test, status $status: $(grep -o '^#.*DONE.*' "$log" || tail -n 1 "$log")" >&2
    return "$ran"
}
export -f one
printf '%s\n' "${targets[@]}" |
    xargs -P "${JOBS:-2}" -I{} bash -c 'one {} '"$minutes $seed $folder $figures"
