"""Runs editors' engines over the good and the bad packs: good files pass, faults of form are refused by each.

Usage: check.py FOLDER_OF_PROGRAMS, from the top of the repository.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

# Faults of form: what a schema can say. The other bad packs are faults that only the loader sees.
FORMS = ("unknown-key-", "missing-key-", "wrong-type-", "bad-enum-", "out-of-range-", "bad-pattern-")
# At least so many bad files must be refused, so that the comparison cannot become empty unnoticed.
ENOUGH = 130

# Files without a `#:schema` line: an editor cannot know what they are.
NAMELESS = {"missing-key-empty-file", "missing-key-empty-manifest", "missing-key-only-a-comment"}


def points_to(file, findings):
    """Whether a finding points into the file, or at the whole of it where it is empty."""
    return re.search(rf"--> {re.escape(str(file))}(:|$)", findings, re.MULTILINE) is not None


def main() -> int:
    programs = Path(sys.argv[1])
    good = sorted([*Path("tasks").glob("*.toml"), *Path("tests/fixtures/good").rglob("*.toml")])
    folders = [path for path in Path("tests/fixtures/bad").iterdir() if path.name.startswith(FORMS)]
    bad = []
    for folder in folders:
        # Beside the file at fault lie sound ones.
        findings = (folder / "expected.txt").read_text(encoding="utf-8")
        for file in folder.rglob("*.toml"):
            (bad if points_to(file.relative_to(folder), findings) else good).append(file)
    bad.sort()
    engines = {"check-jsonschema": check_jsonschema, "taplo": taplo, "tombi": tombi}
    refused = {name: engine(programs, good + bad) for name, engine in engines.items()}
    wrong = []
    for name, files in refused.items():
        wrong += [f"{name} refuses the good {file}" for file in good if file in files]
    expected = {file for file in bad if file in refused["check-jsonschema"]}
    if len(expected) < ENOUGH:
        wrong.append(f"only {len(expected)} bad files are refused")
    for name in ("taplo", "tombi"):
        missed = [file for file in sorted(expected - refused[name]) if file.parent.name not in NAMELESS]
        wrong += [f"{name} accepts {file}" for file in missed]
    for line in wrong:
        print(line)
    print(f"{len(good)} good and {len(expected)} bad files, {len(refused)} engines: {len(wrong)} surprises")
    return 1 if wrong else 0


def check_jsonschema(programs: Path, files: list[Path]) -> set[Path]:
    refused = set()
    for kind in ("pack", "task"):
        mine = [file for file in files if (file.name == "pack.toml") == (kind == "pack")]
        command = [programs / "check-jsonschema", "--output-format", "json", "--schemafile", f"schemas/{kind}.schema.json"]
        report = json.loads(run(command + mine).stdout)
        refused |= {Path(error["filename"]) for error in report["errors"]}
        refused |= {Path(error["filename"]) for error in report.get("parse_errors", [])}
    return refused


def taplo(programs: Path, files: list[Path]) -> set[Path]:
    output = run([programs / "taplo", "lint", "--no-auto-config", "--colors", "never", *files]).stderr
    return named(output, r"(?:┌─|file=)\s*\"?([^\s\":]+\.toml)")


def tombi(programs: Path, files: list[Path]) -> set[Path]:
    # Files are linted one by one: with many at once tombi stops after the first of them that it cannot read.
    command = [programs / "tombi", "lint", "--offline", "--error-on-warnings", "--quiet"]
    return {file for file in files if run([*command, file]).returncode != 0}


def named(output: str, pattern: str) -> set[Path]:
    top = Path.cwd()
    found = (Path(name) for name in re.findall(pattern, output))
    return {path.relative_to(top) if path.is_absolute() else path for path in found}


def run(command: list) -> subprocess.CompletedProcess:
    environment = {**os.environ, "RUST_LOG": "error", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


if __name__ == "__main__":
    sys.exit(main())
