"""Reach an answer that lives in a process of its own, so that nothing it does can hurt who judges it.

The two talk in lines of JSON over a pipe; HTTP goes straight to the server that the other process runs. Whatever
arrives from there is plain data of the answer and nothing else: it is never run, never unpickled, never trusted.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .answer import CALL_LIMIT, Outcome, Raised, Unreachable
from .plain import decode, encode
from .process import AnswerProcess, OwnProcess, own_ports

# Seconds that running the whole cell may take.
CELL_LIMIT = 20.0
# Seconds that starting Python may take, and that anything short may take.
START_LIMIT = 60.0
SHORT_LIMIT = 5.0
# Lists and objects in one line: each takes much more room in memory than on the line.
ITEMS_LIMIT = 500_000
# Characters of what it says about itself.
TEXT_LIMIT = 1_000


class ApartAnswer:
    """An answer in another process. Use it in ``with``, and call :meth:`load` first.

    When one was forgotten, another one can be loaded into its process.
    """

    def __init__(self, process: AnswerProcess | None = None) -> None:
        self._process = process or OwnProcess()
        # The process has ended, or was killed because it cannot be relied on.
        self.ended = False
        # A check may ask from several threads.
        self._talking = threading.Lock()
        self._addresses: dict[str, tuple[str, int]] = {}

    def __enter__(self) -> ApartAnswer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the answer's process, and give back whatever belongs to it."""
        self._process.close()

    def load(
        self,
        source: str,
        given: str = "",
        folder: Path | None = None,
        *,
        modules: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> None:
        """Run the source of the answer behind what its exercise gives.

        ``folder`` is where it may import from, ``modules`` are texts of files that it may import, by their names, and
        ``before`` are cells of the learner's own that run first, whatever becomes of them.
        """
        self._ask("hello", limit=START_LIMIT)
        arguments = {
            "source": source,
            "given": given,
            "folder": str(folder) if folder else "",
            "modules": dict(modules or {}),
            "before": list(before),
        }
        self._ask("load", arguments, CELL_LIMIT, asked="running your code")

    def forget(self) -> None:
        """End the answer, but not its process."""
        self._addresses.clear()
        self._ask("forget")

    def make_app(self, factory: str, settings: Mapping[str, Any]) -> str:
        request = {"factory": factory, "settings": dict(settings)}
        name = self._ask("make_app", request, CALL_LIMIT + SHORT_LIMIT, asked=f"{factory}(settings)")
        if not isinstance(name, str):
            raise self._nonsense()
        return name

    def address(self, app: str = "app") -> tuple[str, int]:
        if app not in self._addresses:
            port = self._ask("address", {"app": app}, asked="the app")
            if not isinstance(port, int) or not 0 < port < 65536:
                raise self._nonsense()
            if port in own_ports():
                # The check serves there: it would judge itself.
                raise self._nonsense()
            self._addresses[app] = "127.0.0.1", port
        return self._addresses[app]

    def fresh(self, app: str = "app") -> bool:
        return self._ask("fresh", {"app": app}, asked="the app") is True

    def crash(self, app: str, port: int) -> Raised | None:
        return _raised(self._ask("crash", {"app": app, "port": port}))

    def make_folder(self) -> str:
        return str(self._ask("make_folder"))

    def read_file(self, path: str) -> str:
        return str(self._ask("read_file", {"path": path}, asked="a file of your app"))

    def ruin_file(self, path: str) -> None:
        self._ask("ruin_file", {"path": path}, asked="a file of your app")

    def messages(self) -> list[str]:
        texts = self._ask("messages")
        return [str(text) for text in texts] if isinstance(texts, list) else []

    def call(
        self,
        name: str,
        arguments: Sequence[Any],
        then: tuple[str, Sequence[Any]] | None = None,
        time_zone: str | None = None,
    ) -> Outcome:
        request = {
            "name": name,
            "arguments": encode(list(arguments)),
            "then": encode([then[0], list(then[1])]) if then else None,
            "time_zone": time_zone,
        }
        reply = self._ask("call", request, CALL_LIMIT + SHORT_LIMIT, asked=f"{name}(...)")
        try:
            value, after = decode(reply["value"]), tuple(decode(reply["arguments"]))
            return Outcome(value, _raised(reply["raised"]), after, reply["repeated"] is True)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            raise self._nonsense() from None

    def read(self, name: str) -> Any:
        try:
            return decode(self._ask("read", {"name": name}, asked=f"the name {name}"))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            raise self._nonsense() from None

    def change(self, name: str, action: str, key: Any = None, value: Any = None) -> None:
        request = {"name": name, "action": action, "key": encode(key), "value": encode(value)}
        self._ask("change", request, asked=f"the name {name}")

    def _ask(self, what: str, arguments: Any = None, limit: float = SHORT_LIMIT, asked: str = "your code") -> Any:
        """Send one request and wait for its reply. Raise :exc:`Unreachable` when none comes in time."""
        with self._talking:
            return self._talk(what, arguments, limit, asked)

    def _talk(self, what: str, arguments: Any, limit: float, asked: str) -> Any:
        # A number that nobody can know before it was sent: no reply is there before its request.
        number = secrets.token_hex(8)
        line = json.dumps({"number": number, "do": what, **(arguments or {})}).encode() + b"\n"
        try:
            self._process.send(line, limit)
            reply = self._process.receive(limit)
        except TimeoutError:
            self._kill()
            why = "Look for an endless loop or a long wait. The course gives every cell and every call a time limit."
            raise Unreachable(asked, f"did not finish within {limit:g} s", why, late=True) from None
        except OSError:
            raise self._ended(asked) from None
        if not reply:
            raise self._ended(asked)
        if reply.count(b"[") + reply.count(b"{") > ITEMS_LIMIT:
            raise self._nonsense()
        try:
            message = json.loads(reply)
            if message["number"] != number:
                raise self._nonsense()
            if problem := message.get("problem"):
                raise Unreachable(
                    str(problem["asked"])[:TEXT_LIMIT],
                    str(problem["got"])[:TEXT_LIMIT],
                    str(problem["why"])[:TEXT_LIMIT],
                    late=bool(problem["late"]),
                    blank=bool(problem["blank"]),
                )
            return message["reply"]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError):
            raise self._nonsense() from None

    def _ended(self, asked: str) -> Unreachable:
        status = self._kill()
        got = (
            f"the process ended (exit status {status})" if status >= 0 else f"the process was killed (signal {-status})"
        )
        return Unreachable(asked, got, "Your code ended the whole process: then nobody answers any more.")

    def _nonsense(self) -> Unreachable:
        self._kill()
        why = "Your code wrote on a channel that it does not own. Return results, and print to standard output only."
        return Unreachable("your code", "disturbed the check", why)

    def _kill(self) -> int:
        self.ended = True
        return self._process.kill()


def _raised(data: Any) -> Raised | None:
    if not isinstance(data, dict):
        return None
    line = data.get("line")
    kinds = data.get("kinds")
    names = tuple(map(str, kinds)) if isinstance(kinds, list) and kinds else ("Exception",)
    line = line if isinstance(line, int) else None
    return Raised(names, str(data.get("text", ""))[:TEXT_LIMIT], line, str(data.get("file", ""))[:100])
