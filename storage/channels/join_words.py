"""Six-digit words by which people join where a bot has no links: one sends the word to the bot.

A word works once and for a quarter of an hour; only its hash is stored. Six digits can be guessed, so wrong words are
counted: an address that sent several is not listened to for an hour, and many from anywhere void every open word.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, delete, func, or_
from sqlmodel import col, select

from config.errors import Refusal
from storage.database.store import orm_session
from storage.database.tables_messaging import JoinWord, WrongGuess
from storage.messaging.sessions import hash_secret

__all__ = ["JoinWord", "JoinWords", "TooManyGuesses", "WordUnknown"]

WORD_DIGITS = 6
WORD_LIFETIME = timedelta(minutes=15)
GUESS_WINDOW = timedelta(hours=1)
GUESSES_OF_ONE = 5  # of one address within the window
GUESSES_OF_ALL = 50  # of all addresses: one guess hits one of ten open words with a chance of 1 in 100,000


class WordUnknown(Refusal):
    """No such word is open now: it works once and for 15 minutes. Ask the clerk for a new one."""


class TooManyGuesses(Refusal):
    """There were too many wrong words. Wait an hour, then ask the clerk for a new one."""


@dataclass(frozen=True, slots=True)
class JoinWords:
    """One office's words. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str

    def issue(self, person: str, *, at: datetime, invited_by: str = "", position: int = 0) -> str:
        """Make a word for a person; their earlier open words are void."""
        with orm_session(self.connection) as session:
            void = or_(col(JoinWord.person) == person, col(JoinWord.expires_at) < at)
            session.exec(delete(JoinWord).where(col(JoinWord.office) == self.office, void))
            taken = set(session.exec(select(JoinWord.word).where(col(JoinWord.office) == self.office)))
            word = self._free_word(taken)
            session.add(
                JoinWord(
                    office=self.office,
                    word=self._hash(word),
                    person=person,
                    expires_at=at + WORD_LIFETIME,
                    invited_by=invited_by,
                    position=position,
                )
            )
        return word

    def use(self, word: str, channel: str, address: str, *, at: datetime) -> JoinWord:
        """Use a word up, and return it. Raises WordUnknown and counts it, or TooManyGuesses.

        A caller whose transaction is rolled back by the refusal loses the count: it has to be kept.
        """
        if self._guesses(at, channel, address) >= GUESSES_OF_ONE or self._guesses(at) >= GUESSES_OF_ALL:
            raise TooManyGuesses
        with orm_session(self.connection) as session:
            found = session.get(JoinWord, (self.office, self._hash(word)))
            if found is not None and found.used_at is None and found.expires_at > at:
                found.used_at = at
                return found
        self._count_guess(channel, address, at)
        raise WordUnknown

    def _count_guess(self, channel: str, address: str, at: datetime) -> None:
        with orm_session(self.connection) as session:
            old = (col(WrongGuess.office) == self.office, col(WrongGuess.at) <= at - GUESS_WINDOW)
            session.exec(delete(WrongGuess).where(*old))
            guess = WrongGuess(office=self.office, id=uuid4().hex, channel=channel, address=address, at=at)
            session.add(guess)
        if self._guesses(at) >= GUESSES_OF_ALL:
            with orm_session(self.connection) as session:
                session.exec(delete(JoinWord).where(col(JoinWord.office) == self.office))

    def _guesses(self, at: datetime, channel: str = "", address: str = "") -> int:
        conditions = [col(WrongGuess.office) == self.office, col(WrongGuess.at) > at - GUESS_WINDOW]
        if address:
            conditions += [col(WrongGuess.channel) == channel, col(WrongGuess.address) == address]
        with orm_session(self.connection) as session:
            return session.exec(select(func.count()).select_from(WrongGuess).where(*conditions)).one()

    def _free_word(self, taken: set[str]) -> str:
        while True:
            word = f"{secrets.randbelow(10**WORD_DIGITS):0{WORD_DIGITS}}"
            if self._hash(word) not in taken:
                return word

    def _hash(self, word: str) -> str:
        """Salted with the office, so that equal words of two offices do not look equal."""
        return hash_secret(f"{self.office} {word}")


def is_join_word(text: str) -> bool:
    """Whether a message is a word: six ASCII digits, with or without spaces around and within."""
    digits = "".join(text.split())
    return len(digits) == WORD_DIGITS and digits.isascii() and digits.isdecimal()
