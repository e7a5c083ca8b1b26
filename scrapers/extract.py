"""From a page to a reading: pick the family that knows it best, else the generic reader.

Takes a PageContent and the selectors of the configuration; gives a Reading. Pure: no browser, no database, no clock.
A page of which nothing could be read has `problems`, never a silent empty list.
"""

from __future__ import annotations

from dataclasses import replace

from scrapers.asides import add_asides, name_beyond
from scrapers.dom import ParsedPage, parse_page
from scrapers.elsewhere import add_elsewhere
from scrapers.families import (
    acg_faka,
    caihong,
    card_system,
    dujiao_next,
    dujiaoka,
    generic,
    kameng,
    qs_faka,
    sections,
    zfaka,
)
from scrapers.families.findings import Family, Findings, Recognition, unique_facts
from scrapers.labels import kind_of_heading
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, PageContent, Reading, Role, Source
from scrapers.money import find_prices
from scrapers.page_links import find_page_links
from scrapers.partial_json import is_cut
from scrapers.pictures import add_picture_texts
from scrapers.software_texts import is_software_text
from scrapers.text import condense, one_line

RELEASE = "2026.11.4"
"""The extractor's release: raised whenever the same page would be read otherwise."""

FAMILIES: tuple[Family, ...] = (
    acg_faka.FAMILY,
    caihong.FAMILY,
    card_system.FAMILY,
    dujiao_next.FAMILY,
    dujiaoka.FAMILY,
    kameng.FAMILY,
    qs_faka.FAMILY,
    zfaka.FAMILY,
)
SURE_ENOUGH = 0.6
_BLOCK_OF_ROLE = {Role.TERMS: BlockKind.TERMS, Role.NOTICE: BlockKind.NOTICE, Role.CONTACT: BlockKind.CONTACT}
MAX_FACTS = 20_000
MAX_BLOCKS = 500
MAX_BLOCK = 200_000
_RULE_KINDS = (BlockKind.TERMS, BlockKind.NOTICE, BlockKind.PROMPT, BlockKind.DESCRIPTION)


def read_page(
    content: PageContent,
    *,
    role: Role | None = None,
    keep: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
    families: tuple[Family, ...] | None = None,
) -> Reading:
    """Read a page: facts with their places, blocks of text, and what was sought and not found.

    `keep` leaves only what these CSS selectors match, `remove` takes their matches away first. `role` tells what the
    page is watched for; without it the address and the page itself decide. `families` are those that may be chosen
    (all by default); with none the generic reader reads alone.
    """
    page = parse_page(content, role, keep, remove)
    family, recognition = choose_family(page, FAMILIES if families is None else families)
    findings = family.read(page)
    if family is not generic.FAMILY and _leaves_open(findings, role):
        findings = _joined(findings, generic.read_page(page))
    facts = _in_order(unique_facts((*findings.facts, *find_page_links(page))))[:MAX_FACTS]
    blocks = _popup_blocks(page, _own_blocks(findings))
    names = (fact.value for fact in facts if fact.kind is FactKind.NAME)
    blocks = add_asides(page, blocks)
    if not (keep or remove or findings.final):  # who chooses parts of a page means those and no others
        blocks = add_elsewhere(page, blocks, names)
    blocks = add_picture_texts(page, blocks)
    return Reading(
        family=family.name,
        family_confidence=recognition.confidence,
        release=RELEASE,
        title=one_line(content.title or _title_of(page)),
        text=page.text,
        facts=facts,
        blocks=blocks,
        problems=(*findings.problems, *_missing(role, facts, blocks, page), *name_beyond(page)),
        signs=recognition.signs,
    )


def choose_family(page: ParsedPage, families: tuple[Family, ...] = FAMILIES) -> tuple[Family, Recognition]:
    """The family with the most signs, or the generic reader when none is sure enough."""
    ranked = [(family, family.recognise(page)) for family in families]
    best = max(ranked, key=lambda pair: pair[1].confidence, default=None)
    if best is not None and best[1].confidence >= SURE_ENOUGH:
        return best
    return generic.FAMILY, generic.FAMILY.recognise(page)


def _leaves_open(findings: Findings, role: Role | None) -> bool:
    """Whether a family's reader did not find what the page is for: a page of the shop's own, or a changed theme."""
    if findings.final:
        return False
    kinds = {block.kind for block in findings.blocks}
    if role in _BLOCK_OF_ROLE:
        return _BLOCK_OF_ROLE[role] not in kinds
    goods = any(fact.kind in (FactKind.NAME, FactKind.PRICE) for fact in findings.facts if fact.subject)
    return (
        role in (Role.PRODUCT, Role.HOME)
        and not goods
        and not any(f.kind is FactKind.AVAILABLE for f in findings.facts)
    )


def _joined(own: Findings, other: Findings) -> Findings:
    return Findings((*own.facts, *other.facts), (*own.blocks, *other.blocks), (*own.problems, *other.problems))


def _in_order(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts by subject, kind and qualifier, so that a list in another order is read the same."""
    kinds = list(FactKind)
    return tuple(sorted(facts, key=lambda fact: (fact.subject, kinds.index(fact.kind), fact.qualifier)))


def _own_blocks(findings: Findings) -> tuple[Block, ...]:
    """The blocks without repeats, bounded, default texts of the software marked as such."""
    kept: dict[tuple[str, str, str, str], Block] = {}
    for block in (part for whole in findings.blocks[:MAX_BLOCKS] for part in _parted_by_author(whole)):
        key = (block.kind, block.subject, condense(block.text)[:MAX_BLOCK], "".join(block.images))
        if not (block.text or block.images):
            continue
        bounded = replace(block, text=block.text[:MAX_BLOCK])
        if key not in kept or (kept[key].source is Source.HIDDEN and block.source is not Source.HIDDEN):
            kept[key] = bounded
    return tuple(kept.values())


def _parted_by_author(block: Block) -> tuple[Block, ...]:
    """The block, with lines that the software ships taken out into a block of their own."""
    lines = block.text.split("\n")
    shipped = [line for line in lines if is_software_text(line)]
    if not shipped:
        return (block,)
    own = [line for line in lines if line not in shipped]
    parts = [replace(block, text="\n".join(shipped), author=Author.SOFTWARE, images=())]
    return (*([replace(block, text="\n".join(own))] if own or block.images else []), *parts)


def _popup_blocks(page: ParsedPage, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Add the pop-ups that the browser read and that no block holds yet."""
    held = [condense(block.text) for block in blocks if block.kind in _RULE_KINDS]
    added = []
    for number, popup in enumerate(page.content.popups[:50], start=1):
        lines = [line for line in popup.split("\n") if line.strip()]
        rest = [line for line in lines if not any(condense(line) in text for text in held)]
        if sum(len(line) for line in rest) > 0.3 * sum(len(line) for line in lines) and not _lists_goods(popup):
            added.append(generic.popup_block(page, popup, f"popup {number}"))
    return (*blocks, *added)


def _lists_goods(popup: str) -> bool:
    """Whether a text that a click brought is a list of goods (another tab), with no rule in it."""
    headed = any(kind_of_heading(line) for line in popup.split("\n")[:2])
    return bool(find_prices(popup)) and not headed and not sections.has_rule(popup)


def _missing(
    role: Role | None, facts: tuple[Fact, ...], blocks: tuple[Block, ...], page: ParsedPage
) -> tuple[str, ...]:
    kinds = {fact.kind for fact in facts if fact.subject}
    problems = []
    if page.cut:
        problems.append("the page is too big or nested too deeply: what lies beyond the bounds was not read")
    if not page.text:
        problems.append("the page has no readable text")
    if cut := sum(is_cut(answer.body) for answer in page.content.answers[:200]):
        problems.append(f"{cut} of the page's data answers were kept cut short: what lies behind the cut was not read")
    if role is Role.PRODUCT and FactKind.NAME not in kinds and FactKind.PRICE not in kinds:
        problems.append("a product page without a product: neither a name nor a price was found")
    if role is Role.TERMS and not any(block.kind is BlockKind.TERMS for block in blocks):
        problems.append("a terms page without terms: no main text was found")
    if role is Role.NOTICE and not any(block.kind is BlockKind.NOTICE for block in blocks):
        problems.append("a notice page without a notice: no main text was found")
    return tuple(problems)


def _title_of(page: ParsedPage) -> str:
    return next((title.get_text() for title in page.document.with_tag("title")), "")
