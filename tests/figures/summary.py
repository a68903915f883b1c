"""Sums what the tests counted into one line of JSON: each figure with its goal and whether it is met.

usage: summary.py LINES SEED SEEDS MINUTES
"""

import json
import subprocess
import sys

NOT_YET = "not yet"


def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False).stdout.strip()


def read(path):
    """Counts by figure; numbers of one name are summed, lists of parsers and stages are kept."""
    sums, parsers, stages = {}, [], {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = json.loads(line)
            name, counted = found["figure"], found["counted"]
            if name == "fuzz":
                parsers.append(counted)
            elif name == "stage":
                stages[counted["name"]] = counted["status"]
            else:
                add(sums.setdefault(name, {}), counted)
    return sums, parsers, stages


def add(total, counted):
    for key, value in counted.items():
        if isinstance(value, dict):
            add(total.setdefault(key, {}), value)
        else:
            total[key] = total.get(key, 0) + value


def row(counted, goal, met):
    """A figure, or `not measured` where its stage left nothing."""
    if not counted:
        return {"goal": goal, "met": False, "found": "not measured"}
    return {**counted, "goal": goal, "met": bool(met(counted))}


def fuzz(parsers, minutes):
    if not parsers:
        return {"goal": "0 panics, 64 MiB", "met": False, "found": "not measured"}
    not_run = [p["parser"] for p in parsers if p["ended"] == "not run"]
    panics, grown = sum(p["panics"] for p in parsers), max(p["grown_mib"] for p in parsers)
    return {
        "minutes": minutes,
        "parsers": len(parsers),
        "runs": sum(p["runs"] for p in parsers),
        "panics": panics,
        "panicked": {p["parser"]: p["ended"] for p in parsers if p["panics"]},
        "not_run": not_run,
        "peak_mib": max(p["peak_mib"] for p in parsers),
        "grown_mib": grown,
        "goal": "0 panics; 64 MiB over an idle process, the fuzzer's own corpus included",
        "met": panics == 0 and not not_run and grown <= 64,
    }


def outside(doors):
    """Doors that untrusted text came to, each with its cases."""
    if not doors:
        return {"goal": "0 through", "met": False, "found": "not measured"}
    cases, through = (sum(door[key] for door in doors.values()) for key in ("cases", "through"))
    return {
        "cases": cases,
        "through": through,
        "doors": doors,
        "goal": "over 300 cases, 0 through",
        "met": cases > 300 and through == 0,
    }


def supply(counted, stages):
    """Dependencies, and what is known against them: not met where nobody could be asked."""
    found = row(counted, "falling; listed; 0", lambda c: not c["unlisted"])
    if "advisories" not in stages:
        found["advisories"] = "not asked: cargo-deny and a network are needed"
    else:
        found["advisories"] = 0 if stages["advisories"] == 0 else "some: see target/figures/advisories.log"
    found["met"] = found["met"] and found["advisories"] == 0
    return found


def main(path, seed, seeds, minutes):
    sums, parsers, stages = read(path)
    figures = {
        "kills": row(sums.get("kills"), "all end, none differs", lambda c: c["ended"] == c["kills"] and not c["differing"]),
        "paid": row(sums.get("paid"), "got = expected, 0 broken", lambda c: c["got"] == c["expected"] and not c["broken"]),
        "messages": row(sums.get("messages"), "0 differing", lambda c: not c["differing"]),
        "input_output": row(sums.get("input_output"), "0 lost", lambda c: not c["lost"]),
        "page_cache": row(sums.get("page_cache"), "0 out of order", lambda c: not c["out_of_order"]),
        "budget": row(sums.get("budget"), "0 cents over", lambda c: not c["over"]),
        "fuzz": fuzz(parsers, int(minutes)),
        "memory": row(sums.get("memory"), "64 MiB", lambda c: c["peak_mib"] <= 64),
        "secrets": row(sums.get("secrets"), "0 hits", lambda c: not c["hits"]),
        "outside": outside(sums.get("outside")),
        "orders": NOT_YET,
        "api": row(sums.get("api"), "10,000 cases, 0 failed", lambda c: c["cases"] >= 10_000 and not c["failed"]),
        "callers": row(sums.get("callers"), "0 wrong allows", lambda c: not c["wrong_allows"]),
        "history": row(sums.get("history"), "all read and replayed", lambda c: not c["failed"]),
        "mistakes": row(sums.get("mistakes"), "all caught", lambda c: c["caught"] == c["planted"]),
        "supply": supply(sums.get("supply"), stages),
    }
    failed = sorted(name for name, status in stages.items() if status)
    line = {
        "commit": git("rev-parse", "HEAD"),
        "changed": bool(git("status", "--porcelain")),
        "seed": int(seed),
        "seeds": int(seeds),
        "failed": failed,
        "figures": figures,
    }
    print(json.dumps(line, ensure_ascii=False))
    met = all(figure == NOT_YET or figure["met"] for figure in figures.values())
    sys.exit(0 if met and not failed else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
