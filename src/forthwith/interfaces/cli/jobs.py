"""`forthwith jobs`."""

from __future__ import annotations

import click

from .database import need_audit_key, with_database


@click.command()
@click.option(
    "--task",
    "tasks",
    multiple=True,
    metavar="NAME",
    envvar="FORTHWITH_TASKS",
    show_envvar=True,
    help="Do only this task; may be repeated. Without it, all.",
)
@with_database
def jobs(tasks: tuple[str, ...]) -> None:
    """Run the job worker until it is stopped.

    It renders letters, tells subscribers, watches clocks and seals the audit's chains. `forthwith up` runs one;
    in production run as many as you like beside the web server, each for all tasks or for some.
    """
    from forthwith.interfaces.jobs import run, task_names

    known = task_names()
    unknown = [name for name in tasks if name not in known]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(known)}.", param_hint="--task")
    need_audit_key()
    run(tasks)
