"""The paragraphs that the law requires of an answer to a request, by what the answer says (条例 art. 36, 37, 39).

The text of each stands in ``config/data/letters/request/answers.toml`` under its key. What is believed but was not
read in the source is marked [unconfirmed].
"""

from __future__ import annotations

from datetime import date

from config.declarations.outcome_requirements import RequiredParagraph

UNTIL_2023, SINCE_2024 = date(2023, 12, 31), date(2024, 1, 1)

REASON = (
    RequiredParagraph(key="legal_basis", article="条例第三十六条"),
    RequiredParagraph(key="reason", article="条例第三十六条"),
)
REMEDY = (RequiredParagraph(key="remedy", article="行政复议法，行政诉讼法"),)
RECONSIDERATION = (
    RequiredParagraph(key="remedy", article="行政复议法，行政诉讼法", until=UNTIL_2023),
    RequiredParagraph(
        key="reconsideration_first", article="行政复议法第二十三条第一款第四项", since=SINCE_2024
    ),
)
PROVISION = (RequiredParagraph(key="how_to_get", article="条例第三十六条第（二）项"),)
WHERE_PUBLIC = (RequiredParagraph(key="where_public", article="条例第三十六条第（一）项"),)
NO_OTHER_ORGAN = (RequiredParagraph(key="search_result", article="条例第三十六条第（四）项"),)
OTHER_ORGAN = (RequiredParagraph(key="responsible_organ", article="条例第三十六条第（五）项"),)
OTHER_CHANNEL = (RequiredParagraph(key="other_channel", article="条例第三十九条"),)
SPECIAL_RULES = (RequiredParagraph(key="special_rules", article="条例第三十六条第（七）项"),)

# 不予公开 under articles 14, 15 and 16, partly disclosed included (国办函〔2021〕132号): reconsideration comes first
# (法释〔2025〕8号 art. 1). 无法提供 and 不予处理 name both ways; that the referral to another law (36(7)) is one of
# them is [unconfirmed], though the form counts it among the refusals.
REFUSAL = REASON + RECONSIDERATION
DECLINED = REASON + REMEDY
