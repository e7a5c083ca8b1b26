from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import certifi
import pytest

from monitor.verify.checks import KINDS
from monitor.web.build_verify import BUILT, MODULES, ROOTS, SOURCES, build_page, write_roots

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(SOURCES.glob("*.js"))


def test_the_page_that_is_shipped_is_the_one_that_its_sources_give() -> None:
    assert BUILT.read_text("utf-8") == build_page(), "run `python -m monitor.web.build_verify`"


def test_every_source_is_built_in() -> None:
    assert {path.stem for path in SCRIPTS} == {*MODULES, "page"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_source_is_a_module_that_parses(path: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    module = tmp_path / "module.mjs"
    module.write_bytes(path.read_bytes())
    done = subprocess.run([node, "--check", module], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_import_names_what_its_module_exports() -> None:
    for path in SCRIPTS:
        for names, module in re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";', path.read_text("utf-8"), re.M):
            source = (SOURCES / f"{module}.js").read_text("utf-8")
            for name in filter(None, (part.strip() for part in names.split(","))):
                assert re.search(rf"^export (async )?(function\*?|class|const) {name}\b", source, re.M), (path, name)


def test_every_imported_name_is_used() -> None:
    for path in SCRIPTS:
        source = path.read_text("utf-8")
        for names in re.findall(r"^import \{([^}]*)\}", source, re.M):
            for name in filter(None, (part.strip() for part in names.split(","))):
                assert len(re.findall(rf"\b{name}\b", source)) > 1, (path.name, name)


def test_everything_that_can_be_noted_has_words() -> None:
    words = (SOURCES / "words.js").read_text("utf-8")
    known = set(re.findall(r"^  (\w+): \[", words, re.M))
    said: set[str] = set()
    for path in SCRIPTS:
        source = path.read_text("utf-8")
        said |= set(re.findall(r"\.(?:fail|lack|doubt|hide|remark)\(\s*\"(\w+)\"", source))
        said |= set(re.findall(r"new Damage\(\"(\w+)\"", source))
        said |= set(re.findall(r"(?:problem|unsure): \"(\w+)\"", source))
        said |= set(re.findall(r"problems\.push\(\[\"(\w+)\"", source))
        said |= set(re.findall(r"say\(\"(\w+)\"\)", source))
    assert said - known == set()
    checks = re.findall(r'report\s*\.check\(\s*"(\w+)"', "".join(path.read_text("utf-8") for path in SCRIPTS))
    assert set(checks) <= set(KINDS)


def test_the_trusted_roots_are_those_of_the_locked_certifi() -> None:
    locked = re.search(r"^certifi==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"), re.M)
    assert locked is not None
    kept = ROOTS.read_text("utf-8")
    assert f"certifi {locked[1]} carries" in kept, "run `python -m monitor.web.build_verify --roots`"
    if certifi.__version__ != locked[1]:
        pytest.skip(f"certifi {certifi.__version__} is installed, the lock says {locked[1]}")
    made = write_roots(Path(certifi.where()).read_bytes(), locked[1])
    assert sorted(set(kept.splitlines()) ^ set(made.splitlines())) == []
    assert kept == made


def test_the_page_is_small_and_asks_nobody() -> None:
    page = BUILT.read_text("utf-8")
    assert re.search(r'KNOWN_ROOTS = "([0-9a-f]{64} ?){50,}"', page)
    assert len(page.encode()) < 240_000
    assert "default-src 'none'" in page
    assert "connect-src 'none'" in page
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "innerHTML",
        "insertAdjacentHTML",
        "eval(",
        'http-equiv="refresh',
    ):
        assert word not in page, word
    assert not re.search(r"(?:src|href)=\"http", page)
