"""Figures as rows, for a person and for a program."""

import os
import statistics
import subprocess

from machine import ROOT


class Spread:
    """What several rounds found."""

    def __init__(self, name, values, unit, digits=2):
        self.name, self.values, self.unit, self.digits = name, values, unit, digits
        self.median = statistics.median(values)

    def document(self):
        low, high = min(self.values), max(self.values)
        return {"name": self.name, "unit": self.unit, "min": low, "median": self.median, "max": high}

    def line(self):
        low, middle, high = (f"{v:.{self.digits}f}" for v in (min(self.values), self.median, max(self.values)))
        return f"{self.name}: {middle} {self.unit} ({low} to {high})"


def row(figure, what, value, unit, target, met, spreads=(), notes=(), digits=2):
    """A figure: its value, the target in words, whether it is met (`None`: it says nothing yet)."""
    return {
        "figure": figure,
        "what": what,
        "value": value,
        "unit": unit,
        "target": target,
        "met": met,
        "spreads": list(spreads),
        "notes": list(notes),
        "digits": digits,
    }


def not_yet(figure, what, target, why="not yet"):
    return row(figure, what, None, "", target, None, notes=[why])


def at_most(figure, what, value, unit, most, **more):
    return row(figure, what, value, unit, f"at most {most:g} {unit}", value <= most, **more)


def at_least(figure, what, value, unit, least, **more):
    return row(figure, what, value, unit, f"at least {least:g} {unit}", value >= least, **more)


def printed(found):
    """The value; one far below a unit by its exponent."""
    value = found["value"]
    return f"{value:.1e}" if 0 < value < 1e-4 else f"{value:.{found['digits']}f}"


def show(rows):
    for found in rows:
        value = "not yet" if found["value"] is None else f"{printed(found)} {found['unit']}".strip()
        verdict = {True: "met", False: "MISSED", None: ""}[found["met"]]
        print(f"{found['figure']:<15} {found['what']:<58} {value:>14}   {found['target']:<28} {verdict}".rstrip())
        for spread in found["spreads"]:
            print(f"{'':15}   {spread.line()}")
        for note in found["notes"]:
            if note != "not yet":
                print(f"{'':15}   {note}")
    print(end="", flush=True)


def close(rows):
    count = [sum(found["met"] is state for found in rows) for state in (True, False, None)]
    print(f"\n{count[0]} met, {count[1]} missed, {count[2]} not measured; load of the machine: {load()}")


def load():
    """Processes that wanted the processors in the last minute, and how many of those there are."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def document(rows):
    head = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(head, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    figures = [{**found, "spreads": [spread.document() for spread in found["spreads"]]} for found in rows]
    for figure in figures:
        del figure["digits"]
    return {"commit": commit, "load": load(), "figures": figures}
