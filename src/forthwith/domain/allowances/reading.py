"""Reading allowances from parsed documents; what is wrong is told by document, entry and field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, NoReturn, TypeVar

from ..calendars import STATES, Unit
from ..words import ItemClass, LineOfBusiness, Timing, Urgency
from .book import AllowanceBook
from .rules import (
    Allowance,
    AppealWindow,
    Extension,
    Layer,
    Length,
    OnBreach,
    Pause,
    PreEmption,
    Reason,
    Start,
    Toll,
)

_Word = TypeVar("_Word", bound=StrEnum)
_Read = TypeVar("_Read")


Path = tuple[str | int, ...]


class BookInvalid(ValueError):
    """An allowance document says something that cannot be understood; the message says where and what.

    `document` is its number among those given (from 0), `path` leads to the part that is wrong, `cause` says why.
    """

    def __init__(self, message: str, *, document: int, path: Path, cause: str) -> None:
        super().__init__(message)
        self.document, self.path, self.cause = document, path, cause


def read_book(documents: Iterable[Mapping[str, Any]]) -> AllowanceBook:
    """Parsed documents -> the book. Raises BookInvalid naming document, entry and field."""
    rules: list[tuple[Allowance, _Entry]] = []
    appeals: list[tuple[AppealWindow, _Entry]] = []
    tenants: dict[str, tuple[str, ...]] = {}
    named: list[_Entry] = []
    for number, document in enumerate(documents):
        page = _Entry(document, "allowances", number).named("document")
        page.knows("document", "title", "about", "rules", "appeals", "tenants")
        rules += [(_rule(entry.named("id")), entry.named("id")) for entry in page.entries("rules")]
        appeals += [(_appeal(entry.named("id")), entry.named("id")) for entry in page.entries("appeals")]
        named += [entry.named("key") for entry in page.entries("tenants")]
    _check_versions(rules)
    _check_versions(appeals)
    levels = {rule.id for rule, _ in rules if rule.layer is Layer.SERVICE_LEVEL}
    for entry in named:
        tenants[entry.text("key")] = _levels(entry, levels)
    return AllowanceBook((rule for rule, _ in rules), (window for window, _ in appeals), tenants)


class _Entry:
    """A mapping being read, which knows where it stands so that errors can say so."""

    def __init__(self, content: object, where: str, document: int, path: Path = ()) -> None:
        self.where, self.document, self.path = where, document, path
        if not isinstance(content, Mapping):
            cause = f"must be a mapping, not {type(content).__name__}."
            raise BookInvalid(f"{where}: {cause}", document=document, path=path, cause=cause)
        self.content: Mapping[str, Any] = content

    def named(self, key: str) -> _Entry:
        return _Entry(self.content, f"{self.where}: {self.text(key)}", self.document, self.path)

    def wrong(self, key: str, why: str) -> NoReturn:
        message = f"{self.where}: {key}: {why}"
        raise BookInvalid(message, document=self.document, path=(*self.path, key), cause=why)

    def knows(self, *keys: str) -> None:
        for key in self.content:
            if key not in keys:
                self.wrong(str(key), f"unknown field; known: {', '.join(keys)}.")

    def text(self, key: str, default: str | None = None) -> str:
        found = self.content.get(key, default)
        if not isinstance(found, str) or (not found.strip() and default is None):
            self.wrong(key, "must be a text that is not empty.")
        return found.strip()

    def number(self, key: str) -> int:
        found = self.content.get(key)
        if not isinstance(found, int) or isinstance(found, bool) or not 0 < found <= 3660:
            self.wrong(key, "must be a whole number from 1 to 3660.")
        return found

    def day(self, key: str) -> date:
        found = self.content.get(key)
        if isinstance(found, str):
            try:
                return date.fromisoformat(found)
            except ValueError:
                self.wrong(key, f"{found!r} is not a date; write YYYY-MM-DD.")
        if type(found) is not date:
            self.wrong(key, "must be a date, written YYYY-MM-DD.")
        return found

    def day_or_none(self, key: str) -> date | None:
        return None if self.content.get(key) is None else self.day(key)

    def word(self, key: str, words: type[_Word]) -> _Word:
        return self._word(key, self.content.get(key), words)

    def _word(self, key: str, found: object, words: type[_Word]) -> _Word:
        try:
            return words(str(found))
        except ValueError:
            self.wrong(key, f"{found!r} is not one of {', '.join(words)}.")

    def words(self, key: str, words: type[_Word]) -> frozenset[_Word]:
        if self.content.get(key) == "any":
            return frozenset(words)
        found = [self._word(key, one, words) for one in self.sequence(key)]
        if not found:
            self.wrong(key, f"must be 'any' or a list of {', '.join(words)}.")
        return frozenset(found)

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.sequence(key)
        if not all(isinstance(one, str) and one.strip() for one in found):
            self.wrong(key, "must be a list of texts.")
        return tuple(str(one) for one in found)

    def sequence(self, key: str) -> Sequence[object]:
        found = self.content.get(key, ())
        if isinstance(found, str) or not isinstance(found, Sequence):
            self.wrong(key, "must be a list.")
        return found

    def entries(self, key: str) -> list[_Entry]:
        found = self.sequence(key)
        return [
            _Entry(one, f"{self.where}: {key}[{number}]", self.document, (*self.path, key, number - 1))
            for number, one in enumerate(found, start=1)
        ]

    def inner(self, key: str, read: Callable[[_Entry], _Read]) -> _Read | None:
        found = self.content.get(key)
        return None if found is None else read(self._inner(key, found))

    def _inner(self, key: str, found: object) -> _Entry:
        return _Entry(found, f"{self.where}: {key}", self.document, (*self.path, key))


def _rule(entry: _Entry) -> Allowance:
    entry.knows(
        *("id", "layer", "authority", "citation", "lob", "state", "item", "urgency", "timing", "duration"),
        *("unit", "said", "start", "notify", "extension", "no_extension", "toll", "on_breach"),
        *("effective_from", "effective_to", "pre_emption"),
    )
    length = Length(entry.number("duration"), entry.word("unit", Unit))
    extension = entry.inner("extension", _extension)
    return Allowance(
        id=entry.text("id"),
        layer=entry.word("layer", Layer),
        authority=entry.text("authority"),
        citation=entry.text("citation"),
        lobs=entry.words("lob", LineOfBusiness),
        state=_state(entry),
        items=entry.words("item", ItemClass),
        urgencies=entry.words("urgency", Urgency),
        timings=entry.words("timing", Timing),
        length=length,
        text=entry.text("said", str(length)),
        start=entry.word("start", Start),
        notify=entry.texts("notify"),
        extension=extension,
        no_extension=entry.text("no_extension") if extension is None else "",
        toll=entry.inner("toll", _toll),
        on_breach=entry.word("on_breach", OnBreach),
        effective_from=entry.day("effective_from"),
        effective_to=_last_day(entry),
        pre_emption=entry.inner("pre_emption", _pre_emption),
    )


def _state(entry: _Entry) -> str | None:
    state = entry.content.get("state")
    if state is None and entry.content.get("layer") == Layer.STATE:
        entry.wrong("state", "a state's rule must name its state.")
    if state is not None and state not in STATES:
        entry.wrong("state", f"{state!r} is not the code of a state.")
    return state


def _last_day(entry: _Entry) -> date | None:
    last = entry.day_or_none("effective_to")
    if last is not None and last < entry.day("effective_from"):
        entry.wrong("effective_to", "ends before effective_from.")
    return last


def _length(entry: _Entry) -> Length:
    entry.knows("duration", "unit")
    return Length(entry.number("duration"), entry.word("unit", Unit))


def _extension(entry: _Entry) -> Extension:
    entry.knows("duration", "unit", "reasons", "notice")
    reasons = [Reason(one.text("key"), one.text("words")) for one in entry.entries("reasons")]
    if not reasons:
        entry.wrong("reasons", "an extension needs at least one lawful reason.")
    length = Length(entry.number("duration"), entry.word("unit", Unit))
    return Extension(length, tuple(reasons), entry.text("notice"))


def _toll(entry: _Entry) -> Toll:
    entry.knows("mode", "ask_within", "supply", "decide_within")
    supply, decide_within = entry.inner("supply", _length), entry.inner("decide_within", _length)
    if supply is None or decide_within is None:
        entry.wrong("supply" if supply is None else "decide_within", "must say duration and unit.")
    return Toll(entry.word("mode", Pause), entry.inner("ask_within", _length), supply, decide_within)


def _pre_emption(entry: _Entry) -> PreEmption:
    entry.knows("lob", "citation")
    return PreEmption(entry.words("lob", LineOfBusiness), entry.text("citation"))


def _appeal(entry: _Entry) -> AppealWindow:
    entry.knows("id", "authority", "citation", "lob", "days", "effective_from", "effective_to")
    return AppealWindow(
        id=entry.text("id"),
        authority=entry.text("authority"),
        citation=entry.text("citation"),
        lob=entry.word("lob", LineOfBusiness),
        days=entry.number("days"),
        effective_from=entry.day("effective_from"),
        effective_to=_last_day(entry),
    )


def _levels(entry: _Entry, known: set[str]) -> tuple[str, ...]:
    entry.knows("key", "about", "service_levels")
    levels = entry.texts("service_levels")
    for level in levels:
        if level not in known:
            entry.wrong("service_levels", f"no service level is named {level!r}.")
    return levels


def _check_versions(versions: Sequence[tuple[Allowance | AppealWindow, _Entry]]) -> None:
    """Two versions of one rule never speak on the same day: else a clock would have two answers."""
    ordered = sorted(versions, key=lambda one: (one[0].id, one[0].effective_from))
    for (earlier, _), (later, entry) in pairwise(ordered):
        if earlier.id != later.id:
            continue
        if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
            entry.wrong(
                "effective_from",
                f"the version of {later.effective_from} begins "
                f"while the version of {earlier.effective_from} is still in force.",
            )
