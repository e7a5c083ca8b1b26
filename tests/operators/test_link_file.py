"""Lines of a statements file: the usual form and all others that JSON allows say the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.operators.link_file import FileReading, read_statements

LINE = {"site": "a.com", "kind": "registrant", "value": "广州路一网络科技有限公司", "place": "registry",
        "first_seen": "2025-01-01", "last_seen": "2025-03-01"}  # fmt: skip
USUAL = json.dumps(LINE, ensure_ascii=False)
OTHER = {**LINE, "site": "b.com"}


def told(reading: FileReading) -> tuple[object, ...]:
    columns = reading.columns
    return columns.sites, columns.values, columns.first.tolist(), columns.last.tolist(), reading.wrong


@pytest.mark.parametrize(
    "line",
    [
        USUAL.encode(),
        json.dumps(LINE) + "\r\n",
        "  \t" + USUAL + "  \n",
        json.dumps({**LINE, "site": " A.com. ", "value": f" {LINE['value']} "}),
        json.dumps({"unknown": [{}], **LINE}).encode(),
        USUAL.encode("utf-16"),
        "\ufeff".encode() + USUAL.encode(),
    ],
)
def test_a_line_says_the_same_in_any_form_of_json(line: str | bytes) -> None:
    assert told(read_statements([line])) == told(read_statements([USUAL]))


@pytest.mark.parametrize(
    "line", [USUAL + " more", USUAL + USUAL, USUAL[:-1], "{", "{}", '{"site": 1e400}', b'{"site": "\xff"}', "\x00"]
)
def test_a_line_that_is_no_object_of_its_own_is_named_and_the_next_is_read(line: str | bytes) -> None:
    reading = read_statements([line, json.dumps(OTHER)])
    assert reading.columns.sites == ("b.com",)
    assert reading.wrong == 1 and reading.problems[0][0] == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"first_seen": "0001-01-01T00:00:00+14:00"},
        {"last_seen": "9999-12-31"},
        {"first_seen": "1989-12-31T23:59:00Z", "last_seen": "1990-01-02"},
        {"last_seen": "2100-01-01"},
        {"first_seen": "2025-03-02", "last_seen": "2025-03-01"},
        {"confidence": -5},
        {"confidence": 0},
        {"confidence": float("nan")},
        {"confidence": True},
        {"confidence": "1"},
        {"site": "https://www.a.com/x"},
        {"site": "a.com@2024-99-01"},
    ],
    ids=str,
)
def test_what_cannot_have_been_seen_is_named_and_the_next_line_is_read(odd: dict[str, object]) -> None:
    reading = read_statements([json.dumps({**LINE, **odd}), json.dumps(OTHER)])
    assert reading.columns.sites == ("b.com",)
    assert reading.wrong == 1 and reading.problems[0][0] == 1


def test_what_is_to_come_is_read_and_counted() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    later = [json.dumps({**LINE, "last_seen": day}) for day in ("2026-01-02", "2026-01-03")]
    reading = read_statements(later, now=now)
    assert (reading.wrong, reading.ahead) == (0, 1)
    assert reading.columns.sites == (LINE["site"],)


def test_a_shop_keeps_the_letters_of_its_path() -> None:
    names = ["Shop.Example/links/AbC1", "shop.example/links/abc1"]
    reading = read_statements([json.dumps({**LINE, "site": name}) for name in names])
    assert set(reading.columns.sites) == {"shop.example/links/AbC1", "shop.example/links/abc1"}


def test_a_name_in_letters_of_its_own_and_as_it_is_sent_is_one_site() -> None:
    reading = read_statements([json.dumps({**LINE, "site": site}) for site in ("пример.рф", "xn--e1afmkfd.xn--p1ai")])
    assert reading.columns.sites == ("xn--e1afmkfd.xn--p1ai",)


def test_confidence_lessens_the_weight() -> None:
    full, half = (
        read_statements([json.dumps({**LINE, **more})]).columns.strength.tolist() for more in ({}, {"confidence": 0.5})
    )
    assert half[0] == pytest.approx(full[0] / 2, abs=0.01)


def test_a_number_is_taken_as_text_and_a_yes_is_not() -> None:
    one = {**LINE, "kind": "qq", "value": 82736451}
    assert read_statements([json.dumps(one)]).columns.values == ("82736451",)
    assert read_statements([json.dumps({**one, "value": True})]).wrong == 1
