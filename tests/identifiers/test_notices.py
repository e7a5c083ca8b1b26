"""What a sentence says of the domains in it: moved to, was, mirror, fake, partner; and what says nothing."""

from __future__ import annotations

import pytest

from scrapers.identifiers.notices import find_notices
from scrapers.model import PageContent

from .notice_sentences import SEEN


def read(text: str) -> dict[str, str]:
    found = find_notices(PageContent("https://www.xh88.com/", "", text), site_host="www.xh88.com")
    return {one.value: one.role for one in found}


@pytest.mark.parametrize(("sentence", "said"), SEEN)
def test_a_sentence_says_what_its_domains_are(sentence: str, said: dict[str, str]) -> None:
    assert read(sentence) == said
