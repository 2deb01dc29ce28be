"""The job worker: readers that follow the audit's rows from their own cursors, and what comes due.

Letters are rendered, chains sealed, live pages told, unanswered requests handed
back to reviewers. Each round is its own short transaction. Nothing that a
person waits for runs here.
"""

from __future__ import annotations

from .worker import run, task_names

__all__ = ["run", "task_names"]
