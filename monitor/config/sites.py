"""The section [sites]: whether the states of sites are followed, and what happens when a platform has moved."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.config.section import Section

FOLLOW = {"propose": "propose", "take": "take", "off": "off"}


@dataclass(frozen=True)
class SiteSettings:
    """How sites are followed.

    `check` looks sites up in every run. `follow` says what becomes of a successor's pages: proposed, taken into the
    watch list, or neither. `siblings` is how many names like a site's own are asked for while it is in trouble.
    """

    check: bool = True
    follow: str = "propose"
    siblings: int = 16


def read_sites(section: Section) -> SiteSettings:
    """The section as settings."""
    usual = SiteSettings()
    sites = SiteSettings(
        check=section.flag("check", usual.check),
        follow=section.word("follow", FOLLOW, usual.follow) or usual.follow,
        siblings=section.count("siblings", usual.siblings, 0, 100),
    )
    section.refuse_rest()
    return sites
