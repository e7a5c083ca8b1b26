"""What is seen: frozen values that travel from the browser to the archive and to the readers.

Nothing here does work or keeps state. Times are aware UTC; sizes are bytes; digests are lower-case hex SHA-256
unless a field says otherwise. A value that could not be learnt is `None` or "" beside a reason, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scrapers.spool import SpooledBody

Clock = Callable[[], datetime]
"""Gives the present moment as aware UTC. Passed in by the caller; simulated in the demo."""


class Role(StrEnum):
    """What a watched page is for."""

    PRODUCT = "product"
    TERMS = "terms"
    NOTICE = "notice"
    HOME = "home"
    CONTACT = "contact"
    ORDER = "order"
    RELEASE = "release"


class Outcome(StrEnum):
    """How a capture ended. Only complete and partial captures are read into versions."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a capture is blocked or failed. An HTTP error is `http_<status>` and so not listed here."""

    LOGIN = "login"
    CAPTCHA = "captcha"
    CHALLENGE = "challenge"
    GATE = "gate"  # "open this in another browser" pages for WeChat and QQ
    MAINTENANCE = "maintenance"
    EMPTY_SHELL = "empty_shell"
    SOFT_404 = "soft_404"  # "no such page" served with HTTP 200
    SUSPENDED = "suspended"  # a host's, registrar's or ISP's own page stands in place of the site
    DNS_NO_SUCH_NAME = "dns_no_such_name"
    DNS_FAILURE = "dns_failure"
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect_timeout"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    TLS = "tls"
    FORBIDDEN_ADDRESS = "forbidden_address"
    TIMEOUT = "timeout"
    CRASH = "crash"
    MEMORY = "memory"  # the page, or the browser under it, took more memory than it may, and was ended
    BROWSER = "browser"
    SESSION = "session"  # the login session that the page names cannot be used: nothing was visited
    OWN_NETWORK = "own_network"  # our side is offline: says nothing about the platform
    DOWNLOAD = "download"  # the address gives a file, not a page
    REDIRECT_LOOP = "redirect_loop"
    UNSAFE_REDIRECT = "unsafe_redirect"  # the site sent on to what is no web page: javascript:, data:, file: ...
    EMPTY_ANSWER = "empty_answer"


@dataclass(frozen=True)
class Vantage:
    """How a page is looked at; disclosed in every capture. Pixels are CSS pixels."""

    name: str = "desktop"
    width: int = 1280
    height: int = 800
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    user_agent: str = ""  # "" is the browser's own, without the word Headless
    mobile: bool = False


class StepAction(StrEnum):
    """What a configured step may do. Nothing here submits, orders or pays."""

    CLICK = "click"
    WAIT = "wait"
    SCROLL = "scroll"
    HOVER = "hover"


@dataclass(frozen=True)
class Step:
    """One configured act after loading: an action on a selector, or a wait of so many seconds."""

    action: StepAction
    selector: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """The bounds of one capture."""

    capture_seconds: float = 60.0
    page_megabytes: float = 100.0
    body_megabytes: float = 50.0
    exchanges: int = 2000
    screenshot_pixels: int = 40_000_000
    text_characters: int = 2_000_000


@dataclass(frozen=True)
class NetworkPolicy:
    """What the gate lets through. `resolve` maps a host to "address" or "address:port"."""

    allow_private: tuple[str, ...] = ()
    resolve: tuple[tuple[str, str], ...] = ()
    proxy: str = ""  # socks5://host:port or http://host:port; credentials come from the environment
    nameserver: str = ""  # "address:port"; "" asks the system resolver


@dataclass(frozen=True)
class Appearance:
    """A fingerprint of what a page looked like, to tell whether its views must be made again.

    `text` is the digest of the visible text, `resources` of the painted payloads (images, styles, fonts) and of
    the viewport and document size.
    """

    text: str
    resources: str


class ViewKind(StrEnum):
    """The readings of a page that are kept beside its traffic."""

    SCREENSHOT = "screenshot"
    POPUP_SCREENSHOT = "popup_screenshot"
    REGION_SCREENSHOT = "region_screenshot"  # only the places that differ from the capture named by `reused_from`
    PDF = "pdf"
    MHTML = "mhtml"
    DOM = "dom"
    FRAME_DOM = "frame_dom"
    TEXT = "text"
    POPUP_TEXT = "popup_text"
    LAYOUT = "layout"  # JSON: what was laid out and not to be seen, and what was drawn without being text of the page
    CANVAS = "canvas"  # what a <canvas> showed, as a picture of its own
    SOURCE_FILE = "source_file"  # of an imported capture: the file as it was brought, byte for byte


@dataclass(frozen=True)
class View:
    """One reading of the page. `data` is None when it was not made again: then `reused_from` names its capture."""

    kind: ViewKind
    media_type: str
    data: bytes | None
    digest: str
    name: str = ""  # tells several of a kind apart: a pop-up's number, a frame's URL
    reused_from: str = ""


@dataclass(frozen=True)
class KnownViews:
    """The last capture of this page and vantage that made all its views; passed in so that nothing is made twice."""

    capture_id: str
    made_at: datetime
    appearance: Appearance
    text: str
    views: tuple[View, ...]  # with data None and reused_from set


@dataclass(frozen=True)
class PageTask:
    """All that one capture needs to know. `known` None asks for a full set of views."""

    capture_id: str
    url: str
    role: Role
    vantage: Vantage = Vantage()
    steps: tuple[Step, ...] = ()
    session: str = ""  # the name of the login session; the capture is marked with it
    session_state: str = field(default="", repr=False)  # Playwright's storage state as JSON: in memory only, never kept
    session_trouble: str = ""  # why the named session cannot be used: then nothing is visited
    limits: Limits = Limits()
    known: KnownViews | None = None


Headers = tuple[tuple[str, str], ...]


class Truncation(StrEnum):
    """Why a body is not whole, in the words of WARC-Truncated (ISO 28500:2017, 5.13)."""

    LENGTH = "length"  # a limit of size
    TIME = "time"  # a limit of time, the capture's end among them
    DISCONNECT = "disconnect"  # the connection ended first
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True)
class Exchange:
    """One request and what came back. A redirect hop is an exchange of its own, without a body.

    The body is decoded (content encoding removed) and stands in `body`, or in `body_file` from SPOOL_FROM bytes on;
    `body_missing` says why it is not there or cut short. `error` is the browser's or the gate's word when no response
    came, or none that was whole.
    """

    sequence: int
    url: str
    method: str
    started_at: datetime
    resource_type: str  # document, xhr, fetch, image, stylesheet, script, font, media, other
    request_headers: Headers = ()
    request_body: bytes | None = None
    status: int | None = None
    status_text: str = ""
    protocol: str = ""  # http/1.1, h2
    response_headers: Headers = ()
    body: bytes | None = None
    body_digest: str = ""
    body_missing: str = ""
    remote_address: str = ""  # ip:port, from the gate
    frame_url: str = ""
    main_document: bool = False
    error: str = ""
    body_file: SpooledBody | None = None
    truncated: Truncation | None = None  # beside `body_missing`, where an answer came

    @property
    def body_size(self) -> int | None:
        """Bytes of the body that is kept, None without one."""
        if self.body_file is not None:
            return self.body_file.size
        return None if self.body is None else len(self.body)

    def read_body(self, most: int | None = None) -> bytes:
        """The first `most` bytes of the body, or all of it, wherever it is; b"" without one."""
        if self.body_file is not None:
            return self.body_file.read(most)
        return (self.body or b"")[:most]


@dataclass(frozen=True)
class NameAnswer:
    """One resolution by the gate."""

    host: str
    resolver: str
    addresses: tuple[str, ...]
    error: str
    at: datetime


@dataclass(frozen=True)
class Certificate:
    """What a host showed at the TLS handshake. `chain` is DER, leaf first; `error` is the verdict on it, or "".

    `seen_by` is "handshake" where we asked the host ourselves, over the same gate: the browser tells no chain of a
    redirect, nor of a host that it refused.
    """

    host: str
    protocol: str
    subject: str
    issuer: str
    valid_from: datetime | None
    valid_to: datetime | None
    names: tuple[str, ...]
    chain: tuple[bytes, ...]
    chain_digest: str
    error: str
    seen_by: str = "browser"


@dataclass(frozen=True)
class Missing:
    """Something that a whole capture would have, and why it is not there."""

    what: str
    why: str


class Origin(StrEnum):
    """Who made the capture: this tool, or somebody else whose file was brought in."""

    OWN = "own"
    IMPORTED = "imported"


@dataclass(frozen=True)
class ClockReading:
    """How far another clock was ahead of ours, give or take `blur_ms`; `trouble` says why nothing was learnt."""

    source: str
    asked_at: datetime
    offset_ms: int | None = None
    blur_ms: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class Egress:
    """Under which address we were seen by the service that the user allowed to be asked."""

    source: str
    asked_at: datetime
    address: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class HostsFile:
    """The system's hosts file; `named` are the hosts of this capture that stand in it, with the address it gives."""

    path: str
    digest: str = ""
    named: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What a capture was made in: the machine, the way out, and what its browser had loaded. Names no person or host.

    What is the same for a run is learnt once. `extensions` counts the extension targets that DevTools listed, None
    when it did not say; `nameservers` are those of the resolver in use.
    """

    tool_commit: str = ""
    system: str = ""
    python: str = ""
    machine_timezone: str = ""
    resolver: str = ""  # system or configured; "" when the user's proxy resolves
    nameservers: tuple[str, ...] = ()
    ignored_variables: tuple[str, ...] = ()  # proxy variables of the environment that the browser was kept from using
    clocks: tuple[ClockReading, ...] = ()
    egress: Egress | None = None
    browser_product: str = ""
    clean_profile: bool = False  # a profile folder made for this browser, and a context made for this capture
    extensions_off: bool = False  # the switch stood on the browser's command line
    extensions: int | None = None
    hosts_file: HostsFile | None = None
    drill: bool = False  # of the demo: the clock is simulated, nothing of it is evidence


@dataclass(frozen=True)
class StepDone:
    """One step of a visit: milliseconds from the capture's start, how long it took, and "" or what went wrong."""

    name: str
    start_ms: int
    took_ms: int
    trouble: str = ""


NO_TIME_OF_DAY = "time of day"
"""What is missing from an imported capture whose bringer claims a day only; `claimed_at` is then that day's start."""


@dataclass(frozen=True)
class Capture:
    """One visit to a page, in memory, before it is kept; or the same read back from the archive."""

    id: str
    url: str
    final_url: str
    vantage: Vantage
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    status: int | None = None
    title: str = ""
    exchanges: tuple[Exchange, ...] = ()
    views: tuple[View, ...] = ()
    missing: tuple[Missing, ...] = ()
    names: tuple[NameAnswer, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    certificate_error: str = ""
    refused: tuple[Missing, ...] = ()  # what was not let happen (requests, windows, service workers), and the rule
    notes: tuple[Missing, ...] = ()  # what the traffic does not show though nothing is missing: data: URLs, frames
    appearance: Appearance | None = None
    full_views: bool = True  # all views made anew; False when some are reused
    browser: str = ""
    tool: str = ""
    proxy: str = ""
    session: str = ""
    origin: Origin = Origin.OWN
    claimed_at: datetime | None = None  # of an imported capture: the time that its bringer or its file claims
    source_file: str = ""  # of an imported capture: name and SHA-256 of the file
    surroundings: Surroundings | None = None
    steps_done: tuple[StepDone, ...] = ()


# --- what a page says -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JsonAnswer:
    """An XHR or fetch answer that a reader may use; bodies are text as received."""

    url: str
    method: str
    status: int
    request_body: str
    body: str


@dataclass(frozen=True)
class FrameContent:
    """The DOM of one frame after scripts."""

    url: str
    dom: str


@dataclass(frozen=True)
class PictureLine:
    """One line of text in a picture, and how sure the recogniser was of it (0 to 1)."""

    text: str
    confidence: float


@dataclass(frozen=True)
class PictureText:
    """What one picture says. `unread` is why there is no text, "" where there is; what is `final` stays so."""

    digest: str
    engine: str
    lines: tuple[PictureLine, ...] = ()
    unread: str = ""
    final: bool = False


@dataclass(frozen=True)
class SeenPicture:
    """A picture of a page with its text; `url` is where its bytes came from, "canvas 1" for what a script drew."""

    url: str
    text: PictureText


@dataclass(frozen=True)
class Layout:
    """What the markup of a page does not tell and its layout does: texts with the cause, or the place, of each.

    `concealed` was laid out, and no eye could see it; `drawn` was seen, and is no text of the document (generated by
    a style sheet, standing in a field); `beyond` names what stands on the page and cannot be read (video, audio ...).
    """

    concealed: tuple[tuple[str, str], ...] = ()
    drawn: tuple[tuple[str, str], ...] = ()
    beyond: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PageContent:
    """A page as a reader takes it: from a capture, from an imported file, or from a saved file.

    `dom` is HTML after scripts where a browser was there, else the decoded source. `text` is the visible text as the
    browser laid it out, "" if no browser saw the page (readers then make their own from `dom`).
    """

    url: str
    dom: str
    text: str = ""
    title: str = ""
    source_html: str = ""
    frames: tuple[FrameContent, ...] = ()
    popups: tuple[str, ...] = ()
    answers: tuple[JsonAnswer, ...] = ()
    cookies: tuple[str, ...] = ()  # names only
    layout: Layout = Layout()
    pictures: tuple[SeenPicture, ...] = ()


class Source(StrEnum):
    """How a text stood on the page; only `text` and `popup` may be quoted as shown."""

    TEXT = "text"
    POPUP = "popup"
    HIDDEN = "hidden"
    ATTRIBUTE = "attribute"
    JSON = "json"
    SCRIPT = "script"
    META = "meta"
    IMAGE = "image"


class FactKind(StrEnum):
    """What a fact is about. Money is a decimal string in yuan; counts are decimal strings, or the word shown."""

    NAME = "name"
    PRICE = "price"
    ORIGINAL_PRICE = "original_price"
    MEMBER_PRICE = "member_price"
    TIER_PRICE = "tier_price"  # qualifier: the least quantity; the value is a unit price
    VARIANT_PRICE = "variant_price"  # qualifier: the variant's name
    STOCK = "stock"
    SOLD = "sold"
    LIMIT = "limit"  # qualifier: min or max
    DELIVERY = "delivery"
    FACE_VALUE = "face_value"
    SPEC = "spec"
    VALIDITY = "validity"
    WARRANTY = "warranty"
    AFTER_SALES = "after_sales"
    SUPPLIER = "supplier"
    CONTACT = "contact"  # qualifier: qq, wechat, telegram, phone, email, group ...
    LICENCE = "licence"  # qualifier: icp, police, company ...
    CURRENCY = "currency"  # only where a page says that its prices are no yuan: USD, USDT ...
    LOCKED = "locked"  # password, login or level
    AVAILABLE = "available"
    LINK = "link"  # to rules, notices, contacts, releases; qualifier: role and words; the value is an address


@dataclass(frozen=True)
class Fact:
    """One thing that a page says about one subject, with its place. (subject, kind, qualifier) is its key."""

    subject: str  # stable key of the product, "" for the page or shop itself
    kind: FactKind
    value: str  # canonical
    shown: str = ""  # as it stood
    qualifier: str = ""
    place: str = ""  # CSS path, JSON pointer, attribute
    source: Source = Source.TEXT
    confidence: float = 1.0


class BlockKind(StrEnum):
    """What a block of text is. Rules are read from terms, notice, prompt and description blocks."""

    TERMS = "terms"
    NOTICE = "notice"
    PROMPT = "prompt"  # 购买须知 / 购买提示 of one product
    DESCRIPTION = "description"
    CONTACT = "contact"
    OTHER = "other"


class Author(StrEnum):
    """Whose words a block is. `software` is a default text that every installation ships."""

    PLATFORM = "platform"
    MERCHANT = "merchant"
    SOFTWARE = "software"
    UNKNOWN = "unknown"


STRUCK = "struck out"
STYLESHEET = "stylesheet"
"""Causes of `Block.concealed`; the second where the browser did not show a text and the markup does not say why."""


@dataclass(frozen=True)
class Block:
    """A run of readable text, line breaks kept as the page set them."""

    kind: BlockKind
    text: str
    heading: str = ""
    subject: str = ""  # product key, "" for the page or shop
    author: Author = Author.UNKNOWN
    place: str = ""
    source: Source = Source.TEXT
    images: tuple[str, ...] = ()  # digests or URLs of pictures in it that carry no readable text
    concealed: str = ""  # why a visitor does not see it though it is in no fold: display:none, struck out ...
    confidence: float = 1.0  # of a text in a picture: that of its least sure line


@dataclass(frozen=True)
class Reading:
    """What one reader made of one page. `problems` says what it looked for and did not find."""

    family: str  # "acg-faka", "dujiaoka" ... or "generic"
    family_confidence: float
    release: str  # extractor release, for example "2026.11.1"
    title: str
    text: str  # the whole readable text, for search and for the noise ladder
    facts: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...] = ()
    problems: tuple[str, ...] = ()
    signs: tuple[str, ...] = field(default=())  # why this family
