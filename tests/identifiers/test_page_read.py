"""`cardwatch read` names who a saved page tells of."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from monitor.cli.main import group

_PAGE = (
    "<meta charset=utf-8><title>售后</title><h1>售后</h1><p>坏卡 7 天内包换。</p><p>客服QQ：273190846</p>"
    "<footer>湘公网安备31010333002939号</footer>"
)


def test_read_gives_identifiers_with_their_place_and_fault(tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text(_PAGE, encoding="utf-8")
    answer = json.loads(CliRunner().invoke(group, ["read", str(saved), "--json"]).stdout)
    found = {each["kind"]: each for each in answer["identifiers"]}
    assert found["qq"]["value"] == "273190846"
    assert found["qq"]["place"] == "visible"
    assert found["qq"]["shown"] == "客服QQ：273190846"
    assert found["police_icp"]["problem"] == "the province 湘 is 43, and the number begins with 31"


def test_read_lists_identifiers_by_their_chinese_names(tmp_path: Path) -> None:
    saved = tmp_path / "page.html"
    saved.write_text(_PAGE, encoding="utf-8")
    shown = CliRunner().invoke(group, ["read", str(saved)]).stdout
    assert "QQ号" in shown
    assert "公安备案号" in shown


def test_a_text_of_a_batch_has_identifiers_too(tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps({"id": 1, "text": "售后规则\n客服QQ：273190846"}) + "\n", encoding="utf-8")
    line = CliRunner().invoke(group, ["read", "--batch", str(asked)]).stdout.splitlines()[0]
    assert '"273190846"' in line
