"""Finding one record for a page, or answering 404: not visible and not found are one answer."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

T = TypeVar("T")


def found(queryset: Any, number: str, *, field: str = "number") -> Any:
    """The row of a scoped queryset with this number."""
    try:
        return queryset.get(**{field: number})
    except ObjectDoesNotExist:
        raise Http404 from None


def there(record: T | None) -> T:
    """The record itself; 404 where a query answered None."""
    if record is None:
        raise Http404
    return record
