"""What an address of a platform is for: products, terms, notices, contact, release pages, lists; or one never to open.

Takes links and readings; gives a guess with its sign and how sure it is. Pure. The words are kinds of headings that
shops use, not names of shops. Addresses that log in, buy, pay, log out or query orders are refused by word and path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from scrapers.answer_addresses import find_answer_addresses
from scrapers.dom import ParsedPage, address_of
from scrapers.families.goods import Goods
from scrapers.families.listing import find_goods, looks_like_product
from scrapers.links import Link, LinkPlace, find_links, join_address
from scrapers.model import Author, BlockKind, FactKind, Reading, Role
from scrapers.page_words import (
    BUY_WORDS,
    LIST_PATH,
    LIST_WORDS,
    LONGEST_LABEL,
    ONE_PRODUCT,
    REFUSED_PATH,
    REFUSED_WORDS,
    ROLE_WORDS,
    RULE_PATH,
)
from scrapers.text import condense

_MOST_MATCHED = 500
_LONGEST = 2000  # of an address, as of links: what stands behind padding is judged too
_TRACKING = re.compile(
    r"^(?:utm_.*|from|ref|spm|share|rand|r|t|ts|_|timestamp|v|sid|session.*|phpsessid|token|sign)$", re.I
)
_INDEX = re.compile(r"/(?:index|default|home)\.(?:php|html?|aspx?|jsp)$", re.I)
_FILE = re.compile(
    r"\.(?:zip|rar|7z|apk|exe|dmg|ipa|pdf|docx?|xlsx?|mp[34]|avi|jpe?g|png|gif|svg|webp|ico|css|js|json|woff2?|txt|gz)$",
    re.I,
)
_SUB_SITE = re.compile(r"^/(shop|store|u|merchant|s)/([^/]+)", re.I)

# key prefix of a family's products -> the page of one product
_PRODUCT_ADDRESSES = {"item": "/item/{}", "buy": "/buy/{}", "p": "/p/{}", "product": "/product/{}.html"}


@dataclass(frozen=True)
class Guess:
    """What an address is for; `role` None with `lists` is a list of goods, worth opening and no page of its own."""

    role: Role | None
    sign: str
    confidence: float
    lists: bool = False


@dataclass(frozen=True)
class ProductPage:
    """A product that a page shows or lists; `url` is "" where no address of its own is known."""

    subject: str
    name: str
    url: str
    sign: str


def guess_link(link: Link) -> Guess:
    """What a link seems to be for, by its words first and its address second."""
    words, path = condense(link.words), _path_of(link.url)
    short = len(link.words) <= LONGEST_LABEL
    for role, said, shaped in ROLE_WORDS:
        by_words = said.search(link.words if short else "") or (said.search(words) if short else None)
        by_path = shaped.search(path) if shaped is not None else None
        if by_words and by_path:
            return Guess(role, f"链接文字“{link.words}”，地址含“{by_path.group().strip('/')}”", 0.9)
        if by_words:
            return Guess(role, f"链接文字“{link.words}”", 0.8)
        if by_path and not ONE_PRODUCT.search(path):
            return Guess(role, f"地址含“{by_path.group().strip('/')}”", 0.65)
    if ONE_PRODUCT.search(path) or looks_like_product(link.url):
        return Guess(Role.PRODUCT, "地址形如单个商品页", 0.6)
    if (short and LIST_WORDS.search(link.words)) or LIST_PATH.search(path):
        return Guess(None, "商品分类或列表", 0.6, lists=True)
    return Guess(None, "", 0.0)


def guess_heading(reading: Reading, headings: tuple[str, ...]) -> Guess:
    """What a page is for by its own title and headings, for pages whose link said nothing."""
    for words in (*headings, reading.title):
        label = re.split(r"\s*[-|_–—·]\s*", words.strip())[0][:40]
        for role, said, _shaped in ROLE_WORDS:
            match = said.search(label)
            if match and len(label) <= LONGEST_LABEL:
                return Guess(role, f"页面标题“{label}”", 0.75)
    return Guess(None, "", 0.0)


def judge_reading(guess: Guess, reading: Reading, words: str = "") -> Guess:
    """The guess after the page was read: surer where the page shows what was expected, less sure where it does not.

    `words` are those of the link: of a page with several products it is the page of the one that it names.
    """
    own = [block for block in reading.blocks if block.author is not Author.SOFTWARE and len(block.text) >= 20]
    kinds = {block.kind for block in own}
    subjects = {fact.subject for fact in reading.facts if fact.subject}
    priced = {f.subject for f in reading.facts if f.subject and f.kind in (FactKind.PRICE, FactKind.VARIANT_PRICE)}
    expected = {Role.TERMS: BlockKind.TERMS, Role.NOTICE: BlockKind.NOTICE}.get(guess.role) if guess.role else None
    if guess.role is Role.PRODUCT:
        if len(subjects) == 1 and priced:
            return Guess(Role.PRODUCT, f"{guess.sign}，页面有一件商品和价格", 0.97)
        names = {condense(f.value) for f in reading.facts if f.kind is FactKind.NAME and f.subject in priced}
        if len(priced) >= 2 and condense(words) in names:
            return Guess(Role.PRODUCT, f"{guess.sign}，页面有同名商品和价格，并列出其他商品", 0.8)
        if len(priced) >= 2:
            return Guess(None, f"页面列出 {len(priced)} 件商品", 0.8, lists=True)
        return Guess(guess.role, f"{guess.sign}，但页面未读出商品价格", min(guess.confidence, 0.5))
    if expected is not None and expected in kinds:
        return Guess(guess.role, f"{guess.sign}，页面有相应正文", max(guess.confidence, 0.95))
    if expected is not None:
        return Guess(guess.role, f"{guess.sign}，但页面未读出相应正文", min(guess.confidence, 0.55))
    if guess.role is Role.CONTACT:
        told = any(fact.kind in (FactKind.CONTACT, FactKind.LICENCE) for fact in reading.facts)
        return Guess(
            guess.role, guess.sign + ("，页面有联系方式或主体信息" if told else ""), 0.95 if told else guess.confidence
        )
    if guess.role is None and len(priced) >= 2:
        return Guess(None, f"页面列出 {len(priced)} 件商品", 0.8, lists=True)
    if guess.role is None and len(subjects) == 1 and priced:
        return Guess(Role.PRODUCT, "页面有一件商品和价格", 0.85)
    return guess


def explain_refusal(link: Link) -> str:
    """Why an address is never opened nor proposed (login, cart, payment, order query, file), or ""."""
    path = _path_of(link.url)
    if _FILE.search(urlsplit(link.url).path):
        return "a file, not a page"
    words = link.words.strip()
    if len(words) <= LONGEST_LABEL and REFUSED_WORDS.match(words):
        return f"its words: {words}"
    if BUY_WORDS.match(words) and not ONE_PRODUCT.search(path):
        return f"its words: {words}"
    match = REFUSED_PATH.search(path)
    if match and not RULE_PATH.search(path) and guess_words(words) is not Role.TERMS:
        return f"its address: {match.group().strip('/?&=._#-!')}"
    return ""


def guess_words(words: str) -> Role | None:
    """The role that words on a link name, None where they name none."""
    if len(words) > LONGEST_LABEL:
        return None
    return next((role for role, said, _ in ROLE_WORDS if said.search(words)), None)


def other_sub_site(home: str, url: str) -> bool:
    """Whether an address lies in another shop of the same platform: /shop/b beside /shop/a."""
    own, other = _SUB_SITE.match(urlsplit(home).path), _SUB_SITE.match(urlsplit(url).path)
    return bool(own and other and own.group(1) == other.group(1) and own.group(2) != other.group(2))


def find_products(page: ParsedPage, reading: Reading) -> tuple[ProductPage, ...]:
    """Every product of a reading and the address of its page: by its family's rule, its card, or a link of its name."""
    names: dict[str, str] = {}
    for fact in reading.facts:
        if fact.subject and fact.kind is FactKind.NAME:
            names.setdefault(fact.subject, fact.value)
    subjects = dict.fromkeys(fact.subject for fact in reading.facts if fact.subject)
    if not subjects:
        return ()
    links = find_links(page)
    named: dict[str, str] = {}
    for link in links[:2000]:
        if link.words and not explain_refusal(link):
            named.setdefault(condense(link.words), link.url)
    cards = _card_addresses(page, find_goods(page))
    shaped = [(condense(link.words), link.url) for link in links if ONE_PRODUCT.search(_path_of(link.url))]
    by_path = {urlsplit(link.url).path: link.url for link in reversed(links)}
    answered = find_answer_addresses(page.content)
    found = []
    for number, subject in enumerate(subjects):
        name = names.get(subject, "")
        key = condense(name)
        url, sign = _address_by_key(page, subject, by_path), "按软件规则由商品编号得出地址"
        if not url:
            url, sign = cards.get(subject, "") or cards.get(key, ""), "商品卡片内的链接"
        if not url and key:
            url, sign = named.get(key, ""), "链接文字与商品名一致"
        if not url and key:
            url, sign = answered.get(key, ""), "网页接口数据中的商品地址"
        if not url and key and number < _MOST_MATCHED:
            url = next((address for words, address in shaped[:_MOST_MATCHED] if key in words), "")
            sign = "链接文字含商品名"
        found.append(ProductPage(subject, name, url, sign if url else "没有单独的商品页地址"))
    return tuple(found)


def same_address(url: str) -> str:
    """One spelling of addresses that lead to one page: no tracking, no index file, no closing slash, no `www.`."""
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.")
    path = _INDEX.sub("/", unquote(parts.path) or "/").rstrip("/") or "/"
    pairs = parse_qsl(parts.query, keep_blank_values=True)[:50] if len(parts.query) < 2000 else []
    kept = urlencode(sorted((name, value) for name, value in pairs if not _TRACKING.match(name)))
    fragment = parts.fragment.rstrip("/") if parts.fragment[:1] in ("/", "!") else ""
    return f"{host}{path}{'?' + kept if kept else ''}{'#' + fragment if fragment not in ('', '/', '!') else ''}"


def shape_of(url: str) -> str:
    """The form of an address with its numbers and names taken out: pages of one form are alike."""
    parts = urlsplit(url)
    steps = [re.sub(r"\d+", "0", step) for step in (parts.path + parts.fragment).split("/")]
    if len(steps) > 2:
        steps[-1] = "*"
    names = sorted(name for name, _ in parse_qsl(parts.query, max_num_fields=50)) if parts.query.count("&") < 50 else []
    return "/".join(steps) + "?" + "&".join(names)


def _address_by_key(page: ParsedPage, subject: str, by_path: dict[str, str]) -> str:
    prefix, _, number = subject.partition(":")
    rule = _PRODUCT_ADDRESSES.get(prefix)
    if rule is None or not re.fullmatch(r"[\w.-]{1,100}", number):
        return ""
    path = rule.format(number)
    return by_path.get(path) or join_address(page.content.url, path)


def _card_addresses(page: ParsedPage, goods: tuple[Goods, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in goods:
        inner = [one.element, *one.element.find_all("a", limit=10)]
        addresses = [address for element in inner if element.name == "a" and (address := address_of(page, element))]
        best = next((a for a in addresses if ONE_PRODUCT.search(_path_of(a))), next(iter(addresses), ""))
        address = join_address(page.content.url, best) if best else ""
        if address and not explain_refusal(Link(address, "", LinkPlace.GOODS)):
            found.setdefault(one.subject, address)
            name = next((f.value for f in one.facts if f.kind is FactKind.NAME), "")
            found.setdefault(condense(name), address)
    return found


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return (unquote(parts.path) + (f"?{parts.query}" if parts.query else "") + fragment)[:_LONGEST]
