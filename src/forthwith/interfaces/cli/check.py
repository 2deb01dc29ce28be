"""`forthwith check`: is this installation fit for production? Every finding is named; exit code 1 when there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import click
from rich.markup import escape

from . import console
from .database import AUDIT_KEY, with_database

SHORTEST_KEY = 50  # characters of a Django key; what `django check --deploy` asks for, too


class Finding(NamedTuple):
    """What is wrong, and what to do about it."""

    wrong: str
    remedy: str


@click.command()
@with_database
def check() -> None:
    """Say what keeps this installation from production: keys, hosts, TLS, scanner, database, roles, migrations, people.

    Exit code 0 when nothing does, else 1.
    """
    findings = [*_settings(), *_scanner(), *_database()]
    for finding in findings:
        console.out().print(f"[red]✗[/] {escape(finding.wrong)}\n  [dim]{escape(finding.remedy)}[/]")
    if findings:
        console.fail(f"{len(findings)} finding(s): not fit for production.")
    console.out().print(
        "[green]✓[/] Fit for production: keys, hosts, TLS, scanner, database, roles and migrations are in order."
    )


def _settings() -> Iterator[Finding]:
    from django.conf import settings

    if settings.DEBUG:
        yield Finding("FORTHWITH_DEBUG is on: errors show source code and settings.", "Unset FORTHWITH_DEBUG.")
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        yield Finding(
            f"FORTHWITH_SECRET_KEY is missing or shorter than {SHORTEST_KEY} characters: sessions could be forged.",
            "Set it to a long random value, or name the data folder that holds the generated one with --data.",
        )
    if not AUDIT_KEY.fullmatch(os.environ.get("FORTHWITH_AUDIT_KEY", "")):
        yield Finding(
            "FORTHWITH_AUDIT_KEY is missing or no key: the audit's heads cannot be signed.",
            "Set it to 32 random bytes in hexadecimal, kept where the database cannot read it.",
        )
    if not os.environ.get("FORTHWITH_ALLOWED_HOSTS"):
        yield Finding(
            "FORTHWITH_ALLOWED_HOSTS is missing: only *.localhost is served.",
            "Set it to your portals' hosts, with commas.",
        )
    elif "*" in settings.ALLOWED_HOSTS:
        yield Finding("FORTHWITH_ALLOWED_HOSTS allows every host (*).", "Name your portals' hosts.")
    if not settings.SESSION_COOKIE_SECURE:
        yield Finding(
            "FORTHWITH_SECURE is not 1: cookies travel without TLS.", "Serve behind TLS and set FORTHWITH_SECURE=1."
        )


def _scanner() -> Iterator[Finding]:
    from forthwith.adapters import scanner

    try:
        named = scanner.configured()
        if named is not None:
            named.check()
    except scanner.ScannerMisnamed as error:
        yield Finding(str(error), "Mend it: until then no new file can be opened.")
    except scanner.ScannerAway as error:
        yield Finding(f"The virus scanner does not answer: {error}", "Start it: until then no new file can be opened.")
    else:
        if named is None:
            yield Finding(
                "FORTHWITH_CLAMD is missing: uploads are checked for their type, not for viruses.",
                "Run clamd and name it: tcp://HOST:3310 or unix:///run/clamav/clamd.ctl.",
            )


def _database() -> Iterator[Finding]:
    from django.db import Error, connection, connections

    from . import migrating

    try:
        pending = migrating.pending()
    except Error as error:
        yield Finding(f"The database does not answer: {str(error).strip()}", "Mend DATABASE_URL or start the server.")
        return
    if pending:
        yield Finding(
            f"{len(pending)} migration(s) are not applied, the first is {pending[0]}.", "Run `forthwith migrate`."
        )
    yield from _role()
    if not pending:
        with connections[migrating.alias()].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenancy_tenant WHERE synthetic")
            ((invented,),) = cursor.fetchall()
        if invented:
            yield Finding(
                f"{invented} tenant(s) of the sample world live here; whoever may run `forthwith sample describe` can sign in.",
                "Use a new database, and `forthwith up --no-sample`.",
            )
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchall() != [("on",)]:
            yield Finding("fsync is off: a power cut would lose acknowledged requests.", "Set fsync = on.")


def _role() -> Iterator[Finding]:
    """Row-level security holds only for a role that neither owns the tables nor passes them by."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ((above,),) = cursor.fetchall()
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user AND schemaname = current_schema()"
        )
        ((owned,),) = cursor.fetchall()
    if above:
        yield Finding("The application's role may pass row-level security by.", "Name a plain role in DATABASE_URL.")
    if owned:
        yield Finding(
            f"The application's role owns {owned} table(s), so it could lift their walls.",
            "Migrate as another role: name it in DATABASE_OWNER_URL.",
        )
