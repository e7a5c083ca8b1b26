"""Texts made to take long: the time stays in bounds."""

from __future__ import annotations

import time

import pytest

from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, Masking

SIGNS = 20_000
SECONDS = 6.0  # a hundred times what is usual; a pattern that runs away takes minutes


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "1 ",
            "a-",
            "-",
            "AB12-",
            "x----y ",
            "1",
            "省市区路号",
            "市",
            "卡密：\n",
            "a@a.",
            "<a ",
            "a|",
            "%E5%8D",
            "?key=",
            "(",
        ),
        *("卡号|密码\n1234567|abc12345\n", "卡密 AB12CD34EF 密码 ", "cookie: a=bbbb;", "13800138000 "),
        "浙江省杭州市西湖区文三路123号5幢2单元301室",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    mask_text((piece * SIGNS)[:SIGNS], Masking(Audience.PUBLIC))
    assert time.process_time() - started < SECONDS
