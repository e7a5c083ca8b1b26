"""The documents hold: every command line in them parses, every link leads somewhere, every field name is real."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from complaints.casefiles import make_case, make_item, make_step

from monitor.cli import asking
from monitor.cli.main import SECTIONS, find_entry, group, load_command
from monitor.complaints.facts.case_data import case_data, item_data, step_data
from monitor.demo.report import Finding, Report, as_data
from monitor.demo.truth import Seen, Verdict
from monitor.json_forms import block_data, comparison_data, difference_data, fact_data, identifier_data
from monitor.product_facts import ProductFacts
from monitor.verify.tokens import Stamp
from monitor.verify.verdict import FileTold, PackTold
from scrapers.identity import Identifier
from scrapers.model import Block, BlockKind, Fact, FactKind, Origin, Outcome, Reading, Role
from storage.model import (
    Change,
    ChangeClass,
    ChangeStatus,
    Difference,
    Effect,
    Severity,
    StoredCapture,
    Version,
    WatchedPage,
)

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(cardwatch [^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def command_lines(document: Path) -> list[str]:
    """All that a reader may type: lines of shell blocks, and whole commands in running text."""
    text = document.read_text(encoding="utf-8")
    lines = [
        line.strip().removeprefix("$ ")
        for _, language, body in _FENCE.findall(text)
        if language in ("sh", "console")
        for line in body.splitlines()
    ]
    lines += _INLINE.findall(_FENCE.sub("", text))
    return [line.replace("\\|", "|") for line in lines if line.startswith("cardwatch ")]


ALL_LINES = [(document.relative_to(ROOT), line) for document in DOCUMENTS for line in command_lines(document)]


@pytest.mark.parametrize(("document", "line"), ALL_LINES, ids=[f"{document}: {line}" for document, line in ALL_LINES])
def test_command_line_parses(document: Path, line: str) -> None:
    _, *words = shlex.split(line.partition(" | ")[0], comments=True)
    if words[:1] in (["--help"], ["--version"]):
        return
    if words[0] == "--config":
        words = words[2:]
    entry = find_entry(words[0])
    assert entry is not None, f"{document}: there is no command {words[0]}"
    name, command, words = words[0], load_command(words[0], entry), words[1:]
    if isinstance(command, click.Group) and words:
        part = command.get_command(click.Context(command), words[0])
        assert part is not None, f"{document}: {name} has no command {words[0]}"
        name, command, words = f"{name} {words[0]}", part, words[1:]
    parse_words(command, words, whole=" " in line.removeprefix(f"cardwatch {name}"))


def parse_words(command: click.Command, words: list[str], *, whole: bool) -> None:
    """Parse as click does, without looking for the files that are named; `whole` wants every argument."""
    context = click.Context(command, info_name=command.name, parent=click.Context(group))
    given, rest, _ = command.make_parser(context).parse_args(list(words))
    assert not rest, f"{command.name}: {rest} is too much"
    for parameter in command.params:
        value = given.get(parameter.name or "")
        values = value if isinstance(value, (list, tuple)) else [value]
        if isinstance(parameter.type, (click.Choice, click.IntRange)):
            for word in values:
                if isinstance(word, str):
                    parameter.type(word, parameter, context)
        if whole and parameter.required and (isinstance(parameter, click.Argument) or words):
            assert any(isinstance(word, str) for word in values), f"{command.name}: {parameter.name} is missing"


def test_documents_show_commands() -> None:
    assert len(ALL_LINES) > 40


def test_every_command_is_documented() -> None:
    told = " ".join(line for _, line in ALL_LINES)
    missing = [name for entries in SECTIONS.values() for name in entries if f"cardwatch {name}" not in told]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    links = [link for link in _LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_toml_in_documents_is_toml(document: Path) -> None:
    for indent, language, body in _FENCE.findall(document.read_text(encoding="utf-8")):
        if language == "toml":
            tomllib.loads("\n".join(line.removeprefix(indent) for line in body.splitlines()))


def test_module_paths_in_documents_exist() -> None:
    pattern = re.compile(r"`(?:python )?((?:monitor|scrapers|storage|bench|tests|docs)/[\w./-]+)[^`\n]*`")
    missing = [
        f"{document.name}: {place}"
        for document in DOCUMENTS
        for place in pattern.findall(document.read_text(encoding="utf-8"))
        if not (ROOT / place).exists()
    ]
    assert missing == []


def test_promised_field_names_are_those_given() -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    promised = {
        name: set(re.findall(r"`([a-z_]+)`", body.split("\n\n")[0]))
        for name, body in re.findall(r"^### (\w+)\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    }
    given = {name: set(value) for name, value in sample_values().items()}
    promised["change"] |= promised["difference"]
    assert promised == given


def sample_values() -> dict[str, dict[str, object]]:
    """One value of each kind, as the commands give it."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    page = WatchedPage("p-1", "示例卡盟", "https://shop.test/", Role.HOME, "desktop")
    capture = StoredCapture(
        *("c-1", page, moment, moment, Outcome.COMPLETE, "", "", (), 200, page.url, "", "", 0, "", "", True),
        *(Origin.OWN, None, "", ""),
    )
    reading = Reading("generic", 1.0, "1", "", "")
    difference = Difference(ChangeClass.RULE, Severity.HIGH, Effect.WORSE, (), "", "", "", "")
    change = Change("d-1", page, "", "c-1", None, moment, ChangeStatus.PENDING, "", difference)
    demo = demo_data(moment)
    return {
        "visit": demo["visits"][0],
        "finding": demo["findings"][0],
        "truth": demo["truth"],
        "page": asking.page_data(page),
        "capture": asking.capture_data(capture),
        "version": asking.version_data(Version("v-1", "c-1", "p-1", moment, Origin.OWN, reading)),
        "fact": fact_data(Fact("", FactKind.NAME, "")),
        "block": block_data(Block(BlockKind.TERMS, "")),
        "identifier": identifier_data(Identifier("qq", "273190846", "visible")),
        "product": dataclasses.asdict(ProductFacts()),
        "difference": asking.difference_data(difference),
        "change": asking.change_data(change),
        "case": case_data(make_case()),
        "item": item_data(make_item("chat")),
        "step": step_data(make_step("platform")),
    }


def demo_data(moment: datetime) -> dict[str, Any]:
    finding = Finding("d-1", "", "", "", "rule", "high", "confirmed", "", "", "", "", None, moment)
    visit = Seen("home", moment, Outcome.COMPLETE, "", False)
    return as_data(Report(Path(), 0.0, (finding,), (visit,), Verdict((), (), ()), None, ()))


def test_all_comparisons_and_queries_call_the_reason_by_one_name() -> None:
    difference = Difference(ChangeClass.RULE, Severity.HIGH, Effect.WORSE, (), "条款", "旧", "新", "补发期缩短")
    compared = comparison_data([difference])
    assert "补发期缩短" in str(compared["summary_zh"])
    assert difference_data(difference)["reason"] == asking.difference_data(difference)["reason"] == "补发期缩短"
    assert set(difference_data(difference)) | set(compared) <= promised_of("compare")


def test_the_fields_of_read_are_promised(tmp_path: Path) -> None:
    saved = tmp_path / "terms.html"
    saved.write_text("<meta charset=utf-8><title>售后</title><h1>售后</h1><p>坏卡 7 天内包换。</p>", encoding="utf-8")
    answer = json.loads(CliRunner().invoke(group, ["read", str(saved), "--json"]).stdout)
    assert set(answer) | set(answer["facts"]) == promised_of("read") - {"fact", "block", "product"}


def test_the_fields_of_verify_are_promised(tmp_path: Path) -> None:
    given = tmp_path / "empty.zip"
    zipfile.ZipFile(given, "w").close()
    answer = json.loads(CliRunner().invoke(group, ["verify", str(given), "--json"]).stdout)
    target = answer["targets"][0]
    subject = target["subjects"][0]
    fields = {*answer, *target, *subject, *subject["log"], *subject["checks"][0]}
    more = {field.name for kind in (Stamp, PackTold, FileTold) for field in dataclasses.fields(kind)}
    assert fields | more >= promised_of("verify") >= fields


def promised_of(command: str) -> set[str]:
    """The field names in a command's row of docs/json.md."""
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| ") and f"`cardwatch {command} " in line)
    return set(re.findall(r"`([a-z_]+)`", row.partition(" | ")[2]))


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (
        {shlex.split(line)[1] for line in command_lines(ROOT / name)} for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese
