"""Letters as PDF: accessible, identical for identical content, and literal about what people typed."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import subprocess
import sys
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forthwith.formats import pdf
from forthwith.formats.pdf.coverage import Coverage
from forthwith.formats.pdf.letters import _FONTS
from tests.formats.pdf_text import tags_of, text_of

LETTER: dict[str, Any] = {
    "language": "en-US",
    "title": "Notice of partial approval",
    "tone": "partial",
    "number": "R-7KQ4-93XM",
    "dated": "2026-11-23",
    "letterhead": {"name": "Harborlight Advantage", "lines": ["PO Box 0000", "Samplefield, ZZ 00000"]},
    "refs": [{"label": "Reference", "runs": [{"text": "R-7KQ4-93XM", "code": True, "keep": True}]}],
    "to": ["Dr. Imogen Sampleton"],
    "who": [{"label": "Member", "runs": ["Marigold Fenwick-Sample"]}],
    "salutation": "Dear Dr. Sampleton:",
    "answer": [{"text": "We approved part.", "strong": True}],
    "blocks": [
        {"block": "heading", "level": 2, "text": "What we decided"},
        {
            "block": "table",
            "columns": [{"text": "Service", "wide": True}, {"text": "Asked", "numeric": True}],
            "rows": [[["SVC-ESI-TF1"], ["2"]], [["SVC-EXER"], ["12"]]],
        },
        {"block": "bullets", "items": [["First reason"], ["Second reason"]]},
        {"block": "steps", "items": [["Send the report"]]},
        {"block": "facts", "facts": [{"label": "Plan", "runs": ["Harborlight Plus"]}]},
        {"block": "quote", "runs": ["In the words of the physician"]},
        {
            "block": "card",
            "blocks": [
                {"block": "heading", "level": 3, "text": "Appeal"},
                {"block": "paragraph", "runs": ["See ", {"text": "cms.gov", "link": "https://www.cms.gov/"}]},
            ],
        },
    ],
    "sign": ["Ottoline Marsh-Sample, MD"],
    "foot": [{"block": "paragraph", "runs": [{"text": "Ayuda gratis en su idioma", "lang": "es"}]}],
    "synthetic": True,
    "notice": "Synthetic data.",
    "page_word": "Page",
    "of_word": "of",
}
IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from forthwith.formats import pdf
print(hashlib.sha256(pdf.render(json.load(sys.stdin))).hexdigest())
"""


def with_words(words: str) -> dict[str, Any]:
    letter = copy.deepcopy(LETTER)
    letter["blocks"].append({"block": "paragraph", "runs": ["Begin:", words, ":end"]})
    return letter


def shown(words: str) -> str:
    """The text that a letter with these words shows between its marks."""
    text = text_of(pdf.render(with_words(words)))
    return text[text.index("Begin:") + 6 : text.index(":end")]


def bare(words: str) -> str:
    """Without white space: lines break where they break."""
    return "".join(words.replace("\u200b", "").split())


def test_a_letter_is_tagged_titled_and_in_a_language() -> None:
    content = pdf.render(LETTER)
    with pikepdf.open(io.BytesIO(content)) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en-US"
        assert root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["pdfaid:part"] == "2" and metadata["pdfaid:conformance"] == "A"
            assert metadata["dc:title"] == "Notice of partial approval"
            assert metadata["xmp:CreateDate"].startswith("2026-11-23")
    tags = tags_of(content)
    for tag in ("Document", "H1", "H2", "H3", "Table", "THead", "TR", "TH", "TD", "L", "LI", "LBody", "P", "Link"):
        assert tag in tags, tag
    assert tags.index("H1") < tags.index("H2") < tags.index("H3")


def test_every_word_is_there_to_be_read() -> None:
    text = bare(text_of(pdf.render(LETTER)))

    def words(value: Any) -> None:
        if isinstance(value, str):
            assert bare(value) in text, value
        elif isinstance(value, dict):
            for key in set(value) - {"block", "language", "tone", "link", "lang", "dated"}:
                words(value[key])
        elif isinstance(value, list):
            for one in value:
                words(one)

    words(LETTER)


def test_another_language_is_marked_where_it_stands() -> None:
    with pikepdf.open(io.BytesIO(pdf.render(LETTER))) as document:
        spoken = {str(one.Lang) for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/Lang" in one}
    assert {"en-US", "es"} <= spoken


def test_identical_content_gives_identical_bytes_here_and_elsewhere() -> None:
    first, second = pdf.render(LETTER), pdf.render(copy.deepcopy(LETTER))
    reordered = json.loads(json.dumps(LETTER, sort_keys=True))
    assert first == second == pdf.render(reordered)
    elsewhere = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS],
        input=json.dumps(LETTER), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert elsewhere.stdout.strip() == hashlib.sha256(first).hexdigest()
    assert first != pdf.render({**LETTER, "title": "Notice of approval"})


@pytest.mark.parametrize(
    "words",
    [
        '#panic(1) #read("/etc/passwd") #sys.inputs',
        "$x^2$ *bold* _it_ `raw` ~ -- ... 'q' \"q\" <label> @ref [b] {c} // no /* no */ = no",
        "\\n \\u{41} \\ %s {0} {{ x }} &amp; <script>alert(1)</script>",
        "naïve façade Łódź ≥ 50% → ☐ µg ½ ′",
        "Ивановна Ωmega",
    ],
)
def test_what_people_type_is_shown_literally(words: str) -> None:
    assert bare(shown(words)) == bare(words)


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("李明", "[U+674E][U+660E]"),
        ("a\U0001f32bb", "a[U+1F32B]b"),
        ("a\x07b", "a[U+0007]b"),
        ("12\u202e34", "12[U+202E]34"),
    ],
)
def test_a_character_without_a_glyph_or_with_power_over_others_is_shown_as_its_code(words: str, instead: str) -> None:
    assert bare(shown(words)) == instead


def test_a_reason_written_from_right_to_left_prints() -> None:
    text = shown("שלום و عربي 123")
    assert "123" in text and "שלום"[0] in text


def test_a_very_long_reason_runs_over_pages_and_loses_nothing() -> None:
    sentences = " ".join(f"Sentence number {i} of a long reason." for i in range(300))
    assert len(sentences) > 10_000
    content = pdf.render(with_words(sentences))
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) > 3
    for i in (0, 150, 299):
        assert bare(f"Sentence number {i} of a long reason.") in bare(text_of(content))


def test_a_word_without_end_stays_on_the_paper() -> None:
    assert bare(shown("W" * 10_000)).count("W") == 10_000


def test_marks_stacked_on_one_letter_stay_in_their_line() -> None:
    words = "Zażółć é " + "a" + "\u0301" * 200
    text = bare(shown(words))
    assert text.count("[U+0301]") == 196


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_no_text_can_break_a_letter(words: str) -> None:
    words = words.encode("utf-8", "replace").decode("utf-8")
    assert pdf.render(with_words(words)).startswith(b"%PDF")


def test_large_print_says_the_same_in_larger_letters() -> None:
    small, large = pdf.render(LETTER), pdf.render(LETTER, points=pdf.LARGE_PRINT)
    assert small != large
    for said in ("We approved part.", "First reason", "Ottoline Marsh-Sample, MD", "Ayuda gratis en su idioma"):
        assert bare(said) in bare(text_of(large))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"dated": "tomorrow"}, "`dated` must be a date"),
        ({"blocks": [{"block": "poem", "runs": []}]}, "unknown block poem"),
        ({"blocks": [{"block": "heading", "level": 3, "text": "Too deep"}]}, "skipped"),
        ({"answer": None}, "R-7KQ4-93XM"),
    ],
)
def test_a_document_that_cannot_be_set_says_why(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(pdf.LetterUnprintable, match=says):
        pdf.render({**LETTER, **changed})


def test_coverage_is_read_from_the_fonts_themselves() -> None:
    coverage = Coverage([_FONTS / "AtkinsonHyperlegibleMono-Regular.ttf"])
    assert coverage.printable("Aé–") == "Aé–"
    assert coverage.printable("Жя") == "[U+0416][U+044F]"


def test_a_link_is_kept_as_it_is() -> None:
    url = "https://www.cms.gov/" + "a" * 80
    letter = copy.deepcopy(LETTER)
    letter["blocks"][-1]["blocks"][-1]["runs"][1]["link"] = url
    with pikepdf.open(io.BytesIO(pdf.render(letter))) as document:
        found = [str(one.A.URI) for page in document.pages for one in page.get("/Annots", [])]
    assert found == [url]
