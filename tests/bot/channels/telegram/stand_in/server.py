"""A small strict Bot API server for tests: it refuses what Telegram refuses, and nothing it was told goes unseen.

    server = StandIn()
    server.user(7); server.say(7, "待办")          # an update waits for the bot
    server.fault("sendMessage", "flood", seconds=30)
    assert server.heard(7) == "…"                    # the oldest message of that chat nobody has looked at
    server.assert_nothing_else()

One bot, several users and groups, threads and 127.0.0.1 only. Its clock can be moved, its memory is bounded.
"""

import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from tests.bot.channels.telegram.stand_in.api import BOT, MOST, TOKEN, BotApi, Chat
from tests.bot.channels.telegram.stand_in.http import Answer, Refused, post, serve

__all__ = ["TOKEN", "StandIn"]


@dataclass
class Fault:
    """What goes wrong with the next calls of a method: ``flood``, ``error``, ``reset_before``, ``reset_after``,
    ``slow``, ``garbage``.
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1
    status: int = 500


class StandIn(BotApi):
    def __init__(self, *, per_chat_second: bool = False, first_update: int = 1000) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.users: dict[int, dict[str, Any]] = {}
        self.chats: dict[int, Chat] = {}
        self.pending: dict[int, dict[str, Any]] = {}
        self.queries: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.calls: deque = deque(maxlen=MOST)
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {}
        self.allowed: list[str] | None = None
        self.per_chat_second = per_chat_second
        self.next_update, self.next_message, self.next_query = first_update, 1, 1
        self.next_album = 0
        self.offset_seconds = 0.0
        self.seconds, self.last_date = time.time, 0
        self.polling = 0
        self.greeted = 0  # questions begun and webhooks set: a listener is at work
        self.running = True
        self.server, self.url = serve(self)
        self.pusher = threading.Thread(target=self._push, daemon=True)
        self.pusher.start()

    def close(self) -> None:
        with self.changed:
            self.running = False
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()
        self.pusher.join()

    # --- what people do

    def now(self) -> float:
        return time.monotonic() + self.offset_seconds

    def pass_time(self, seconds: float) -> None:
        with self.changed:
            self.offset_seconds += seconds
            self._forget_old()

    def user(self, number: int) -> dict[str, Any]:
        return self.users.setdefault(number, {"id": number, "is_bot": False, "first_name": f"用户{number}"})

    def group(self, number: int, title: str = "信息员群", kind: str = "group") -> Chat:
        return self.chats.setdefault(number, Chat(number, kind, title))

    def say(self, user: int, text: str, *, chat: int = 0, reply_to: int = 0, **more: Any) -> int:
        with self.lock:
            place = self._place(user, chat)
            message = self._message(place, self.user(user), text=text, **more)
            if reply_to:
                message["reply_to_message"] = self._bare(place.messages[reply_to])
            return self.update("message", message)

    def start(self, user: int, payload: str = "") -> int:
        return self.say(user, f"/start {payload}".strip())

    def upload(self, user: int, name: str, content: bytes, caption: str = "") -> int:
        with self.lock:
            known = f"file{len(self.files)}"
            self.files[known] = content
            sent = {"file_id": known, "file_unique_id": known, "file_name": name, "file_size": len(content)}
            message = self._message(self._place(user, 0), self.user(user), document=sent, caption=caption)
            return self.update("message", message)

    def album(self, user: int, photos: list[bytes], caption: str = "") -> list[int]:
        """Photographs sent at once: one message each, the words under the first."""
        with self.lock:
            self.next_album += 1
            place, sent = self._place(user, 0), []
            for number, content in enumerate(photos):
                shown = self._message(
                    place,
                    self.user(user),
                    photo=self._photo(content),
                    media_group_id=str(self.next_album),
                    caption="" if number else caption,
                )
                sent.append(self.update("message", shown))
            return sent

    def change(self, user: int, message: int, text: str) -> int:
        with self.lock:
            found = self.chats[user].messages[message]
            found |= {"text": text, "edit_date": self.date()}
            return self.update("edited_message", found)

    def press(self, user: int, message: int, label: str = "", *, data: str = "", chat: int = 0) -> int:
        """Press a button that stands on a message now, or send anything at all as ``data``."""
        with self.lock:
            place = self._place(user, chat)
            shown = place.messages[message]
            rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
            buttons = {button["text"]: button.get("callback_data", "") for row in rows for button in row}
            query = str(self.next_query)
            self.next_query += 1
            self.queries[query] = {"at": self.now(), "answered": False}
            asked = {"id": query, "from": self.user(user), "message": self._bare(shown), "chat_instance": "1"}
            return self.update("callback_query", asked | {"data": data or buttons[label]})

    def block(self, user: int, *, blocked: bool = True) -> int:
        self._place(user, 0).blocked = blocked
        return self._member(self.chats[user], user, "kicked" if blocked else "member")

    def remove_bot(self, chat: int, by: int) -> int:
        self.chats[chat].left = True
        return self._member(self.chats[chat], by, "left")

    def add_bot(self, chat: int, by: int) -> int:
        self.chats[chat].left = False
        return self._member(self.chats[chat], by, "member")

    def migrate(self, chat: int, by: int) -> int:
        """A group becomes a supergroup: both of them say so."""
        with self.lock:
            old, new = (
                self.chats[chat],
                self.group(-1000000000000 + chat, self.chats[chat].title, "supergroup"),
            )
            old.migrated_to = new.id
            self.update("message", self._message(old, self.user(by), migrate_to_chat_id=new.id))
            self.update("message", self._message(new, self.user(by), migrate_from_chat_id=old.id))
            return new.id

    def update(self, kind: str, what: dict[str, Any], *, number: int = 0) -> int:
        """Any update at all."""
        with self.changed:
            number = number or self.next_update
            self.next_update = number + 1
            if self.allowed is None or kind in self.allowed:
                self.pending[number] = {
                    "update_id": number,
                    kind: json.loads(json.dumps(what)),
                    "_at": self.now(),
                }
                if len(self.pending) > MOST:
                    raise AssertionError("nobody takes the updates over")
            self.changed.notify_all()
            return number

    def again(self, raw: dict[str, Any]) -> None:
        """Hand an update over once more, though it was confirmed."""
        with self.changed:
            self.pending[raw["update_id"]] = {**raw, "_at": self.now()}
            self.changed.notify_all()

    def reverse(self) -> None:
        """What waits comes in the wrong order."""
        with self.lock:
            self.pending = dict(reversed(self.pending.items()))

    def fault(self, method: str, kind: str, *, times: int = 1, seconds: float = 1, status: int = 500) -> None:
        with self.lock:
            self.faults.append(Fault(method, kind, times, seconds, status))

    # --- what was heard

    def heard(self, chat: int, *, within: float = 5) -> dict[str, Any]:
        """The oldest message (or edit) of a chat nobody has looked at yet; waits for it."""
        with self.changed:
            there = self.chats[chat]
            assert self.changed.wait_for(lambda: there.unseen, within), f"nothing was said to {chat}"
            return there.unseen.popleft()

    def assert_nothing_else(self) -> None:
        with self.lock:
            left = {
                chat.id: [each["text"] for each in chat.unseen] for chat in self.chats.values() if chat.unseen
            }
        assert left == {}, left

    def assert_called(self, method: str, times: int) -> None:
        assert [name for name, _ in self.calls].count(method) == times

    # --- the Bot API

    def call(self, token: str, method: str, given: dict[str, Any]) -> Answer:
        fault = self._fault(method)
        if fault and fault.kind == "reset_before":
            return Answer(reset=True)
        if fault and fault.kind == "garbage":
            return Answer(raw=b"<html>")
        try:
            answer = self._answer(token, method, given, fault)
        except Refused as refused:
            answer = Answer(status=refused.status, json=refused.shown())
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)
        return Answer(reset=True) if fault and fault.kind == "reset_after" else answer

    def _answer(self, token: str, method: str, given: dict[str, Any], fault: Fault | None) -> Answer:
        if token != TOKEN:
            raise Refused(401, "Unauthorized")
        if fault and fault.kind == "flood":
            wait = int(fault.seconds)
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if fault and fault.kind == "error":
            raise Refused(
                fault.status, "Internal Server Error" if fault.status > 499 else "Bad Request: simulated"
            )
        does = getattr(self, f"do_{method}", None)
        if does is None:
            raise Refused(404, "Not Found")
        if method == "getupdates":
            return Answer(json={"ok": True, "result": self.do_getupdates(given)})
        with self.changed:
            self.calls.append((method, given))
            result = does(given)
            self.changed.notify_all()
            return Answer(json={"ok": True, "result": result})

    # --- inside

    def _fault(self, method: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.method.lower() == method:
                    fault.times -= 1
                    if not fault.times:
                        self.faults.remove(fault)
                    return fault
        return None

    def _place(self, user: int, chat: int) -> Chat:
        self.user(user)
        if chat:
            return self.chats[chat]
        return self.chats.setdefault(user, Chat(user, "private"))

    def _member(self, chat: Chat, by: int, status: str) -> int:
        old = {"user": BOT, "status": "member" if status != "member" else "left"}
        new = {"user": BOT, "status": status, **({"until_date": 0} if status == "kicked" else {})}
        changed = {"chat": chat.shown(), "from": self.user(by), "date": self.date()}
        return self.update("my_chat_member", changed | {"old_chat_member": old, "new_chat_member": new})

    def _photo(self, content: bytes) -> list[dict[str, Any]]:
        """One photograph in two sizes, as Telegram offers it: the small one is cut."""
        sizes = []
        for width, part in ((90, content[:1]), (1280, content)):
            known = f"file{len(self.files)}"
            self.files[known] = part
            size = {"file_id": known, "file_unique_id": known, "width": width, "height": width}
            sizes.append(size | {"file_size": len(part)})
        return sizes

    def _bare(self, message: dict[str, Any]) -> dict[str, Any]:
        return {name: part for name, part in message.items() if name != "reply_to_message"}

    def _push(self) -> None:
        """Calls the webhook, one update after the other, until it says 200."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: not self.running or (self.webhook and self.pending), 0.2)
                if not self.running:
                    return
                if not self.webhook or not self.pending:
                    continue
                raw, hook = next(iter(self.pending.values())), dict(self.webhook)
            if post(hook["url"], hook.get("secret_token", ""), self._clean(raw)):
                with self.lock:
                    if self.pending.get(raw["update_id"]) is raw:
                        del self.pending[raw["update_id"]]
            else:
                time.sleep(0.02)
