"""The pictures of a capture that may hold rules, and their texts as blocks of the page.

Takes a capture, or a page with pictures that were read; gives Pictures in the order of the page, or Blocks marked as
images. Logos, icons of navigation and pictures of home pages are passed over. Reads no picture itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote_to_bytes, urljoin

from selectolax.lexbor import LexborHTMLParser

from scrapers.dom import LAZY_ADDRESSES, ParsedPage, address_of, attribute
from scrapers.families.listing import looks_like_product, product_key
from scrapers.families.sections import has_rule
from scrapers.model import (
    Block,
    BlockKind,
    Capture,
    PageContent,
    PictureText,
    Role,
    SeenPicture,
    Source,
    ViewKind,
)
from scrapers.ocr import MOST_BYTES, Picture
from scrapers.text import bound_html

ROLES_READ = (Role.PRODUCT, Role.TERMS, Role.NOTICE)
_MOST = 120
_MOST_IMAGES = 2_000
_MOST_INLINE = 4_000_000
_INLINE = re.compile(r"data:image/[\w.+-]{1,40}(?:;[\w=-]{1,40}){0,3},[^\"'()<>\s\\]{20,}+")
_PASSED_OVER = "header img, nav img, footer img, .navbar img, .logo img, #logo img, img.logo, img.avatar, .footer img"
_NAMES = re.compile(r"(?:^|[/_-])(?:logo|favicon|avatar|loading|spinner|placeholder|blank)[^/]*$", re.I)
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif", "image/svg+xml"})


def find_pictures(capture: Capture, content: PageContent, role: Role | None) -> tuple[Picture, ...]:
    """Canvases first, then pictures in the order in which they came, each once; none of roles that hold no rules.

    A capture read back without the bodies of its pictures gives their digests alone.
    """
    if role not in ROLES_READ:
        return ()
    found: dict[str, Picture] = {}
    passed_over = _passed_over(content)
    for picture in (*_canvases(capture), *_loaded(capture, passed_over), *_inline(content)):
        found.setdefault(picture.digest, picture)
        if len(found) == _MOST:
            break
    return tuple(found.values())


def show_pictures(pictures: tuple[Picture, ...], texts: tuple[PictureText, ...]) -> tuple[SeenPicture, ...]:
    """The pictures of a page with what they say."""
    return tuple(SeenPicture(picture.url, text) for picture, text in zip(pictures, texts, strict=True))


def add_picture_texts(page: ParsedPage, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks, and one for each picture with text: of the kind and subject of the block that the picture stands in.

    Those on the cards of other products are left out, as the texts of those cards are. A picture that was not read this
    time, and may be the next, is a block without text that says why.
    """
    owners = {image: block for block in reversed(blocks) for image in block.images}
    others = _of_other_goods(page) if page.content.pictures else frozenset()
    added = []
    for seen in page.content.pictures:
        if _bare(seen.url) in others and _bare(seen.url) not in owners:
            continue
        digest = f"sha256:{seen.text.digest}"
        place = seen.url[:500]
        if not seen.text.lines:
            if seen.text.engine and not seen.text.final:
                added.append(
                    Block(
                        BlockKind.OTHER,
                        "",
                        place=place,
                        source=Source.IMAGE,
                        images=(digest,),
                        concealed=seen.text.unread,
                    )
                )
            continue
        text = "\n".join(line.text for line in seen.text.lines)
        sure = min(line.confidence for line in seen.text.lines)
        owner = owners.get(_bare(seen.url))
        if owner is not None:
            block = replace(owner, text=text, place=place, source=Source.IMAGE, images=(digest,), concealed="")
        else:
            block = Block(_kind_of(page, text), text, place=place, source=Source.IMAGE, images=(digest,))
        added.append(replace(block, confidence=sure))
    return (*blocks, *added)


def _of_other_goods(page: ParsedPage) -> frozenset[str]:
    """Pictures that stand on a product's page in links to other products only: as their cards, no text of this one."""
    if page.role is not Role.PRODUCT:
        return frozenset()
    own = product_key(page.content.url)
    linked: set[str] = set()
    loose: set[str] = set()
    for image in page.document.with_tag("img")[:_MOST_IMAGES]:
        link = image.find_parent("a")
        target = address_of(page, link) if link is not None else ""
        other = bool(target) and looks_like_product(target) and product_key(target) != own
        address = next((attribute(image, name) for name in LAZY_ADDRESSES if attribute(image, name)), "")
        (linked if other else loose).add(_join(page.content.url, address))
    return frozenset(linked - loose)


def _kind_of(page: ParsedPage, text: str) -> BlockKind:
    if not has_rule(text):
        return BlockKind.OTHER
    return {Role.TERMS: BlockKind.TERMS, Role.NOTICE: BlockKind.NOTICE}.get(
        page.role or Role.HOME, BlockKind.DESCRIPTION
    )


def _canvases(capture: Capture) -> Iterator[Picture]:
    for view in capture.views:
        if view.kind is ViewKind.CANVAS:
            yield Picture(view.digest, view.name, view.data or b"")


def _loaded(capture: Capture, passed_over: frozenset[str]) -> Iterator[Picture]:
    for exchange in capture.exchanges:
        kind = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "")
        image = exchange.resource_type == "image" or kind.partition(";")[0].strip().lower() in _IMAGES
        if not image or exchange.main_document or (exchange.status or 0) >= 400 or exchange.truncated:
            continue
        address = _bare(exchange.url)
        if address in passed_over or _NAMES.search(address) or not exchange.body_digest:
            continue
        yield Picture(exchange.body_digest, exchange.url, exchange.read_body(MOST_BYTES + 1))


def _inline(content: PageContent) -> Iterator[Picture]:
    """Pictures that stand in the markup or in a style sheet of the page as data: addresses."""
    for match in _INLINE.finditer(content.dom or content.source_html):
        address = match.group()
        head, _, packed = address.partition(",")
        if len(packed) > _MOST_INLINE:
            continue
        try:
            data = base64.b64decode(packed + "==") if ";base64" in head else unquote_to_bytes(packed)
        except (binascii.Error, ValueError):
            continue
        name = "data:sha256," + hashlib.sha256(address.encode()).hexdigest()
        yield Picture.of(name, data)


def _passed_over(content: PageContent) -> frozenset[str]:
    source = content.dom or content.source_html
    if "<img" not in source:
        return frozenset()
    tree = LexborHTMLParser(bound_html(source))
    return frozenset(_join(content.url, node.attributes.get("src") or "") for node in tree.css(_PASSED_OVER)[:300])


def _join(base: str, target: str) -> str:
    try:
        return _bare(urljoin(base, target))
    except ValueError:
        return target


def _bare(url: str) -> str:
    """The address as blocks name it: without query and fragment."""
    return url if url.startswith("data:") else url.split("?")[0].split("#")[0]
