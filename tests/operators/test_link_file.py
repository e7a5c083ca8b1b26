"""Lines of a statements file: the usual form and all others that JSON allows say the same."""

from __future__ import annotations

import json

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


def test_a_number_is_taken_as_text_and_a_yes_is_not() -> None:
    one = {**LINE, "kind": "qq", "value": 82736451}
    assert read_statements([json.dumps(one)]).columns.values == ("82736451",)
    assert read_statements([json.dumps({**one, "value": True})]).wrong == 1
