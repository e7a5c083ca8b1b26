"""`cardwatch review` answers for texts and saved pages, in Chinese or JSON, with a status a script can use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from terminal import invoke_apart

from monitor.cli.main import group


def review(*words: str | Path) -> Result:
    return invoke_apart(group, ["review", *map(str, words)])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.txt"
    path.write_text("1. 虚拟商品一经售出概不退换。\n2. 本店不开发票。\n", encoding="utf-8")
    return path


def test_grave_findings_come_first_and_set_the_status(rules: Path) -> None:
    done = review(rules)
    assert done.exit_code == 3
    assert done.output.index("一经售出概不退换") < done.output.index("发票")
    assert "可能涉及" in done.output
    assert "构成" not in done.output


def test_mild_findings_leave_the_status_alone(tmp_path: Path) -> None:
    path = tmp_path / "rules.md"
    path.write_text("本店不开发票。", encoding="utf-8")
    assert review(path).exit_code == 0


def test_json_has_the_date_asked_for_and_the_articles_of_that_day(rules: Path) -> None:
    told = json.loads(review(rules, "--json", "--at", "2022-01-01").output)
    assert told["at"] == "2022-01-01"
    laws = {law["id"] for finding in told["findings"] for law in finding["laws"]}
    assert "xbf-26" in laws
    assert "xbftl-17" not in laws  # in force since 2024-07-01


def test_saved_page_is_read_before_it_is_reviewed(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><head><meta charset='utf-8'><title>购买须知</title></head><body><h1>购买须知</h1>"
        "<div class='content'><p>虚拟商品一经售出概不退换。</p><p>最终解释权归本站所有。</p></div>"
        "<script>var a='投诉一律拉黑';</script></body></html>",
        encoding="utf-8",
    )
    told = json.loads(review(path, "--json").output)
    assert {"R01", "I01"} <= {finding["pattern"] for finding in told["findings"]}
    assert "P01" not in {finding["pattern"] for finding in told["findings"] if finding["quotable"]}


def test_gbk_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rules.txt"
    path.write_bytes("虚拟商品一经售出概不退换".encode("gb18030"))
    assert "R01" in review(path).output


def test_wrong_file_says_what_to_do(tmp_path: Path) -> None:
    done = review(tmp_path / "none.txt")
    assert done.exit_code == 2
    assert "no such file" in done.stderr


def test_nothing_to_review_has_its_own_status(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_text("", encoding="utf-8")
    assert review(path).exit_code == 6


def test_word_that_is_no_file_says_so_where_there_is_no_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = review("rules")
    assert done.exit_code == 2
    assert "there is no such file" in done.stderr


def test_address_needs_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = review("http://127.0.0.1:9/")
    assert done.exit_code in (4, 8), done.stderr  # private addresses are refused; 8 where there is no browser
    assert "127.0.0.1" in done.stderr or "browser" in done.stderr
