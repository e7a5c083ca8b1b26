"""What a page says cannot steer the terminal that shows it, in JSON neither."""

from __future__ import annotations

import json

import pytest

from monitor.cli.output import plain_text, print_json


def test_json_shows_controls_as_codes_and_stays_json(capsys: pytest.CaptureFixture[str]) -> None:
    said = {"title": "a\x1b[31m\x9b31m\x7f\u202e\u2066退款\ud800"}
    print_json(said)
    out = capsys.readouterr().out
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066" for c in out)
    assert json.loads(out)["title"].startswith("a\x1b[31m\x9b31m\x7f\u202e\u2066退款")


def test_a_line_of_a_table_holds_no_control() -> None:
    assert plain_text("a\x1b[2J\nb\x9bc\u202e") == "a<001B>[2J b<009B>c<202E>"
