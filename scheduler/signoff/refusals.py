"""The refusals of the sign-off: why an act on a text is not allowed, and who may act or what to do instead.

Each class is one sentence, here in English and in the phrase book in Chinese; ``rules`` raises them.
"""

from __future__ import annotations

from collections.abc import Iterable

from config.errors import Refusal
from config.office.model import Person


def posts_in_words(people: Iterable[Person]) -> str:
    """Return the posts of these people as a refusal lists them; — where there is nobody."""
    return "、".join(person.post for person in people) or "—"


class NothingToSign(Refusal):
    """No text lies before {stage} now. It waits for: {waits}."""


class NothingLaid(NothingToSign):
    """No text of case {case} lies before anybody now. How far it is: gongkai standing {case}."""


class OtherText(Refusal):
    """The text has changed since you saw it; what you saw was not signed. Read the new one, then sign it."""


class NotYours(Refusal):
    """{post} may not sign {stage}: that is for {who}. To remind them: 催办."""


class WroteIt(Refusal):
    """{post} wrote this text and signs none of it; {stage} is for {who}."""


class SignedAlready(Refusal):
    """{post} has signed this text at {stage} already; the next stage is for somebody else."""


class NobodyLeft(NotYours):
    """{post} may not sign {stage}, and nobody else can. Two of these can let it pass, each for themselves: {who}."""


class WroteItAlone(WroteIt):
    """{post} wrote this text, and nobody else can sign {stage}. Two of these can let it pass: {who}."""


class SignedItAlone(SignedAlready):
    """{post} has signed this text already; nobody else can sign {stage}. Two of these can let it pass: {who}."""


class StageVacant(NobodyLeft):
    """Nobody can sign {stage} now, and no two may let it pass. Name somebody, or two in [override]."""


class LeftOffice(Refusal):
    """“{person}” is in the office's file no more, and acts for it no more. It waits for {who}."""


class NoSuchStage(Refusal):
    """There is no earlier stage {to} to return to. Return to: {known}."""


class OtherDecision(Refusal):
    """The text that was signed announces “{signed}”, not “{found}”. Draft the other answer and have it signed."""


class SameText(Refusal):
    """This very text lies before “{stage}” already; nothing was changed, and no signature was lost."""


class NotSignedYet(Refusal):
    """The text is not released: {stage} has not signed it. It waits for {who}."""


class BackWithWriter(NotSignedYet, NothingLaid):
    """The text is back with its writer and was not laid down again: it is neither signed nor sent. Why: {reason}"""


class NoText(Refusal):
    """“{found}” lets a text out, and there is none. Draft it and have it signed: 拟稿."""


class Redescribed(Refusal):
    """Case {case} was corrected after its text was laid down. Its writer lays it down again; then it is signed."""


class OtherChain(Refusal):
    """The office's chain has changed since the text was laid down: {now}. Lay it down again to have it signed."""


class EndedText(Refusal):
    """{post} rejected this text at {stage}; its way has ended. What is left is to close the case: {outcome}."""


class NotRejected(Refusal):
    """“{found}” is for a text that was rejected, and this one was not. To reject it: 不予通过."""


class CaseOver(Refusal):
    """Case {case} is closed; nothing more is said of its text. To take it up again, record why it is reopened."""


class MustAnswer(Refusal):
    """This text is not rejected: its case must be answered, or has gone out already. Return it: 退回修改."""


class NothingToWithdraw(Refusal):
    """{post} has no signature on this text at {stage} to take back."""


class WentOn(Refusal):
    """{post} can take nothing back: after “{stage}” “{next}” has acted. Ask there to have the text returned."""


class WentOut(Refusal):
    """The text has gone out, and its signatures stand. To change it, lay a new version down."""


class NotTheirs(Refusal):
    """“{stage}” cannot be handed to {to}; it can be handed to {who}."""


class NobodyElse(Refusal):
    """Nobody else can sign {stage}, so it is not handed on. Whoever is away records who stands in: 委托."""


class AllMustSign(Refusal):
    """At “{stage}” everybody signs for themselves; it is not handed on. Somebody away has a deputy: 委托."""


class MayNotOverride(Refusal):
    """{post} may not let “{stage}” pass: two of these may, who neither wrote nor signed: {who}."""


class NobodyOverrides(Refusal):
    """No two people are left who may let “{stage}” pass. Whoever keeps the office's file names two: [override]."""


class SaidToPass(Refusal):
    """{post} has let “{stage}” pass already. A second person has to say so as well: {who}."""
