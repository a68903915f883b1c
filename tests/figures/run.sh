#!/usr/bin/env bash
# Measures what must not happen, at full scale, and prints one line of JSON on stdout; progress goes to stderr.
# `./test --figures` calls it; what the options mean stands in its usage.
set -euo pipefail
cd "$(dirname "$0")/../.."

seed=$(date +%s) seeds=20 minutes=10
while [ $# -gt 0 ]; do
    case "$1:${2:-}" in
    --seed:[0-9]*) seed=$2 ;;
    --seeds:[1-9]*) seeds=$2 ;;
    --minutes:[0-9]*) minutes=$2 ;;
    *)
        echo "./test --figures does not know \`$1 ${2:-}\`; see ./test --help" >&2
        exit 2
        ;;
    esac
    shift 2
done

log=target/figures
mkdir -p "$log"
lines=$PWD/$log/lines.jsonl
: >"$lines"
export TOPDOWN_FIGURES=$lines TOPDOWN_TEST_SEED=$seed TOPDOWN_TEST_SEEDS=$seeds RUST_BACKTRACE=0
say() { printf 'figures: %s, %s\n' "$(date +%T)" "$*" >&2; }

# A stage that fails is said, in the line too, and ends no other.
stage() {
    local name=$1 status=0
    shift
    say "$name"
    "$@" >"$log/$name.log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || say "$name failed: see $log/$name.log"
    printf '{"figure":"stage","counted":{"name":"%s","status":%s}}\n' "$name" "$status" >>"$lines"
}

say "seed $seed, $seeds seeds, $minutes minutes a parser; lines collect in $log"
# checks and fail points as in a debug build, and some speed
profile=(--workspace --locked --profile measured)
stage build cargo build "${profile[@]}" --all-targets
[ "$(tail -n 1 "$lines" | grep -c '"status":0')" = 1 ] || exit 1
# what ./test has of each row, and what needs no larger scale
stage samples tests/emulators/run cargo test "${profile[@]}" --test all -- faults:: architecture:: browser::hostile \
    browser::pages::elsewhere api::generated api::callers cloud::tokens ssrf:: infra::mistakes infra::upgrades flows::history
stage budget env PROPTEST_CASES=100000 cargo test "${profile[@]}" --lib -- no_interleaving_spends_more
grep -q '^test .*no_interleaving_spends_more.* ok$' "$log/budget.log" &&
    echo '{"figure":"budget","counted":{"interleavings":100000,"over":0}}' >>"$lines"
stage kills cargo test "${profile[@]}" --test all -- --ignored scale::kills
stage messages cargo test "${profile[@]}" --test all -- --ignored scale::messages
stage input_output cargo test "${profile[@]}" --test all -- --ignored scale::input_output
if [ "$minutes" -gt 0 ]; then
    say "fuzz"
    tests/figures/fuzz.sh "$minutes" "$seed" "$lines" || echo '{"figure":"stage","counted":{"name":"fuzz","status":1}}' >>"$lines"
fi
if command -v cargo-deny >/dev/null; then
    stage advisories cargo deny check advisories
fi
python3 tests/figures/summary.py "$lines" "$seed" "$seeds" "$minutes"
