"""`cardwatch link`: files of statements, good and bad, answered in the promised form."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group

GOOD = [
    {"site": site, "kind": kind, "value": value, "place": "visible", "first_seen": "2025-01-01", "last_seen": last}
    for site, last in (("a.com", "2025-03-01"), ("b.com", "2025-06-01T10:00:00Z"))
    for kind, value in (("qq", "82736451"), ("alipay_static", "HTTPS://QR.ALIPAY.COM/FKX0912345ABCD"))
]


def ask(lines: list[object], folder: Path, *more: str) -> tuple[int, dict[str, list[dict[str, object]]]]:
    path = folder / "statements.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    result = CliRunner().invoke(group, ["link", str(path), "--json", *more])
    return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("{") else {}


def test_a_file_is_answered_in_the_promised_form(tmp_path: Path) -> None:
    status, answer = ask([*GOOD], tmp_path)
    assert status == ExitCode.DONE
    assert answer["operators"] == [{"id": "op-a.com", "sites": ["a.com", "b.com"], "band": "确认"}]
    (link,) = answer["links"]
    assert (link["a"], link["b"], link["band"], link["contrary"] is not None) == ("a.com", "b.com", "确认", True)
    assert {"kind", "value", "bits", "reason"} <= set(link["rows"][0])  # type: ignore[index]


def test_bad_lines_are_named_and_stop_nothing(tmp_path: Path) -> None:
    bad: list[object] = [
        "no json", "[]", "[" * 100_000, {"site": "x.com"}, {**GOOD[0], "first_seen": "yesterday"},
        {**GOOD[0], "site": ["a"]}, "null", {**GOOD[0], "value": ""}, "x" * 70_000,
    ]  # fmt: skip
    status, answer = ask([*bad, *GOOD], tmp_path)
    assert status == ExitCode.DONE
    assert answer["operators"][0]["sites"] == ["a.com", "b.com"]
    assert [note for note in answer["notes"] if str(note).startswith("line ")] and len(answer["notes"]) >= len(bad)


def test_lines_in_any_order_and_twice_give_the_same_answer(tmp_path: Path) -> None:
    assert ask([*GOOD], tmp_path) == ask([*reversed(GOOD), *GOOD], tmp_path)


def test_an_empty_file_finds_nothing(tmp_path: Path) -> None:
    assert ask([], tmp_path)[0] == ExitCode.NOTHING_FOUND


def test_hostile_values_are_survived(tmp_path: Path) -> None:
    odd = ["\u0000", "a" * 50_000, "粤ICP备" + "1" * 5000 + "号", "💥" * 900, "../../etc", "' OR 1=1", "-", " "]
    kinds = ["qq", "icp", "uscc", "favicon", "redirect", "tls_san", "registrant", "registered_on", "nonsense"]
    lines = [
        {**GOOD[0], "site": site, "kind": kind, "value": value, "first_seen": first, "last_seen": "2025-01-01"}
        for site in ("a.com", "x/y/z", "@", "a.com@2020-01-01")
        for kind in kinds
        for value in odd
        for first in ("0001-01-01", "9999-12-31", "2024-12-01")
    ]
    status, answer = ask([*lines], tmp_path)
    assert status == ExitCode.DONE
    assert {site for one in answer["operators"] for site in one["sites"]} >= {"a.com", "x/y/z"}  # type: ignore[attr-defined]


def test_a_day_without_a_time_stays_a_day(tmp_path: Path) -> None:
    _, answer = ask([*GOOD], tmp_path)
    (link,) = answer["links"]
    row = next(row for row in link["rows"] if row["kind"] == "qq")  # type: ignore[attr-defined, index]
    assert (row["first_a"], row["last_a"]) == ("2025-01-01", "2025-03-01")
    assert str(row["last_b"]).startswith("2025-06-01T18:00:00"), "a time stays a time"


def test_an_unknown_kind_is_named_as_such_whatever_else_its_line_lacks(tmp_path: Path) -> None:
    odd = {"site": "a.com", "kind": "zodiac", "value": "12"}
    _, answer = ask([odd, *GOOD], tmp_path)
    assert [note for note in answer["notes"] if "zodiac" in str(note)]
    assert not [note for note in answer["notes"] if str(note).startswith("line ")]


def test_the_printed_links_name_kinds_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_text("\n".join(map(json.dumps, GOOD)), encoding="utf-8")
    printed = CliRunner().invoke(group, ["link", str(path)]).stdout
    assert "支付宝收款码" in printed and "QQ号" in printed and "alipay_static" not in printed
