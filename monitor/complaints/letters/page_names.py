"""How a letter calls a page and what stands on it: by its role, with its host where several may be meant.

Takes the material of a letter and an address, gives words. Pure.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from monitor.complaints.evidence.exhibits import ROLE_ZH
from monitor.complaints.letters.material import Material
from scrapers.model import FactKind, Role

FACT_ZH = {
    FactKind.PRICE: "价格",
    FactKind.FACE_VALUE: "面值",
    FactKind.SPEC: "规格",
    FactKind.VALIDITY: "有效期",
    FactKind.DELIVERY: "发货方式",
    FactKind.WARRANTY: "质保",
    FactKind.AFTER_SALES: "售后",
}


def name_page(material: Material, url: str, role: Role, *, short: bool = False) -> str:
    """A page as a sentence calls it: with its host where the pages of the case lie on several, or not on the told one.

    `short` leaves out 该, where the sentence has a word of its own before it.
    """
    hosts = {_host(page.url) for page in material.file.pages} | {_host(one.page.url) for one in material.file.changes}
    told = _host(material.facts.url)
    host = _host(url)
    if not host or (len(hosts) < 2 and told in ("", host)):
        return ROLE_ZH[role]
    return f"（{host}）{ROLE_ZH[role]}" if short else f"网站{host}的{ROLE_ZH[role]}"


def tell_address(material: Material, capture: str, role: str) -> str:
    """The address of a capture, with a comma before it, where the case has several pages of its role; else ""."""
    pages = [(page.url, page.role.value, page.before, page.after, page.newest) for page in material.file.pages]
    addresses = {one: url for url, _role, *seen in pages for one in (side.capture for side in seen if side is not None)}
    changed = [(one.page, (one.before_capture, one.after_capture)) for one in material.file.changes]
    addresses |= {one: page.url for page, sides in changed for one in sides if one}
    several = {url for url, of, *_seen in pages if of == role} | {page.url for page, _ in changed if page.role == role}
    url = addresses.get(capture, "")
    if len(several) < 2 or not url:
        return ""
    parts = urlsplit(url)
    where = f"{parts.hostname or ''}{parts.path}"
    return f"，{material.plain(where, most=80)}"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "") if "//" in url else ""


def list_hosts(material: Material) -> tuple[str, ...]:
    """The hosts of the pages that a letter may tell of, that of the case first."""
    told = [_host(material.facts.url), *(_host(page.url) for page in material.file.pages)]
    return tuple(dict.fromkeys(one for one in told if one))
