"""`pages --noise` and the doctor say what was learnt of a page, and how well it is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from versions.past import Past, html_of, open_past

from monitor.doctor_checks import State
from monitor.doctor_reading import check_reading
from monitor.selectors import Selectors

ROOT = Path(__file__).parents[2]
RULES = ("卡密失效的，自购买之日起7天内可以申请全额退款。", "下单后24小时内未收到卡密的，联系客服补发。")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = open_past(tmp_path / "archive")
    past = Past(archive, selectors=Selectors(keep=("#rules",)))
    for visit in range(8):
        lines = "".join(f"<p>{line}</p>" for line in (*RULES, f"页面编号 a{visit}f{visit * 7}c"))
        past.visit(html_of(around=f'<div id="rules">{lines}</div>{{}}'))
    past.visit(html_of(*RULES, around='<section class="policy-body">{}</section>'))
    archive.close()
    (tmp_path / "config.toml").write_text(f'[archive]\npath = "{tmp_path / "archive"}"\n', encoding="utf-8")
    return tmp_path


def ask(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "pages", "--noise", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout


def test_habits_and_a_degraded_reading_are_shown(folder: Path) -> None:
    (page,) = json.loads(ask(folder, "--json"))["pages"]
    assert page["visits"] >= 7
    assert any("页面编号" in habit["example"] for habit in page["habits"])
    assert page["reading"]["selectors"] == ["#rules"]
    shown = ask(folder)
    assert "reading degraded" in shown and "页面编号" in shown


def test_the_doctor_names_the_page_and_what_to_do(folder: Path, tmp_path: Path) -> None:
    check = check_reading(f"sqlite:///{folder}/archive/cardwatch.db")
    assert check.state is State.WARN
    assert "#rules" in check.found and "reextract" in check.mend
    assert check_reading(f"sqlite:///{tmp_path}/none.db").state is State.OK
    assert not (tmp_path / "none.db").exists()
