"""Pages of another site than the one bought from: what the told site itself says of a move, and whose clauses count.

Nobody knows whose another site is until that is looked up; what the told site writes of it the reader finds anyway.
Pure.
"""

from __future__ import annotations

import re

from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_names import name_page
from monitor.complaints.letters.page_sight import look_at
from monitor.complaints.letters.page_sightings import LEAST, LONGEST, pin_quote, say_told
from monitor.complaints.model import PageAround, Sentence
from scrapers.domains import registrable_domain
from scrapers.model import Origin

_MOST = 2
_MOVED = re.compile(
    r"(?:迁移|搬迁|搬家|搬到|更换|变更|启用|改用|切换)[^。；]{0,8}(?:域名|网址|网站|新站|地址|至|到)|新(?:网址|域名|站点?|地址)[^。；]{0,4}[：:是为]"
    r"|(?:旧|原|本)(?:站|网址|域名|网站)[^。；]{0,8}(?:停用|关闭|停止|作废|不再|废弃|迁)|(?:旧|原)站[^。；]{0,8}无关"
)


def is_of_told_site(material: Material, page: PageAround) -> bool:
    """Whether a page lies on the site that was told; where none of the case does, each counts as of it."""
    told = _site(material.facts.url)
    return not told or _site(page.url) == told or not any(_site(one.url) == told for one in material.file.pages)


def tell_moves(material: Material) -> tuple[Sentence, ...]:
    """What the told site's pages say of a move, where pages of another site are in the case."""
    own = [page for page in material.file.pages if is_of_told_site(material, page)]
    if len(own) == len(material.file.pages):
        return ()
    told: dict[str, Sentence] = {}
    for page in own:
        for seen in (page.newest, page.after, page.before):
            if seen is None or seen.origin is not Origin.OWN:
                continue
            for line in look_at(seen).units.values():
                quote = material.clean(line, most=LONGEST)
                if _MOVED.search(line) and len(quote) >= LEAST and quote not in told and len(told) < _MOST:
                    what = f"{name_page(material, page.url, page.role)}{say_told(seen)}“{quote}”"
                    told[quote] = pin_quote(material, page, what, line)
    return tuple(told.values())


def _site(url: str) -> str:
    return registrable_domain(url if "//" in url else f"https://{url}") if url.strip() else ""
