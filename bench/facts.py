"""How many fields of saved and example pages are read right: by the families, and by the generic reader alone.

Takes the saved pages of real shop software beside the project (../shared or CARDWATCH_SHARED) with the truth of
`bench.facts_truth`, and the example pages of the tests with their answers. A field is right when its value is; a field
that is claimed where the page does not say it is wrong. Exit code 1 below a goal.
`python -m bench.facts` [--wrong] lists what is wrong [--only NAME] [--json].
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.facts_truth import Product, Truth, Value, truth_of
from scrapers.extract import read_page
from scrapers.model import BlockKind, Fact, FactKind, JsonAnswer, PageContent, Reading, Role
from scrapers.text import condense, decode_html

MUST_FAMILIES = 1.0
MUST_GENERIC = 0.9
EXAMPLES = Path(__file__).parents[1] / "tests" / "reading" / "fixtures"
_ROLES = {"detail": Role.PRODUCT, "terms": Role.TERMS, "article": Role.NOTICE, "articles": Role.NOTICE,
          "notice": Role.NOTICE, "about": Role.CONTACT}  # fmt: skip
_KIND_OF_FIELD = {"min": FactKind.LIMIT, "max": FactKind.LIMIT, "variants": FactKind.VARIANT_PRICE,
                  "wholesale": FactKind.TIER_PRICE}  # fmt: skip
_PARTS = ("after_sales",)  # long texts: the truth names a part


@dataclass(frozen=True)
class Page:
    """A page to be read, and what it says."""

    software: str
    name: str
    content: PageContent
    role: Role | None
    truth: Truth


def saved_pages(folder: Path) -> Iterator[Page]:
    """The saved pages beside the project whose truth is known."""
    for file in sorted(folder.glob("*/*/*.html")):
        name = str(file.relative_to(folder).with_suffix(""))
        if file.name.endswith(".raw.html") or (truth := truth_of(folder, name)) is None:
            continue
        about = json.loads(file.with_suffix(".json").read_text("utf-8"))
        content = PageContent(
            about["url"],
            file.read_text("utf-8"),
            title=about["title"],
            source_html=file.with_name(file.stem + ".raw.html").read_text("utf-8"),
            answers=tuple(JsonAnswer(x["u"], x["m"], x["s"], x["post"] or "", x["b"] or "") for x in about["xhr"]),
            cookies=tuple(about["cookies"]),
        )
        role = _ROLES.get(file.stem.split("_")[0], Role.HOME)
        yield Page(name.split("/")[0], name, content, role, truth)


def example_pages() -> Iterator[Page]:
    """The example pages of the tests, with their answers as the truth."""
    for file in sorted(EXAMPLES.glob("*/*.html")):
        answer = json.loads(file.with_suffix(".golden.json").read_text("utf-8"))
        extra_file = file.with_suffix(".content.json")
        extra = json.loads(extra_file.read_text("utf-8")) if extra_file.exists() else {}
        dom = decode_html(file.read_bytes(), "text/html")
        content = PageContent(
            answer["url"],
            dom,
            source_html=dom,
            text=extra.get("text", ""),
            popups=tuple(extra.get("popups", ())),
            cookies=tuple(extra.get("cookies", ())),
            answers=tuple(JsonAnswer(**one) for one in extra.get("answers", ())),
        )
        role = Role(answer["role"]) if answer["role"] else None
        facts = [
            Fact(subject, FactKind(kind), value, value, qualifier)
            for subject, kind, qualifier, value, _ in answer["facts"]
        ]
        subjects = list(dict.fromkeys(fact.subject for fact in facts if fact.subject))
        products = {_name_of(facts, subject): _product_of(facts, subject) for subject in subjects}
        shop = {f"{fact.kind} {fact.qualifier}".strip(): fact.value for fact in facts if not fact.subject}
        texts = {block[0]: block[4] for block in answer["blocks"] if block[4] and block[0] != "other"}
        yield Page(
            file.parent.name.replace("_", "-"),
            f"example {file.parent.name}/{file.stem}",
            content,
            role,
            Truth(products, texts, shop, listed=len(products) > 1),
        )


def judge_page(page: Page, reading: Reading) -> Iterator[tuple[str, bool, str]]:
    """Each field of the page: its name, whether it is right, and what was read."""
    subjects = list(dict.fromkeys(fact.subject for fact in reading.facts if fact.subject))
    by_name = {condense(_name_of(reading.facts, subject)): subject for subject in subjects}
    for name, product in page.truth.products.items():
        subject = by_name.get(condense(name), "")
        yield f"{name}: name", bool(subject), ", ".join(by_name)[:80]
        read = _product_of(reading.facts, subject) if subject else {}
        for key, value in product.items():
            got = read.get(key, "")
            yield f"{name}: {key}", _is_right(key, value, got), f"{got!r}, not {value!r}"
        for key, value in read.items():
            if key not in product and not page.truth.listed and page.name.startswith("example"):
                yield f"{name}: {key}", False, f"{value!r}, which the page does not say"
    if page.truth.listed:
        own = {condense(name) for name in page.truth.products}
        strange = [name for name in by_name if name not in own]
        yield "only its products", not strange, ", ".join(strange)[:80]
    for kind, words in page.truth.texts.items():
        blocks = [block for block in reading.blocks if block.kind == BlockKind(kind)]
        held = "".join(condense(f"{block.heading}{block.text}") for block in blocks)
        yield f"text {kind}", condense(words) in held, f"not in {held[:60]!r}"
    told = [fact for fact in reading.facts if not fact.subject or fact.kind is FactKind.CONTACT]
    shop = {f"{fact.kind} {fact.qualifier}".strip(): fact.value for fact in told}
    for key, value in page.truth.shop.items():
        yield f"shop {key}", value in shop.get(key, "").split(", ") or shop.get(key) == value, shop.get(key, "nothing")


def _name_of(facts: tuple[Fact, ...] | list[Fact], subject: str) -> str:
    return next((f.value for f in facts if f.subject == subject and f.kind is FactKind.NAME), subject)


def _product_of(facts: tuple[Fact, ...] | list[Fact], subject: str) -> Product:
    product: Product = {}
    for fact in facts:
        if fact.subject != subject or fact.kind in (FactKind.NAME, FactKind.CONTACT):
            continue
        if fact.kind in (FactKind.TIER_PRICE, FactKind.VARIANT_PRICE):
            key = "wholesale" if fact.kind is FactKind.TIER_PRICE else "variants"
            table = product.setdefault(key, {})
            if isinstance(table, dict):
                table[fact.qualifier] = fact.value
        elif fact.kind is FactKind.LIMIT:
            product[fact.qualifier or "limit"] = fact.value
        else:
            product.setdefault(fact.kind.value, fact.value)
    return product


def _is_right(key: str, value: Value, got: Value) -> bool:
    if isinstance(value, dict):
        return (got or {}) == value
    if isinstance(value, tuple):
        return got in value
    if not isinstance(got, str):
        return False
    return condense(value) in condense(got) if key in _PARTS and value else condense(value) == condense(got)


def main() -> int:
    """Read, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true", help="list each field that is wrong")
    parser.add_argument("--only", default="", metavar="NAME", help="only pages whose name has this in it")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    folder = Path(os.environ.get("CARDWATCH_SHARED", Path(__file__).parents[2] / "shared")) / "pages"
    pages = [*(saved_pages(folder) if folder.is_dir() else ()), *example_pages()]
    if not folder.is_dir():
        sys.stderr.write(f"{folder} is not here: only the example pages are read\n")
    right: dict[tuple[str, str], int] = defaultdict(int)
    total: dict[tuple[str, str], int] = defaultdict(int)
    for page in pages:
        if options.only not in page.name:
            continue
        for reader in ("family", "generic"):
            reading = read_page(page.content, role=page.role, families=None if reader == "family" else ())
            for field, is_right, got in judge_page(page, reading):
                right[reader, page.software] += is_right
                total[reader, page.software] += 1
                if options.wrong and not is_right:
                    sys.stderr.write(f"{reader:8} {page.name}: {field}: {got}\n")
    figures: dict[str, dict[str, float | int]] = {}
    failed = False
    for reader, must in (("family", MUST_FAMILIES), ("generic", MUST_GENERIC)):
        hits, fields = (sum(n for (who, _), n in counts.items() if who == reader) for counts in (right, total))
        share = hits / fields if fields else 0.0
        failed = failed or share < must
        figures[f"{reader} all"] = {"right": hits, "fields": fields, "share": round(share, 4), "goal": must}
        for (who, software), fields in sorted(total.items()):
            if who == reader:
                hits = right[who, software]
                figures[f"{reader} {software}"] = {"right": hits, "fields": fields, "share": round(hits / fields, 4)}
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, figure in figures.items():
            goal = f"   goal {figure['goal']}" if "goal" in figure else ""
            print(f"{name:24} {figure['right']:5} of {figure['fields']:5}  {figure['share']:.4f}{goal}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
