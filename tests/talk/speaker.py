"""People who talk with the office on a channel that only a test sees."""

from __future__ import annotations

from bot.compose import Works
from bot.conversation import Conversation
from bot.hearing import Heard, What
from bot.replies import Reply, rendered
from scheduler.channel import Abilities
from storage.accounts import Accounts
from storage.dialogues import Card, Cards

FULL = Abilities(buttons=True, edit=True, files=True, silent=True)
TEXT_ONLY = Abilities()


class Speaker:
    """One person at one address; keeps the buttons of the last reply."""

    def __init__(self, works: Works, person: str, abilities: Abilities = FULL) -> None:
        self.works, self.person, self.abilities = works, person, abilities
        self.talk = Conversation(works=works)
        self.reply: Reply | None = None
        with works.store.writing(works.office.slug) as connection:
            accounts = Accounts(connection, works.office.slug)
            accounts.bind(person, "test", f"at {person}", at=works.clock.now())

    def says(self, text: str, *, reply_to: str = "", private: bool = True) -> str:
        return self._hears(What.TEXT, text=text, reply_to=reply_to, private=private)

    def presses(self, label: str) -> str:
        """The button with this label; without buttons, its words are written."""
        choice = next(one for one in self.reply.choices if one.label == label)
        if not self.abilities.buttons:
            return self.says(choice.twin)
        return self._hears(What.PRESSED, handle=choice.handle)

    def labels(self) -> list[str]:
        return [choice.label for choice in self.reply.choices]

    def _hears(self, what: What, *, private: bool = True, **more: str) -> str:
        address = f"at {self.person}"
        heard = Heard(
            channel="test",
            what=what,
            sender=address,
            place=address if private else "group",
            private=private,
            **more,
        )
        office = self.works.office.slug
        with self.works.store.writing(office) as connection:
            self.reply = self.talk.hear(connection, heard, self.abilities)
            if self.reply and self.reply.task:
                task = self.reply.task
                Cards(connection, office).put(
                    Card(
                        person=self.person,
                        case=task.case,
                        what=task.what,
                        channel="test",
                        address=address,
                        message=f"m{task.case}",
                        version=task.version,
                        said_at=self.works.clock.now(),
                    )
                )
        return rendered(self.reply, self.abilities).text if self.reply else ""
