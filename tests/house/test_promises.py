"""What the docs promise is kept by a test: moves have journeys, ids are named, and no test reaches the network."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from forthwith.domain.lifecycle import MOVES, Act
from tests.house.test_house import ROOT

TESTS = ROOT / "tests"
#: How a journey or an act's own test does each row of the lifecycle's table.
DONE_BY = {
    Act.SUBMIT: r"actions\.submit\(|submit\(", Act.APPROVE_BY_RULE: r"approved_by_rule|Approved",
    Act.TAKE: r"\btake\(|\"take\"", Act.RELEASE: r"release", Act.ASK: r"ask_for_information|\"ask\"",
    Act.SEND_BACK: r"send_back", Act.ANSWER: r"answer_information|/answer/", Act.RETURN: r"return_unanswered",
    Act.RECOMMEND: r"recommend", Act.EXTEND: r"extend", Act.DECIDE_LINE: r"_approve\(2\)|outcome_1", Act.DECIDE: r"determine\(|/decide/|\"decide\"",
    Act.NOTIFY: r"record_notice|\"notice\"", Act.WITHDRAW: r"withdraw",
}  # fmt: skip
REQUIREMENT = re.compile(r"\bS[0-4]-\d{1,2}\b")


def test_every_row_of_the_lifecycle_is_done_by_a_journey_and_leaves_its_event():
    journeys = "\n".join(path.read_text() for folder in ("journeys", "apps") for path in (TESTS / folder).glob("test_*.py"))  # fmt: skip
    assert set(DONE_BY) == set(Act)
    for move in MOVES:
        assert re.search(DONE_BY[move.act], journeys), f"no journey does {move.act}"
        assert move.event


def test_every_requirement_that_the_docs_claim_is_named_by_a_test():
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    claimed = {found for page in pages for found in REQUIREMENT.findall(page.read_text())}
    named = {found for path in TESTS.rglob("*.py") for found in REQUIREMENT.findall(path.read_text())}
    assert claimed <= named, sorted(claimed - named)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443), ("2001:db8::1", 443)])
def test_no_test_reaches_the_network(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as door, pytest.raises(RuntimeError, match="tests stay on this machine"):
        door.connect(address)
    with socket.socket(family) as door, pytest.raises(RuntimeError, match="tests stay on this machine"):
        door.connect_ex(address)


def test_no_test_asks_for_a_name_elsewhere():
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection(("example.org", 443), timeout=1)


def test_this_machine_itself_is_reached():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
    assert socket.getaddrinfo("localhost", 80)


def test_no_test_sleeps():
    for path in TESTS.rglob("test_*.py"):
        if "load" not in path.parts and path != Path(__file__):
            assert "time.sleep(" not in path.read_text(), path
