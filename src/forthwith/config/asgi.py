"""The ASGI entry: one port, sync views, one async live view."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forthwith.config.settings")

application = get_asgi_application()
