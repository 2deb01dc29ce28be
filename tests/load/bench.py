"""`make bench`: submissions over HTTP against the same statements sent straight to PostgreSQL, side by side in one run.

Ratios are what counts; seconds depend on the machine. Exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import socket
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
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEPT = f"BENCH-KEPT-{time.time_ns()}"
CUT = re.compile(rf"({UUID.pattern}|\b[RA]-[0-9A-Z]{{4}}-[0-9A-Z]{{4}}\b|{KEPT})")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
Statement = tuple[str, Any]
#: The job worker of this run does all but render letters.
TASKS = "tell_live_pages seal_audit return_unanswered scan_attachments"


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
        with running(Path(folder) / "data", authorizations=small, FORTHWITH_TASKS=TASKS) as server:
            pages_small = pages(server)
        with running(
            Path(folder) / "data", authorizations=options.authorizations - small, FORTHWITH_TASKS=TASKS
        ) as server:
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
        rest(server)
        before = cpu_seconds(server)
        done = over_http(server, client, portal, seconds)
        cpu.append((cpu_seconds(server) - before) / done * 1000)
        rates_a.append(done / seconds)
        rest(server)
        rates_b.append(straight(server, statements, seconds) / seconds)
    a, b, ms = statistics.median(rates_a), statistics.median(rates_b), statistics.median(cpu)
    return [
        ("(a) submissions/s through $submit, 8 connections", f"{a:.0f}", "", None),
        ("(b) the same statements straight to PostgreSQL, /s", f"{b:.0f}", "", None),
        ("a/b", f"{a / b:.2f}", f"goal >= {GOAL_RATIO}", a / b >= GOAL_RATIO),
        ("CPU ms per submission, server + database", f"{ms:.1f}", f"goal <= {GOAL_CPU_MS:.0f}", ms <= GOAL_CPU_MS),
        ("(e) statements per submission, BEGIN and COMMIT included", str(len(statements) + 2), "", None),
    ]


def rest(server: Running, *, longest: float = 60.0) -> None:
    """Until the readers have done what the side before left them: neither side pays for the other's events."""
    ends = time.monotonic() + longest
    while time.monotonic() < ends:
        before = cpu_seconds(server)
        time.sleep(0.5)
        if cpu_seconds(server) - before < 0.1:
            return


def over_http(server: Running, client: dict[str, Any], portal: dict[str, Any], seconds: float) -> int:
    """How many submissions were answered in this time over 8 kept connections, by a client that costs little itself."""
    counts = [0] * CONNECTIONS
    head = "".join(f"{name}: {value}\r\n" for name, value in headers(client, portal).items())
    texts = [bundles.with_key(bundles.template(server.world, client, number), KEPT) for number in range(MEMBERS)]
    cut = [text.partition(KEPT.encode()) for text in texts]
    ends = time.monotonic() + seconds

    def work(me: int) -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as link:
            while time.monotonic() < ends:
                before, _, after = cut[(counts[me] * CONNECTIONS + me) % len(cut)]
                key = f"{me}-{counts[me]}-{time.monotonic_ns()}".encode()
                size = len(before) + len(key) + len(after)
                line = f"POST /fhir/Claim/$submit HTTP/1.1\r\n{head}Content-Length: {size}\r\n\r\n".encode()
                link.sendall(b"".join((line, before, key, after)))
                status, body = answer_on(link)
                if status != b"200" or b'"outcome":"error"' in body:
                    raise RuntimeError(f"{status!r}: {body[:500]!r}")
                counts[me] += 1

    together(work)
    return sum(counts)


def answer_on(link: socket.socket) -> tuple[bytes, bytes]:
    """Status and body of one HTTP/1.1 answer with a Content-Length."""
    told = b""
    while b"\r\n\r\n" not in told:
        told += link.recv(65_536) or _gone()
    head, _, body = told.partition(b"\r\n\r\n")
    found = LENGTH.search(head)
    size = int(found[1]) if found else 0
    while len(body) < size:
        body += link.recv(65_536) or _gone()
    return head[9:12], body


def _gone() -> bytes:
    raise ConnectionError("the server closed the connection")


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


def record(server: Running, sent: dict[str, Any], client: dict[str, Any], portal: dict[str, Any]) -> list[Statement]:
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
        answer = door.post("/fhir/Claim/$submit", bundles.with_key(sent, KEPT), **body)
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


def straight(server: Running, statements: list[Statement], seconds: float) -> int:
    """How many times the statements of one submission went through, with keys of their own, in this time.

    Each statement is prepared; what changes from one submission to the next is found once, so that next to nothing
    but PostgreSQL is measured.
    """
    url = address(server)
    counts = [0] * CONNECTIONS
    ends = time.monotonic() + seconds
    moulds = [(sql, mould(_alone(sql, params))) for sql, params in statements]

    def work(me: int) -> None:
        with psycopg.connect(url, autocommit=False, prepare_threshold=0) as link:
            while time.monotonic() < ends:
                new = Renewed(f"{me}-{counts[me]}-{time.monotonic_ns()}")
                with link.transaction():
                    for sql, cast in moulds:
                        link.execute(sql, cast(new))
                counts[me] += 1

    together(work)
    return sum(counts)


def _alone(sql: str, params: Any) -> Any:
    """As if each submission were of a member of its own: requests of one member wait for one another."""
    return [*params[:-1], KEPT] if "advisory_xact_lock" in sql else params


class Renewed:
    """A value of its own for each key and number of the recorded submission."""

    def __init__(self, tag: str) -> None:
        self.tag, self.known = tag, {}

    def of(self, old: str) -> str:
        """The same old value always gives the same new one."""
        if old not in self.known:
            self.known[old] = self._made(old)
        return self.known[old]

    def _made(self, old: str) -> str:
        if old == KEPT:
            return self.tag
        if UUID.fullmatch(old):
            return str(uuid_utils.compat.uuid7())
        body = "".join(random.choices(ALPHABET, k=8))
        return f"{old[:2]}{body[:4]}-{body[4:]}"


def mould(params: Any) -> Callable[[Renewed], Any]:
    """What makes these parameters anew: texts are cut once at what must be distinct."""
    if isinstance(params, dict):
        parts = {name: mould(value) for name, value in params.items()}
        return lambda new: {name: part(new) for name, part in parts.items()}
    if isinstance(params, (list, tuple)):
        row = [mould(value) for value in params]
        return lambda new: [part(new) for part in row]
    text = str(params) if type(params).__name__ == "UUID" else params
    if not isinstance(text, str):
        return lambda new: params
    since = time.time() * 1000 - 600_000
    pieces = CUT.split(text)
    spots = [place for place in range(1, len(pieces), 2) if _is_own(pieces[place], since)]
    if not spots:
        return lambda new: text

    def cast(new: Renewed) -> str:
        made = list(pieces)
        for place in spots:
            made[place] = new.of(pieces[place])
        return "".join(made)

    return cast


def _is_own(text: str, since: float) -> bool:
    """Did this very submission make it? UUIDs tell by their time; those of members and plans are older."""
    return not UUID.fullmatch(text) or int(text.replace("-", "")[:12], 16) > since


def cpu_seconds(server: Running) -> float:
    """Processor seconds of web server, job worker and database so far."""
    total = 0.0
    for pid in server.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = psutil.Process(pid).cpu_times()
            total += times.user + times.system
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
