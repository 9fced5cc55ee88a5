"""How old a part of the website may grow before an inspection counts it as not updated.

Source: 国办秘函〔2019〕19号, the indicators by which government websites are inspected: the home page and news
within 2 weeks, notices and policy documents within 6 months, and no column empty; an account of new media within
2 weeks. An office may set itself less, never more.

Six months are counted as 181 days, the fewest that six months can have (1 September to 1 March), so that no
column is ever told that it still has a day which the rule no longer gives it. [practice]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

INSPECTION = "国办秘函〔2019〕19号"
TWO_WEEKS = 14
SIX_MONTHS = 181


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessRule:
    """A kind of column: within how many days something new must stand on it, and why."""

    label: str
    days: int
    article: str = INSPECTION
    elsewhere: bool = False
    """Whether it stands on somebody else's platform, whose host is none of the office's website."""


FRESHNESS_RULES: Mapping[str, FreshnessRule] = {
    "home": FreshnessRule(label="首页", days=TWO_WEEKS),
    "news": FreshnessRule(label="动态、要闻类栏目", days=TWO_WEEKS),
    "media": FreshnessRule(label="政务新媒体账号", days=TWO_WEEKS, elsewhere=True),
    "notice": FreshnessRule(label="通知公告、政策文件类栏目", days=SIX_MONTHS),
}
