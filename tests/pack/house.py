"""An archive with a platform, its past, and a case with evidence of every kind, for tests of packs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from complaints.casefiles import ORDERED, make_facts
from complaints.market import FIRM, Market, capture_of, make_market
from PIL import Image, ImageDraw, ImageFont

from monitor.complaints.gather import gather_case
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import Role, ViewKind
from storage.archive import Archive
from storage.case import Case, CaseItem, CaseStep, Respondent, Stage
from storage.case_items import keep_item
from storage.case_steps import keep_step
from storage.cases import keep_case
from storage.evidence import keep_evidence
from storage.ids import new_id
from storage.pages import ensure_page

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
PLATFORM, SITE = "星河卡盟", "xh88.test"
TERMS_THEN = "<h1>售后说明</h1><p>卡密无效的，七天内可以更换或者退款。</p><p>客服每天九点到二十一点在线。</p>"
TERMS_NOW = (
    "<h1>售后说明</h1><p>虚拟商品一经售出概不退换。</p><p>本站对活动拥有最终解释权。</p>"
    "<p>客服每天九点到二十一点在线。</p>"
)
PRODUCT = "<h1>某游戏点卡 50元</h1><p>价格：50.00元</p><p>库存：120</p><p>有效期三年，无效包换。</p>"
CHAT = "买家：卡密提示无效，请换卡或退款。\n客服：虚拟商品不退不换。\n"
_FONTS = ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",)


@dataclass
class House:
    """The archive's folder, the case in it, and ways to bring more into it."""

    market: Market
    case: str

    def open(self) -> Archive:
        return self.market.open()

    def gather(self, archive: Archive, at: datetime = AT) -> CaseFile:
        return gather_case(archive, self.case, at=at, settings=ComplaintSettings())

    def bring(
        self,
        archive: Archive,
        kind: str,
        data: bytes,
        *,
        media_type: str = "image/png",
        name: str = "",
        text: str = "",
        text_source: str = "",
        at: datetime = ORDERED,
        title: str = "",
    ) -> CaseItem:
        """Keep a file and take it into the case, as the intake does."""
        kept = keep_evidence(archive, data, name=name or f"{kind}.bin", media_type=media_type, note="", at=AT)
        item = CaseItem(
            new_id("item", AT),
            self.case,
            kept.id,
            kind,
            Stage.DURING,
            title,
            "",
            "本人手机截图",
            AT,
            media_type=media_type,
            said_at=at,
            text=text,
            text_source=text_source,
        )
        with archive.database.writing() as session:
            keep_item(session, item)
        return item


def make_house(folder: Path, *, product: str = PRODUCT, pictured: bool = False, **facts: object) -> House:
    """The platform was seen before and after the order, and its terms were rewritten since.

    Only with `pictured` has the product's page a screenshot, and nothing else: to read text in a picture takes seconds.
    """
    market = make_market(folder)
    archive = market.open()
    before, after = ORDERED - timedelta(hours=20), ORDERED + timedelta(days=3)
    _visit(archive, f"https://{SITE}/buy/12", Role.PRODUCT, product, before, pictured=pictured)
    for body, at in ((TERMS_THEN, before), (TERMS_NOW, after), (TERMS_NOW, after + timedelta(hours=4))):
        _visit(archive, f"https://{SITE}/help", Role.TERMS, body, at)
    told = {"respondent": Respondent(FIRM, "浙江省杭州市西湖区文三路1号", "", "")} | facts
    case = Case(new_id("case", AT), AT, AT, replace(make_facts(), **told))  # type: ignore[arg-type]
    with archive.database.writing() as session:
        keep_case(session, case)
    archive.close()
    return House(market, case.id)


def _visit(archive: Archive, url: str, role: Role, body: str, at: datetime, *, pictured: bool = False) -> None:
    with archive.database.writing() as session:
        page = ensure_page(session, PLATFORM, url, role, "desktop", at)
    capture = capture_of(url, body, at)
    views = tuple(view for view in capture.views if pictured or view.kind is not ViewKind.SCREENSHOT)
    record_capture(archive, replace(capture, views=views), page, Selectors())


def add_usual(house: House, archive: Archive) -> dict[str, CaseItem]:
    """What an ordinary buyer has: the order, the bill, a failure, a chat, and a step that was taken."""
    found = {
        "order": house.bring(archive, "order", draw(["订单详情", "订单号 XH20261110001", "实付 50.00 元"])),
        "wallet_bill": house.bring(
            archive, "wallet_bill", draw(["账单详情", "收款方 杭州某某网络科技有限公司", "-50.00"]), at=ORDERED
        ),
        "failure": house.bring(
            archive, "failure", draw(["兑换失败", "该卡号无效，请核对"]), at=ORDERED + timedelta(hours=1)
        ),
        "demand_chat": house.bring(
            archive,
            "demand_chat",
            CHAT.encode(),
            media_type="text/plain",
            text=CHAT,
            text_source="chat",
            at=ORDERED + timedelta(hours=2),
        ),
    }
    step = CaseStep(new_id("step", AT), house.case, "platform", ORDERED + timedelta(days=1), outcome="refused")
    with archive.database.writing() as session:
        keep_step(session, step)
    return found


def draw(lines: Sequence[str], size: tuple[int, int] = (540, 960), kind: str = "PNG", **options: object) -> bytes:
    """A telephone's screen with these lines."""
    picture = Image.new("RGB", size, "#f4f4f4")
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((30, 60 + 60 * number), line, fill="#111", font=_font(30))
    data = io.BytesIO()
    picture.save(data, kind, **options)  # type: ignore[arg-type]
    return data.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in _FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)
