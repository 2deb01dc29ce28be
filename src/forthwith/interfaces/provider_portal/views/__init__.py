"""The portal's pages, one file each."""

from __future__ import annotations

from .answer import answer
from .attachments import attach, attachment
from .authorization import authorization
from .authorizations import authorizations
from .documents import documents
from .drafts import discard, resume
from .find_member import find_member, new
from .home import home
from .letter import letter, letter_pdf
from .member import member
from .questions import ask, questions
from .review import review
from .services import check, service_options, services
from .start import start
from .withdraw import withdraw

__all__ = [
    "answer", "ask", "attach", "attachment", "authorization", "authorizations", "check", "discard", "documents",
    "find_member", "home", "letter", "letter_pdf", "member", "new", "questions", "resume", "review",
    "service_options", "services", "start", "withdraw",
]  # fmt: skip
