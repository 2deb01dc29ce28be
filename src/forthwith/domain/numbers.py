"""Numbers that people see and numbers that identify clinicians.

A reference number (`R-7KQ4-93XM`) is given at submission; an authorization
number (`A-5TW2-81PC`) only for approved lines. Bodies are random: no date,
volume or person can be read from them. The last character is a check
character (ISO 7064 MOD 37-36; bodies avoid I, L, O and U). One wrong character
is always noticed. Two swapped neighbors are noticed by nearly every number of
that scheme; the few others are not given out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: read aloud without doubt
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
_SHAPE = re.compile(rf"[RA]-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
_CONFUSED = str.maketrans("ILO", "110")


def make_number(kind: str, randbelow: Callable[[int], int]) -> str:
    """A fresh number of kind `R` or `A`; `randbelow` is a cryptographic source (secrets.randbelow).

    Bodies whose check character would be one of I, L, O, U, and those that hide a swap, are drawn again.
    """
    while True:
        drawn = randbelow(32**7)
        body = "".join(ALPHABET[drawn >> shift & 31] for shift in range(0, 35, 5))
        check = mod_37_36.calc_check_digit(kind + body)
        if check in ALPHABET and not _hides_a_swap(kind, body + check):
            return f"{kind}-{body[:4]}-{body[4:]}{check}"


def _hides_a_swap(kind: str, plain: str) -> bool:
    """Whether two neighbors (the check character too) could be swapped and the check still hold."""
    values = [int(character, 36) for character in plain]
    state = _step(36, int(kind, 36))
    for first, second in pairwise(values[:-1]):
        after = _step(state, first)
        if first != second and _step(after, second) == _step(_step(state, second), first):
            return True
        state = after
    last, check = values[-2:]
    return last != check and (_step(state, check) + last) % 36 == 1


def _step(state: int, value: int) -> int:
    """The sum of ISO 7064 MOD 37-36, one character further."""
    return ((state + value) % 36 or 36) * 2 % 37


def read_number(text: str) -> str | None:
    """The number as we write it, or None where the text is none of ours.

    Lower case, missing hyphens, spaces, and I, L, O for 1, 1, 0 are forgiven.
    """
    plain = re.sub(r"[\s-]", "", text).upper()
    if len(plain) != 9:
        return None
    plain = plain[0] + plain[1:].translate(_CONFUSED)
    number = f"{plain[0]}-{plain[1:5]}-{plain[5:]}"
    return number if is_number(number) else None


def is_number(number: str) -> bool:
    """Is this a well-formed reference or authorization number with the right check character?"""
    if not _SHAPE.fullmatch(number):
        return False
    return bool(mod_37_36.is_valid(number.replace("-", "")))


def is_npi(text: str) -> bool:
    """Is this a National Provider Identifier: ten digits, 1 or 2 first, Luhn over 80840 + NPI (45 CFR 162.406)."""
    if not re.fullmatch(r"[12][0-9]{9}", text):
        return False
    try:
        luhn.validate("80840" + text)
    except ValidationError:
        return False
    return True


def npi_of(nine_digits: str) -> str:
    """The NPI whose first nine digits these are."""
    return nine_digits + luhn.calc_check_digit("80840" + nine_digits)


def is_diagnosis(code: str) -> bool:
    """Whether this has the form of an ICD-10-CM code with its point (M54.16)."""
    return _DIAGNOSIS.fullmatch(code) is not None
