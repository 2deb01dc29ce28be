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

MOST_BYTES = 1_000_000
MARKS = {"met": "[green]✓ met[/]", "not_met": "[red]✗ not met[/]", "unknown": "[yellow]? unknown[/]"}


@click.group("policy", context_settings={"help_option_names": ["-h", "--help"]})
def policy() -> None:
    """Check policy packages; evaluate one for given facts."""


@policy.command("check")
@click.argument(
    "files", nargs=-1, metavar="[PACKAGE FILE]…", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The policies folder; by default the one of this installation.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(files: tuple[Path, ...], root: Path | None, as_json: bool) -> None:
    """Check packages, services, requirement rules, allowances and tenants, and run the packages' own cases.

    With files, check these packages alone. Each mistake is named by file, line and cause. Exit code 1 when there is one.
    """
    if files:
        texts, unreadable = _read({f"packages/{path}": path for path in files})
    else:
        root = root or _root()
        texts, unreadable = _texts(root)
    report = policies.check(texts, unreadable)
    if files:
        report.findings = [one._replace(file=one.file.removeprefix("packages/")) for one in report.findings]
    if as_json:
        click.echo(json.dumps(report.document(), ensure_ascii=False, indent=2))
    else:
        _tell(report, root if not files else None)
    if report.findings:
        raise SystemExit(1)


@policy.command("evaluate")
@click.argument("package")
@click.option(
    "--facts",
    "facts_file",
    required=True,
    type=click.File("rb"),
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
    facts = _facts(compiled, *_decoded(facts_file))
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


def _texts(root: Path) -> tuple[dict[str, str], list[policies.Finding]]:
    paths = sorted([*root.rglob("*.yaml"), *root.rglob("*.yml")])
    if not paths:
        fail(f"there is no policy file in {root}")
    return _read({path.relative_to(root).as_posix(): path for path in paths})


def _read(paths: Mapping[str, Path]) -> tuple[dict[str, str], list[policies.Finding]]:
    """The texts by name, and those that cannot be read as findings."""
    texts, unreadable = {}, []
    for name, path in paths.items():
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as wrong:
            unreadable.append(policies.Finding(name, 0, f"cannot be read: {wrong}"))
    return texts, unreadable


def _text(path: Path) -> str:
    texts, unreadable = _read({str(path): path})
    if unreadable:
        fail(str(unreadable[0]))
    return texts[str(path)]


def _tell(report: policies.Report, root: Path | None) -> None:
    console = out()
    for finding in report.findings:
        file = str(root / finding.file) if root else finding.file
        place = f"{file}:{finding.line}" if finding.line else file
        console.print(f"[bold]{_plain(place)}[/]: [red]{_plain(finding.cause)}[/]")
    counts = f"{len(report.packages)} packages, {report.cases} cases"
    if root:
        counts += f", {len(report.services)} services, {report.rules} rules, {report.allowances} allowances"
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
        return _compiled(policies.read(_text(path), named))
    keys = []
    for name, text in _texts(root or _root())[0].items():
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


def _decoded(file: Any) -> tuple[str, str]:
    """The text and the name of the file. A megabyte is more than any facts need."""
    name = str(getattr(file, "name", "<stdin>"))
    try:
        content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        fail(f"{name}: cannot be read: {wrong}")
    if len(content) > MOST_BYTES:
        fail(f"{name}: is larger than {MOST_BYTES:,} bytes")
    return text, name


def _facts(package: Package, text: str, name: str) -> dict[str, Fact]:
    document = policies.read(text, name)
    if document.problems:
        fail("\n".join(map(str, document.problems)))
    given = document.value
    if not isinstance(given, Mapping):
        fail(f"{name}: expected facts by name, such as {{pain_weeks: 7}}")
    answered = bool(given) and set(given) <= {"answers", "facts"}
    for key in given if answered else ():
        if not isinstance(given[key], Mapping):
            fail(f"{name}:{document.line((key,))}: {key}: expected {key} by name, such as {{pain_weeks: 7}}")
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
