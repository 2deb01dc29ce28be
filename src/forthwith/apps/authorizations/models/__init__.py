"""The tables of requests."""

from __future__ import annotations

from .attachment import Attachment
from .authorization import Authorization
from .determination import Determination
from .draft import Draft
from .information import InformationRequest, NoticeGiven
from .line import Line
from .submission import Submission

__all__ = [
    "Attachment",
    "Authorization",
    "Determination",
    "Draft",
    "InformationRequest",
    "Line",
    "NoticeGiven",
    "Submission",
]
