"""`python -m forthwith.interfaces.cli`, which is how the launcher starts the worker."""

from __future__ import annotations

from . import main

main()
