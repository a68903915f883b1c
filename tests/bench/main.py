"""The figures that Topdown is to reach, each beside its target; a named peer is measured in the same run, in turn
with this program. CPU seconds are user and system time. Wall times are marked: other work on the machine moves them.
"""

import argparse
import json
import sys

import chart
import cold_start
import collector
import flow_overhead
import functions
import indicators
import machine
import newcomer
import report

FIGURES = {
    "flow-overhead": flow_overhead.measure,
    "collector": collector.measure,
    "cold-start": cold_start.measure,
    "functions": functions.measure,
    "indicators": indicators.measure,
    "chart": chart.measure,
    "newcomer": newcomer.measure,
    "monitor": lambda bench: [report.not_yet("monitor", "1000 symbols x Flow 7", "memory flat, no step lost")],
}


def rounds(text):
    number = int(text)
    if not 1 <= number <= 99:
        raise ValueError
    return number


def arguments(words):
    parser = argparse.ArgumentParser(prog="./bench", description=__doc__.replace("\n", " "), allow_abbrev=False)
    parser.add_argument("figure", nargs="*", metavar="FIGURE", help=f"one of {', '.join(FIGURES)}; all unless told")
    parser.add_argument("--json", action="store_true", help="print one line of JSON; progress goes to stderr")
    parser.add_argument("--newcomer", action="store_true", help="also build a fresh clone from an empty target folder")
    parser.add_argument("--rounds", type=rounds, default=5, metavar="N", help="rounds of each measurement, 1 to 99 (5)")
    chosen = parser.parse_args(words)
    for name in chosen.figure:
        if name not in FIGURES:
            parser.error(f"`{name}` is no figure: {', '.join(FIGURES)}")
    return chosen


def main():
    chosen = arguments(sys.argv[1:])
    with machine.Bench(chosen.rounds, chosen.newcomer) as bench:
        rows = []
        for name in chosen.figure or FIGURES:
            machine.say(f"measuring {name}")
            found = FIGURES[name](bench)
            rows += found
            if not chosen.json:
                report.show(found)
        if chosen.json:
            print(json.dumps(report.document(rows)))
        else:
            report.close(rows)


if __name__ == "__main__":
    try:
        main()
    except machine.Trouble as trouble:
        sys.exit(f"error: {trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
