"""Who is asked about disclosure, how long they have, and what their silence means (条例 art. 32–34).

The same silence means three things: the office decides (a third party, 32); the organ has consented (one that made
the information together with the office, 34); nothing (any other organ: no law gives it a term, the time it is asked
is not counted (33 “第三方和其他机关”), and a person ends the asking).
"""

from __future__ import annotations

from collections.abc import Mapping

from config.declarations.terms import ResponseLimit, Resume, Term

PARTIES: Mapping[str, str] = {
    "third_party": "第三方",
    "other_organ": "共同制作机关",
    "asked_organ": "其他机关（未共同制作）",
}
OPINION_TERMS: Mapping[str, Term | None] = {
    "third_party": Term(key="opinion", label="第三方意见期限", days=15, article="条例第三十二条"),
    "other_organ": Term(key="opinion", label="机关意见期限", days=15, article="条例第三十四条"),
    "asked_organ": None,
}
DEFAULT_OPINION_TERM = Term(
    key="opinion", label="征求意见期限", days=15, article="条例第三十二条、第三十四条"
)
OPINION_LIMIT = ResponseLimit(term=DEFAULT_OPINION_TERM, terms=OPINION_TERMS, by="party", since="received_on")
REFUSED = "refused"
OPINION_LABELS: Mapping[str, str] = {
    "agreed": "同意公开",
    REFUSED: "不同意公开",
    "silent_office_decides": "第三方逾期未提出意见，由本机关决定",
    "silent_consent": "机关逾期未提出意见，视为同意公开",
    "unanswered": "其他机关未答复（不视为同意），由本机关决定",
}
ANSWERED = Resume(
    silence={
        "third_party": "silent_office_decides",
        "other_organ": "silent_consent",
        "asked_organ": "unanswered",
    }
)
