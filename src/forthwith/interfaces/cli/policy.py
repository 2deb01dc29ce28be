"""`forthwith policy`: check the policy files, and evaluate one package for given facts.

Needs no database. Files are opened here; what they mean is the domain's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from forthwith.domain import policies
from forthwith.domain.criteria import Evaluation, Fact, Package, PackageInvalid, compile_package, read_facts

from .console import fail, out
from .places import policies_root

MARKS = {"met": "[green]✓ met[/]", "not_met": "[red]✗ not met[/]", "unknown": "[yellow]? unknown[/]"}


@click.group("policy", context_settings={"help_option_names": ["-h", "--help"]})
def policy() -> None:
    """Check policy packages; evaluate one for given facts."""


@policy.command("check")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The policies folder; by default the one of this installation.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(root: Path | None, as_json: bool) -> None:
    """Check all packages, services and requirement rules, and run the packages' own cases.

    Each mistake is named by file, line and cause. Exit code 1 when there is one.
    """
    root = root or _root()
    report = policies.check(_texts(root))
    if as_json:
        click.echo(json.dumps(report.document(), ensure_ascii=False, indent=2))
    else:
        _tell(report, root)
    if report.findings:
        raise SystemExit(1)


@policy.command("evaluate")
@click.argument("package")
@click.option(
    "--facts",
    "facts_file",
    required=True,
    type=click.File("r", encoding="utf-8"),
    help="JSON or YAML: facts by name, or {answers: …, facts: …}. - reads from standard input.",
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The policies folder; by default the one of this installation.",
)
@click.option("--json", "as_json", is_flag=True, help="Print result and trace as JSON.")
def evaluate(package: str, facts_file: Any, root: Path | None, as_json: bool) -> None:
    """Evaluate PACKAGE (its key, or a file) for the facts in a file, with every criterion and fact.

    Answers are read as the portal reads them; facts are typed values by name, such as
    {"pain_weeks": 7, "line.units": 1}. Exit code 0 whatever the truth, 1 when something cannot be read.
    """
    compiled = _package(package, root)
    facts = _facts(compiled, facts_file.read(), facts_file.name)
    evaluation = compiled.evaluate(facts)
    if as_json:
        click.echo(json.dumps(_document(compiled, evaluation), ensure_ascii=False, indent=2))
    else:
        _explain(compiled, evaluation)


def _root() -> Path:
    try:
        return policies_root()
    except FileNotFoundError as missing:
        fail(str(missing))


def _texts(root: Path) -> dict[str, str]:
    texts = {}
    for path in sorted([*root.rglob("*.yaml"), *root.rglob("*.yml")]):
        name = path.relative_to(root).as_posix()
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as wrong:
            fail(f"{name}: cannot be read: {wrong}")
    if not texts:
        fail(f"there is no policy file in {root}")
    return texts


def _tell(report: policies.Report, root: Path) -> None:
    console = out()
    for finding in report.findings:
        place = f"{root / finding.file}:{finding.line}" if finding.line else f"{root / finding.file}"
        console.print(f"[bold]{_plain(place)}[/]: [red]{_plain(finding.cause)}[/]")
    counts = f"{len(report.packages)} packages, {report.cases} cases, "
    counts += f"{report.services} services, {report.rules} rules"
    if report.findings:
        number = len(report.findings)
        console.print(f"[red]{number} {'mistake' if number == 1 else 'mistakes'}[/] ({counts})")
    else:
        console.print(f"[green]All sound:[/] {counts}")


def _package(named: str, root: Path | None) -> Package:
    path = Path(named)
    if path.suffix in (".yaml", ".yml", ".json") or path.is_file():
        if not path.is_file():
            fail(f"there is no file {named}")
        return _compiled(policies.read(path.read_text(encoding="utf-8"), named))
    keys = []
    for name, text in _texts(root or _root()).items():
        if not name.startswith("packages/"):
            continue
        document = policies.read(text, name)
        key = document.value.get("key") if isinstance(document.value, dict) else None
        if key == named:
            return _compiled(document)
        keys.append(str(key))
    fail(f"there is no package {named}; there are {', '.join(sorted(keys)) or 'none'}")


def _compiled(document: policies.Document) -> Package:
    if document.problems:
        fail("\n".join(map(str, document.problems)))
    if not isinstance(document.value, dict):
        fail(f"{document.name}: not a criteria package")
    try:
        return compile_package(document.value)
    except PackageInvalid as wrong:
        fail("\n".join(str(document.finding(problem)) for problem in wrong.problems))


def _facts(package: Package, text: str, name: str) -> dict[str, Fact]:
    document = policies.read(text, name)
    if document.problems:
        fail("\n".join(map(str, document.problems)))
    given = document.value
    if not isinstance(given, Mapping):
        fail(f"{name}: expected facts by name, such as {{pain_weeks: 7}}")
    answered = set(given) <= {"answers", "facts"} and given and all(isinstance(one, Mapping) for one in given.values())
    raw = given.get("facts", {}) if answered else given
    facts, errors = read_facts(package.facts, raw)
    if errors:
        lines = {key: document.line(("facts", key) if answered else (key,)) for key in errors}
        fail("\n".join(f"{name}:{lines[key]}: {key}: {cause}" for key, cause in errors.items()))
    if not answered:
        return facts
    return package.facts_from(_answers(package, given.get("answers", {}), document), facts)


def _answers(package: Package, raw: Mapping[str, Any], document: policies.Document) -> dict[str, object]:
    answers, errors = package.read_answers(raw, today=datetime.now().astimezone().date())
    keys = {question.key for question in package.questions}
    errors |= {key: "there is no such question" for key in raw if key not in keys}
    if errors:
        found = ((key, document.line(("answers", key)), cause) for key, cause in errors.items())
        fail("\n".join(f"{document.name}:{line}: {key}: {cause}" for key, line, cause in found))
    return answers


def _document(package: Package, evaluation: Evaluation) -> dict[str, Any]:
    return {
        **evaluation.document(),
        "title": package.title,
        "sample": package.sample,
        "source": package.source,
        "on_met": package.on_met._asdict(),
        "why": package.why(evaluation),
    }


def _explain(package: Package, evaluation: Evaluation) -> None:
    console = out()
    console.print(
        f"[bold]{_plain(package.title)}[/] ({package.key} {package.version}): {MARKS[evaluation.truth.value]}"
    )
    if package.sample:
        console.print("[dim]Sample, not for clinical use[/]")
    leaves = {leaf.id: leaf for leaf in evaluation.leaves}
    for criterion in evaluation.criteria:
        cited = _plain(criterion.cite)
        console.print(f"{MARKS[criterion.truth.value]}  {_plain(criterion.text)} [dim]({cited})[/]")
        for leaf in map(leaves.__getitem__, criterion.leaves):
            told = package.say(leaf.fact, leaf.value) + (f", from {leaf.source}" if leaf.source else "")
            console.print(f"    [dim]{leaf.fact}: {_plain(told)}; expected {_plain(leaf.expected)}[/]")
    if evaluation.deciding:
        console.print(f"Would decide: {', '.join(evaluation.deciding)}")


def _plain(text: str) -> str:
    return escape(text)
