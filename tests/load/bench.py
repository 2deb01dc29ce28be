"""`make bench`: submissions over HTTP against the same statements sent straight to PostgreSQL, side by side in one run.

Ratios are what counts; seconds depend on the machine. Exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import uuid_utils.compat

from tests.load import bundles
from tests.load.running import Running, running

CONNECTIONS = 8
MEMBERS = 24  # how many of the described members are asked for in turn
GOAL_RATIO = 0.4
GOAL_CPU_MS = 10.0
GOAL_GROWTH = 1.2
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMBER = re.compile(r"\b[RA]-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def main() -> int:
    """Measure and print; 0 when every goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authorizations", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    rows: list[tuple[str, str, str, bool | None]] = []
    with tempfile.TemporaryDirectory(prefix="forthwith-bench-") as folder:
        os.chmod(folder, 0o711)
        small = options.authorizations // 10
        with running(Path(folder) / "data", authorizations=small) as server:
            pages_small = pages(server)
        with running(Path(folder) / "data", authorizations=options.authorizations - small) as server:
            rows += submissions(server, options.seconds)
            rows += growth(pages_small, pages(server))
    rows += criteria()
    show(rows)
    return 0 if all(met is not False for *_, met in rows) else 1


def show(rows: list[tuple[str, str, str, bool | None]]) -> None:
    """The table."""
    width = max(len(row[0]) for row in rows)
    for name, value, goal, met in rows:
        mark = "" if met is None else ("  met" if met else "  NOT MET")
        print(f"{name:<{width}}  {value:>14}  {goal}{mark}")


def submissions(server: Running, seconds: float) -> list[tuple[str, str, str, bool | None]]:
    """(a) over HTTP, (b) the recorded statements, CPU per submission, statements."""
    client = server.world["clients"][0]
    portal = next(one for one in server.world["portals"] if one["key"] == client["portal"])
    sent = bundles.template(server.world, client)
    statements = record(server, sent, client, portal)
    over_http(server, client, portal, 2.0)
    rates_a, rates_b, cpu = [], [], []
    for _ in range(3):
        before = cpu_seconds(server)
        done = over_http(server, client, portal, seconds)
        cpu.append((cpu_seconds(server) - before) / done * 1000)
        rates_a.append(done / seconds)
        rates_b.append(straight(server, statements, seconds) / seconds)
    a, b, ms = statistics.median(rates_a), statistics.median(rates_b), statistics.median(cpu)
    return [
        ("(a) submissions/s through $submit, 8 connections", f"{a:.0f}", "", None),
        ("(b) the same statements straight to PostgreSQL, /s", f"{b:.0f}", "", None),
        ("a/b", f"{a / b:.2f}", f"goal >= {GOAL_RATIO}", a / b >= GOAL_RATIO),
        ("CPU ms per submission, server + database", f"{ms:.1f}", f"goal <= {GOAL_CPU_MS:.0f}", ms <= GOAL_CPU_MS),
        ("(e) statements per submission, BEGIN and COMMIT included", str(len(statements) + 2), "", None),
    ]


def over_http(server: Running, client: dict[str, Any], portal: dict[str, Any], seconds: float) -> int:
    """How many submissions were answered in this time over 8 kept connections."""
    counts = [0] * CONNECTIONS
    ends = time.monotonic() + seconds

    def work(me: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        prefix = f"{os.getpid()}-{me}-{time.monotonic_ns()}"
        head = headers(client, portal)
        texts = [
            bundles.with_key(bundles.template(server.world, client, number), "KEY-OF-THIS-ONE").decode()
            for number in range(MEMBERS)
        ]
        while time.monotonic() < ends:
            text = texts[(counts[me] * CONNECTIONS + me) % len(texts)]
            link.request("POST", "/fhir/Claim/$submit", text.replace("KEY-OF-THIS-ONE", f"{prefix}-{counts[me]}"), head)
            answer = link.getresponse()
            body = answer.read()
            if answer.status != 200 or b'"error"' in body[:4000] and b'"outcome":"error"' in body:
                raise RuntimeError(f"{answer.status}: {body[:500]!r}")
            counts[me] += 1

    together(work)
    return sum(counts)


def headers(client: dict[str, Any], portal: dict[str, Any]) -> dict[str, str]:
    """What a connected system sends."""
    return {
        "Host": portal["host"],
        "Authorization": f"Bearer {client['token']['token']}",
        "Content-Type": "application/fhir+json",
    }


def together(work: Callable[[int], None]) -> None:
    """Eight threads; the first failure is raised."""
    failures: list[BaseException] = []

    def guarded(me: int) -> None:
        try:
            work(me)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(me,)) for me in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def record(
    server: Running, sent: dict[str, Any], client: dict[str, Any], portal: dict[str, Any]
) -> list[tuple[str, list[Any] | dict[str, Any]]]:
    """The statements of one real submission, as the door sends them: recorded in this process."""
    prepare_django(server)
    from django.db import connection
    from django.test import Client

    door = Client(headers={"host": portal["host"], "authorization": headers(client, portal)["Authorization"]})
    body = {"content_type": "application/fhir+json"}
    door.post("/fhir/Claim/$submit", bundles.with_key(sent, "BENCH-WARM"), **body)
    kept: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        kept.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        answer = door.post("/fhir/Claim/$submit", bundles.with_key(sent, "BENCH-KEPT"), **body)
    connection.close()
    assert answer.status_code == 200, answer.content[:500]
    return [(sql, params) for sql, params in kept if "SAVEPOINT" not in sql]


def prepare_django(server: Running) -> None:
    """This process as another one of the same installation."""
    secrets = {p.name: p for p in (server.data / "secrets").rglob("*") if p.is_file()}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forthwith.config.settings")
    os.environ["FORTHWITH_DATA"] = str(server.data)
    os.environ["DATABASE_URL"] = address(server)
    os.environ["FORTHWITH_SECRET_KEY"] = (
        "bench" * 10 if not secrets else next(iter(secrets.values())).read_text().strip()
    )
    import django

    django.setup()


def address(server: Running) -> str:
    """The application's own way into the database."""
    from forthwith.adapters.postgres import Cluster, existing

    return str(Cluster(existing(server.data)).app_url)


def straight(server: Running, statements: list[tuple[str, Any]], seconds: float) -> int:
    """How many times the statements of one submission went through, with keys of their own, in this time."""
    url = address(server)
    counts = [0] * CONNECTIONS
    ends = time.monotonic() + seconds
    fresh = {found for _, params in statements[1:] for found in new_keys(params)}

    def work(me: int) -> None:
        with psycopg.connect(url, autocommit=False, prepare_threshold=0) as link:
            while time.monotonic() < ends:
                swap = {old: str(uuid_utils.compat.uuid7()) for old in fresh}
                tag = f"{me}-{counts[me]}-{time.monotonic_ns()}"
                with link.transaction():
                    for sql, params in statements:
                        link.execute(sql, distinct(params, swap, tag))
                counts[me] += 1

    together(work)
    return sum(counts)


def new_keys(params: Any) -> set[str]:
    """UUIDs that this very submission made (by their time)."""
    since = time.time() * 1000 - 600_000
    text = json.dumps(params, default=str)
    return {found for found in UUID.findall(text) if int(found.replace("-", "")[:12], 16) > since}


def distinct(params: Any, swap: dict[str, str], tag: str) -> Any:
    """The same parameters with keys and numbers of their own."""
    if isinstance(params, dict):
        return {name: distinct(value, swap, tag) for name, value in params.items()}
    if isinstance(params, (list, tuple)):
        return [distinct(value, swap, tag) for value in params]
    text = str(params) if type(params).__name__ == "UUID" else params
    if not isinstance(text, str):
        return params
    for old, new in swap.items():
        if old in text:
            text = text.replace(old, new)
    if "BENCH-KEPT" in text:
        text = text.replace("BENCH-KEPT", tag)
    return NUMBER.sub(lambda found: found[0][:2] + _body(tag + found[0]), text)


def _body(seed: str) -> str:
    import hashlib

    body = hashlib.sha256(seed.encode()).hexdigest()[:8].upper()
    return f"{body[:4]}-{body[4:]}"


def cpu_seconds(server: Running) -> float:
    """Processor seconds of web server and database; the job worker, which renders letters, is left out."""
    total = 0.0
    for pid in server.children():
        try:
            process = psutil.Process(pid)
            if "jobs" in process.cmdline():
                continue
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def pages(server: Running) -> dict[str, float]:
    """Server milliseconds of the worklist and the authorization page, median of 30, in this process."""
    prepare_django(server)
    from django.db import connection
    from django.test import Client

    from forthwith.apps.authorizations import queries
    from forthwith.apps.identity.queries import actor_of_person
    from forthwith.apps.tenancy.scope import scoped
    from tests.load import people

    found: dict[str, float] = {}
    for role, page in (("nurse", "worklist"), ("coordinator", "authorization")):
        person, portal = people.of(server.world, role)
        client = Client(headers={"host": portal.host})
        client.force_login(person)
        path = "/desk/"
        if page == "authorization":
            actor = actor_of_person(person, portal, at=people.now())
            with scoped(actor.tenants):
                number = queries.visible_to(actor).values_list("number", flat=True).first()
            path = f"/authorizations/{number}/"
        times = []
        for _ in range(33):
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        found[page] = statistics.median(times[3:])
    connection.close()
    return found


def growth(small: dict[str, float], large: dict[str, float]) -> list[tuple[str, str, str, bool | None]]:
    """(d) the pages' time at ten times the rows."""
    return [
        (
            f"(d) {page}: {small[page]:.1f} ms, then {large[page]:.1f} ms at ten times the rows",
            f"{large[page] / small[page]:.2f}",
            f"goal <= {GOAL_GROWTH}",
            large[page] / small[page] <= GOAL_GROWTH,
        )
        for page in small
    ]


def criteria() -> list[tuple[str, str, str, bool | None]]:
    """(c) one evaluation of the injection's criteria with its full trace."""
    import yaml

    from forthwith.domain.criteria import compile_package
    from forthwith.interfaces.cli.places import policies_root

    text = (policies_root() / "packages/msk/epidural-steroid-injection.yaml").read_text()
    package = compile_package(yaml.safe_load(text))
    facts = package.facts_from({"pain_cause": "radicular", "pain_weeks": 7, "imaging_concordant": True})
    began = time.perf_counter()
    for _ in range(5000):
        package.evaluate(facts).document()
    return [
        (
            "(c) criteria evaluation with its trace, microseconds",
            f"{(time.perf_counter() - began) / 5000 * 1e6:.0f}",
            "",
            None,
        )
    ]


if __name__ == "__main__":
    sys.exit(main())
