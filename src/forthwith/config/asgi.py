"""The ASGI entry: one port, sync views in threads, one async live view."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forthwith.config.settings")
django.setup(set_prefix=False)

from forthwith.interfaces.web.gate import Gate  # noqa: E402 (needs the apps)
from forthwith.interfaces.web.serving import Application  # noqa: E402

application = Gate(Application())
