"""Batches: a line answered for each line asked, in order, and no line that spoils another."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from reading.golden import FIXTURES

from monitor import batch
from monitor.batch import answer_lines
from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group

from .answers import answer_oddly

AT = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = (
    "<html><body><h1>青鸾点卡</h1><p>价格：￥9.90</p><p>库存：20</p><h3>售后</h3><p>坏卡7天内包换。</p></body></html>"
)


def ask(*lines: object, seconds: float = 20) -> list[dict[str, object]]:
    written = b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in lines)
    return list(answer_lines(io.BytesIO(written), answer_oddly, Path("/some/folder"), AT, jobs=2, seconds=seconds))


def run(command: str, folder: Path, *items: object) -> tuple[int, list[dict[str, object]]]:
    asked = folder / "asked.jsonl"
    asked.write_text("\n".join(json.dumps(item, ensure_ascii=False) for item in items), encoding="utf-8")
    result = CliRunner().invoke(group, [command, "--batch", str(asked), "--jobs", "1"])
    code = getattr(result.exception, "exit_code", result.exit_code)
    return int(code), [json.loads(line) for line in result.stdout.splitlines()]


def test_answers_come_in_the_order_of_the_lines_whatever_each_of_them_does() -> None:
    answers = ask(
        *({"id": number, "say": number} for number in range(20)),
        {"id": "a", "do": "raise"},
        b"{not json}\n",
        b"\n",
        b"[1, 2]\n",
        {"id": "b", "do": "break"},
        {"id": {"deep": 1}, "say": "last"},
    )
    assert [answer["id"] for answer in answers] == [*range(20), "a", None, None, "b", {"deep": 1}]
    assert [answer["said"] for answer in answers[:20]] == list(range(20))
    assert answers[0] == {"id": 0, "said": 0, "folder": "folder", "at": AT.isoformat()}
    assert [answer.get("error", "")[:24] for answer in answers[20:]] == [  # type: ignore[index]
        "this is no page; give an", "the line is no JSON (Exp", "the line is no JSON obje", "KeyError: 'title'", "",
    ]  # fmt: skip
    assert [answer.get("line") for answer in answers[20:24]] == [21, 22, 24, 25]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_a_line_that_hangs_dies_or_eats_memory_costs_itself_only() -> None:
    answers = ask(
        {"id": 1, "do": "hang"}, {"id": 2, "say": "x"}, {"id": 3, "do": "die"}, {"id": 4, "do": "eat"},
        {"id": 5, "say": "y"}, seconds=6,
    )  # fmt: skip
    assert [answer.get("said") for answer in answers] == [None, "x", None, None, "y"]
    assert "not answered within 6 s" in str(answers[0]["error"])
    assert "ended" in str(answers[2]["error"])
    assert "memory" in str(answers[3]["error"])


def test_a_line_beyond_the_bound_is_passed_over_and_the_next_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_LINE_BYTES", 200)
    answers = ask({"id": 1, "say": "x" * 1000}, {"id": 2, "say": "y"})
    assert "longer than" in str(answers[0]["error"]) and answers[1]["said"] == "y"


@pytest.mark.parametrize("depth", [60, 500, 900, 20_000])
def test_a_deeply_nested_line_costs_itself_only(depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    answers = ask(
        b'{"id": ' + nested + b', "say": "x"}\n', b'{"id": 2, "say": ' + nested + b"}\n", {"id": 3, "say": "y"}
    )
    assert ["error" in answer for answer in answers] == [True, True, False]
    assert answers[2]["said"] == "y"


def test_a_number_that_json_does_not_know_is_no_json() -> None:
    answers = ask(b'{"id": NaN, "say": "x"}\n', {"id": 2, "say": "y"})
    assert "NaN is no JSON" in str(answers[0]["error"]) and answers[0]["id"] is None
    assert answers[1]["said"] == "y"


def test_comparing_takes_texts_and_names_of_files(tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "new.html").write_text(PAGE.replace("7天", "3天"), encoding="utf-8")
    code, answers = run(
        "compare",
        tmp_path,
        {"id": "t", "before": "售出后7天内可退款。", "after": "售出后3天内可退款。", "role": "terms"},
        {"id": "f", "before": "old.html", "after": "new.html", "role": "product"},
        {"id": "n", "before_file": "old.html", "after_file": "new.html", "role": "product"},
        {"id": "m", "before": PAGE, "after": PAGE, "role": "product"},
        {"id": "gone", "before": "gone.html", "after": "new.html"},
        {"id": "role", "before": "a", "after": "b", "role": "judge"},
    )
    assert code == ExitCode.DONE
    by_id = {answer["id"]: answer for answer in answers}
    for name in ("t", "f", "n"):
        assert by_id[name]["effect"] == "worse" and "7天" in str(by_id[name]["summary_zh"])
    assert by_id["m"]["changes"] == []
    assert "gone.html: No such file or directory" in str(by_id["gone"]["error"])
    assert "product, terms" in str(by_id["role"]["error"])


def test_a_shop_that_changed_its_software_is_read_by_one_reader(tmp_path: Path) -> None:
    other = (FIXTURES / "dujiaoka" / "unicorn_product.html").read_text(encoding="utf-8")
    rule = "<h3>售后规则</h3><p>补发期{days}天，超过时限不再处理。</p>"
    before = PAGE.replace("<h3>", rule.format(days=15) + "<h3>", 1)
    after = other.replace("</body>", rule.format(days=7) + "</body>")
    _code, (answer,) = run("compare", tmp_path, {"id": 1, "before": before, "after": after, "role": "product"})
    changes = answer["changes"]
    assert isinstance(changes, list)
    assert any("window_shortened" in one["kinds"] and one["class"] == "rule" for one in changes)


def test_reading_gives_a_record_of_the_product_for_files_markup_and_plain_text(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    code, answers = run(
        "read",
        tmp_path,
        {"id": 1, "file": "page.html", "url": "https://shop.test/buy/3"},
        {"id": 2, "text": PAGE},
        {"id": 3, "text": "商品名称：青鸾点卡\n价格：9.90元\n有效期：激活后30天"},
        {"id": 4},
        {"id": 5, "file": "."},
    )
    assert code == ExitCode.DONE
    first, second, third, fourth, fifth = answers
    assert first["final_url"] == "https://shop.test/buy/3"
    for answer in (first, second):
        facts = answer["facts"]
        assert isinstance(facts, dict)
        assert (facts["name"], facts["price"], facts["stock"]) == ("青鸾点卡", "9.9", 20)
    facts = third["facts"]
    assert isinstance(facts, dict) and "30天" in facts["validity"]
    assert "file" in str(fourth["error"]) and "folder" in str(fifth["error"])


def test_reviewing_takes_a_date_and_says_when_it_is_none(tmp_path: Path) -> None:
    code, answers = run(
        "review",
        tmp_path,
        {"id": 1, "text": "虚拟商品，一经售出，概不退换。", "at": date(2026, 5, 1).isoformat()},
        {"id": 2, "text": "质量问题7天内全额退款。"},
        {"id": 3, "text": "x", "at": "yesterday"},
    )
    assert code == ExitCode.DONE
    assert any(finding["pattern"] == "R01" for finding in answers[0]["findings"])  # type: ignore[attr-defined]
    assert answers[1]["findings"] == []
    assert "2026-03-01" in str(answers[2]["error"])


def test_a_batch_of_which_nothing_could_be_answered_says_so(tmp_path: Path) -> None:
    assert run("read", tmp_path, {"id": 1})[0] == ExitCode.NOTHING_FOUND
    result = CliRunner().invoke(group, ["read", "--batch", str(tmp_path / "absent.jsonl")])
    assert getattr(result.exception, "exit_code", result.exit_code) == ExitCode.WRONG_USE
