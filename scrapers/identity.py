"""What one look at a site tells of who runs it: identifiers, each with its kind, its value and where it stood.

The types only. Readers of pages are in `scrapers.identifiers`, readers of DNS, TLS and registries in
`scrapers.lookups`. The words of `IdentifierKind` and `Place` are promises: files and JSON bear them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What an identifier is. docs/identifiers.md says how the value of each is spelt."""

    USCC = "uscc"
    COMPANY = "company"
    ICP = "icp"
    ICP_LICENSE = "icp_license"
    POLICE_ICP = "police_icp"
    ALIPAY_STATIC = "alipay_static"
    WECHAT_STATIC = "wechat_static"
    MERCHANT_ID = "merchant_id"
    EPAY_PID = "epay_pid"
    PAYEE = "payee"
    CRYPTO = "crypto"
    QQ = "qq"
    QQ_GROUP = "qq_group"
    WECHAT = "wechat"
    MOBILE = "mobile"
    TEL400 = "tel400"
    TELEGRAM = "telegram"
    EMAIL = "email"
    BAIDU_TONGJI = "baidu_tongji"
    CNZZ = "cnzz"
    LA51 = "la51"
    GA = "ga"
    GTM = "gtm"
    VERIFICATION_META = "verification_meta"
    VERIFICATION_DNS = "verification_dns"
    CS_TENANT = "cs_tenant"
    FAVICON = "favicon"
    DESIGN = "design"
    TLS_SPKI = "tls_spki"
    TLS_SAN = "tls_san"
    IP = "ip"
    NS = "ns"
    MX = "mx"
    REGISTRANT = "registrant"
    REGISTRAR = "registrar"
    NAME = "name"
    REDIRECT = "redirect"
    NOTICE_SUCCESSOR = "notice_successor"
    RELEASE_PAGE = "release_page"
    # kinds of our own beside the fixed ones
    CULTURE_LICENSE = "culture_license"  # 网文
    CAPTCHA_KEY = "captcha_key"
    CNAME = "cname"
    TXT = "txt"
    ADDRESS = "address"  # a postal address that the site states
    REGISTERED_ON = "registered_on"  # the day on which the registry says that the name was registered
    EXPIRES_ON = "expires_on"
    DOMAIN_STATUS = "domain_status"  # one EPP status in camelCase: clientHold ...


class Place(StrEnum):
    """Where an identifier stood."""

    VISIBLE = "visible"
    ATTRIBUTE = "attribute"
    SCRIPT = "script"
    HIDDEN = "hidden"
    COMMENT = "comment"
    THIRD_PARTY_FRAME = "third_party_frame"
    USER_CONTENT = "user_content"
    IMAGE_OCR = "image_ocr"  # text or a QR code in a picture
    DNS = "dns"
    TLS = "tls"
    REGISTRY = "registry"
    VOUCHER = "voucher"
    REDIRECT = "redirect"


@dataclass(frozen=True)
class Identifier:
    """One identifier as one look gave it. `value` is canonical, so that equal things are equal texts.

    `problem` says why it cannot be genuine (a checksum that fails, a province that does not match): such a value is
    kept, never weighed, and is a finding. `role` is the word beside it (主办单位, 技术支持, 收款方 ...). `block` names
    the run of markup that it stood in, so that one copied footer counts as one event.
    """

    kind: str
    value: str
    place: str
    shown: str = ""  # as it stood, at most 300 characters
    where: str = ""  # CSS path, "script 3", address of the frame, hop of the redirect, name of the record
    role: str = ""
    problem: str = ""
    block: str = ""
    confidence: float = 1.0
