from __future__ import annotations

import json
import os
import threading
import time
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import group
from monitor.config.problems import ConfigError, nearest_word
from monitor.config.settings import load_settings
from monitor.watchlist import NewPage, add_pages
from monitor.watchlist_csv import PageListError, read_page_list

COMMENTED = """# my shops
[[platforms]]
name = "甲"  # the first
  # its terms
  [[platforms.pages]]
  url = "https://a.test/"
  role = "terms"   # read daily

# the second
[[platforms]]
name = "乙"

[limits]
concurrency = 3  # enough
"""


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, [*words, "--config", str(config)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_add_makes_the_file_then_lists_what_it_watches(config: Path) -> None:
    added = run(config, "add", "https://Shop.test/商品", "--platform", "示例卡盟", "--role", "product")
    assert added.exit_code == 0, added.output
    assert "made" in added.stdout and "every 6 h" in added.stdout
    assert "# [vantages.wide]" in config.read_text("utf-8")
    listed = run(config, "pages", "--json")
    (page,) = json.loads(listed.stdout)["pages"]
    assert page["url"] == "https://shop.test/%E5%95%86%E5%93%81"
    assert (page["platform"], page["role"], page["timezone"]) == ("示例卡盟", "product", "Asia/Shanghai")
    assert json.loads(run(config, "platforms", "--json").stdout)["platforms"] == [
        {"name": "示例卡盟", "pages": 1, "roles": {"product": 1}}
    ]
    assert "示例卡盟" in run(config, "pages").stdout


def test_adding_keeps_every_other_line_and_puts_the_page_under_its_platform(config: Path) -> None:
    config.write_text(COMMENTED, "utf-8")
    add_pages(
        config, [NewPage("甲", "https://a.test/2", "notice", "every 2 h"), NewPage('丙 "x"', "https://c.test/", "home")]
    )
    text = config.read_text("utf-8")
    new_lines = text.splitlines()
    remaining = iter(new_lines)
    assert all(line in remaining for line in COMMENTED.splitlines()), "a line was lost or moved"
    assert text.index("https://a.test/2") < text.index("# the second") < text.index('name = "乙"')
    platforms = tomllib.loads(text)["platforms"]
    assert [(item["name"], len(item.get("pages", []))) for item in platforms] == [("甲", 2), ("乙", 0), ('丙 "x"', 1)]
    assert platforms[0]["pages"][1] == {"url": "https://a.test/2", "role": "notice", "schedule": "every 2 h"}


@pytest.mark.parametrize(
    "text",
    [
        'platforms = [{ name = "甲", pages = [{ url = "https://a.test/", role = "terms" }] }]  # all in one',
        '[[platforms]]\nname = "甲"\npages = [\n  { url = "https://a.test/", role = "terms" }, # one\n]\n',
        '[[platforms]]\nname = "甲"',
        COMMENTED.replace("\n", "\r\n"),
        "\ufeff" + COMMENTED,
    ],
)
def test_every_way_to_write_the_list_can_be_added_to(config: Path, text: str) -> None:
    config.write_bytes(text.encode())
    before = load_settings(config, {}).pages
    add_pages(config, [NewPage("甲", "https://new.test/", "home"), NewPage("丙", "https://new.test/", "home")])
    after = config.read_bytes().decode()
    assert load_settings(config, {}).pages[: len(before)] == before
    assert {(page.platform, page.url) for page in load_settings(config, {}).pages[len(before) :]} == {
        ("甲", "https://new.test/"),
        ("丙", "https://new.test/"),
    } or len(before) == 0
    assert after.startswith("\ufeff") == text.startswith("\ufeff")
    assert ("\r\n" in after) == ("\r\n" in text) and "\r\r" not in after
    assert all(comment in after for comment in ("# all in one", "# one", "# the first") if comment in text)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("https://a.test/", "--platform", "甲", "--role", "terms"), "is in the list of '甲' already"),
        (("https://A.test", "--platform", "甲", "--role", "terms"), "is in the list of '甲' already"),
        (("a.test", "--platform", "甲", "--role", "terms"), "write an http or https address"),
        (("https://b.test/", "--platform", "甲", "--role", "tems"), "Did you mean 'terms'?"),
        (("https://b.test/", "--platform", "甲", "--role", "terms", "--schedule", "often"), "five cron fields"),
        (("https://b.test/", "--platform", "甲", "--role", "terms", "--vantage", "mobil"), "Did you mean 'mobile'?"),
        (("https://b.test/", "--platform", " ", "--role", "terms"), "platform: is empty"),
        (("https://b.test/", "--platform", "a\nb", "--role", "terms"), "invisible character"),
    ],
)
def test_a_wrong_page_is_refused_and_the_file_stays_as_it_was(config: Path, words: tuple[str, ...], told: str) -> None:
    config.write_text(COMMENTED, "utf-8")
    refused = run(config, "add", *words)
    assert refused.exit_code == 2
    assert told in refused.stderr
    assert config.read_text("utf-8") == COMMENTED
    assert list(config.parent.iterdir()) == [config], "nothing is left beside it"


def test_a_wrong_line_elsewhere_loses_nothing_and_does_not_stop_an_addition(config: Path) -> None:
    config.write_text(COMMENTED.replace('role = "terms"', 'role = "nonsense"'), "utf-8")
    add_pages(config, [NewPage("乙", "https://b.test/", "home")])
    assert 'role = "nonsense"   # read daily' in config.read_text("utf-8")
    listed = run(config, "pages")
    assert "https://b.test/" in listed.stdout
    assert "left out" in listed.stderr and "nonsense" in listed.stderr


def test_a_file_that_is_not_toml_is_never_touched(config: Path) -> None:
    config.write_text("[[platforms\n", "utf-8")
    with pytest.raises(ConfigError, match="is not TOML"):
        add_pages(config, [NewPage("甲", "https://a.test/", "home")])
    assert config.read_text("utf-8") == "[[platforms\n"


def test_additions_at_the_same_time_all_arrive(config: Path) -> None:
    def add(number: int) -> None:
        add_pages(config, [NewPage("甲", f"https://a.test/{number}", "home")])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(load_settings(config, {}).pages) == 8


def test_a_killed_edit_is_told_with_its_mend(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.watchlist._WAIT_SECONDS", 0.1)
    lock = config.with_name(".config.toml.lock")
    lock.write_text("")
    with pytest.raises(ConfigError, match=r"delete .*\.config\.toml\.lock and try again"):
        add_pages(config, [NewPage("甲", "https://a.test/", "home")])
    assert not config.exists()


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_linked_file_stays_a_link_and_keeps_its_rights(config: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.toml"
    real.parent.mkdir()
    real.write_text(COMMENTED, "utf-8")
    real.chmod(0o640)
    config.symlink_to(real)
    add_pages(config, [NewPage("乙", "https://b.test/", "home")])
    assert config.is_symlink()
    assert "https://b.test/" in real.read_text("utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


CSV = "平台,网址,角色,计划\n甲,https://a.test/1,home,\n甲,https://a.test/2,hom,\n乙,bad,home,\n,https://x.test,home,\n甲,https://a.test/1,home,every 2 h\n丙,https://c.test/,terms,0 0 * * *\n"  # noqa: E501


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_pages_come_from_a_csv_and_every_bad_row_is_named(config: Path, tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes(CSV.encode(encoding))
    done = run(config, "pages", "--import", str(source), "--json")
    assert done.exit_code == 2
    answer = json.loads(done.stdout)
    assert [(page["platform"], page["url"]) for page in answer["added"]] == [
        ("甲", "https://a.test/1"),
        ("丙", "https://c.test/"),
    ]
    assert [row["line"] for row in answer["wrong"]] == [3, 4, 5]
    assert [row["line"] for row in answer["known"]] == [6]
    again = run(config, "pages", "--import", str(source))
    assert "0 pages added" in again.stdout and "line 3: role: 'hom' is not known" in again.stderr


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"platform,url\n", "has no column role"),
        (b"platform,url,role,colour\n", "has an unknown column colour"),
        (b"platform,url,role,url\n", "has twice url"),
        (b"PK\x03\x04", "is a spreadsheet"),
        (b"\xff\xff\xff", "is neither UTF-8 nor GBK"),
    ],
)
def test_what_is_no_list_of_pages_is_refused(config: Path, tmp_path: Path, data: bytes, told: str) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes(data)
    with pytest.raises(PageListError, match=told):
        read_page_list(source)
    assert run(config, "pages", "--import", str(source)).exit_code == 2
    assert not config.exists()


def test_a_list_in_chinese_words_is_read_as_the_readme_names_them(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes("平台,网址,用途\n甲,https://a.test/,条款\n甲,https://a.test/2,发布页\n".encode("gbk"))
    pages, bad = read_page_list(source)
    assert ([page.role for page in pages], bad) == (["terms", "release"], ())


@pytest.mark.parametrize(
    ("url", "hinted"),
    [
        ("http://127.0.0.1:8000/terms", True),
        ("http://localhost/terms", True),
        ("http://192.168.1.5/terms", True),
        ("https://shop.example/terms", False),
        ("http://8.8.8.8/terms", False),
    ],
)
def test_add_says_what_must_be_allowed_before_a_private_address_is_captured(
    config: Path, url: str, hinted: bool
) -> None:
    done = run(config, "add", url, "--platform", "甲", "--role", "terms")
    assert done.exit_code == 0
    assert ("allow_private" in done.stderr) is hinted


def test_an_address_that_is_allowed_needs_no_hint(config: Path) -> None:
    config.write_text('[network]\nallow_private = ["127.0.0.1"]\n', "utf-8")
    done = run(config, "add", "http://127.0.0.1:8000/", "--platform", "甲", "--role", "terms", "--json")
    assert json.loads(done.stdout)["hint"] == ""


def test_many_right_words_are_not_all_told() -> None:
    words = [f"p{number:03d}" for number in range(200)]
    assert nearest_word("完全不同", words).endswith("p011 and 188 more.")


def test_odd_csv_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(
        'url;platform;role\n"https://a.test/";"甲\n乙";home\n\n;;\nhttps://b.test/;丙;home;extra\nhttps://c.test/;"open;x\n',
        "utf-8",
    )
    pages, bad = read_page_list(source)
    assert [(page.url, page.platform, page.source) for page in pages] == [("https://a.test/", "甲\n乙", "line 2")]
    assert [row.line for row in bad] == [6, 7]


def test_a_thousand_pages_of_two_hundred_platforms_come_in_quickly(config: Path, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    rows = [f"平台{number % 200},https://shop{number}.test/,terms,every 6 h" for number in range(1000)]
    source.write_text("\n".join(["platform,url,role,schedule", *rows]), "utf-8")
    started = time.process_time()
    done = run(config, "pages", "--import", str(source))
    assert "1000 pages added" in done.stdout
    assert time.process_time() - started < 2.0
    assert len(load_settings(config, {}).platforms) == 200


def test_lists_without_an_answer_say_so(config: Path) -> None:
    missing = run(config, "pages")
    assert missing.exit_code == 2 and "cardwatch add URL" in missing.stderr
    config.write_text(COMMENTED, "utf-8")
    unknown = run(config, "pages", "--platform", "甲甲")
    assert unknown.exit_code == 6 and "no platform '甲甲' is watched" in unknown.stderr
    config.write_text("", "utf-8")
    assert run(config, "platforms").exit_code == 6


def test_doctor_tells_each_wrong_line_on_a_line_of_its_own(config: Path) -> None:
    config.write_text('[archive]\npth = "a"\n[limits]\nconcurrency = "many"\n', "utf-8")
    lines = run(config, "doctor").stdout.splitlines()
    assert not [line for line in lines if "archive.pth" in line and "limits.concurrency" in line]
    assert next(line.strip() for line in lines if "limits.concurrency" in line).startswith("line 4, ")
