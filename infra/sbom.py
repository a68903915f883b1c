#!/usr/bin/env python3
"""Lists what a function's program is made of, as CycloneDX 1.6: crates with their licences, and the hashes that
Cargo.lock holds them to."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"


def metadata():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def used(nodes, start):
    """Ids of all that is linked into the program: no test's crate, none that only its build runs."""
    found, waiting = set(), [start]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            dependencies = nodes[node]["deps"]
            waiting += [d["pkg"] for d in dependencies if any(k["kind"] is None for k in d["dep_kinds"])]
    return found


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, hashes):
    entry = {"type": "library", "bom-ref": purl(package), "name": package["name"], "version": package["version"]}
    if checksum := hashes.get((package["name"], package["version"])):
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if licence := package["license"]:
        # some crates still write alternatives with a slash
        entry["licenses"] = [{"expression": licence.replace("/", " OR ")}]
    return entry | {"purl": purl(package)}


def document(name):
    cargo = metadata()
    packages = {package["id"]: package for package in cargo["packages"]}
    nodes = {node["id"]: node for node in cargo["resolve"]["nodes"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    hashes = {(entry["name"], entry["version"]): entry.get("checksum") for entry in lock}
    members = {packages[member]["name"]: member for member in cargo["workspace_members"]}
    if name not in members:
        sys.exit(f"no function {name}")
    main = members[name]
    ids = used(nodes, main)
    by_name = lambda ids: sorted({purl(packages[id]) for id in ids})
    libraries = sorted((packages[id] for id in ids - {main}), key=purl)
    edges = {purl(packages[id]): by_name(set(nodes[id]["dependencies"]) & ids) for id in ids}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component(packages[main], hashes) | {"type": "application"}},
        "components": [component(package, hashes) for package in libraries],
        "dependencies": [{"ref": ref, "dependsOn": edges[ref]} for ref in sorted(edges)],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: infra/sbom.py FUNCTION")
    json.dump(document(sys.argv[1]), sys.stdout, indent=1)
    print()
