"""The other end of :mod:`checks.apart`: run an answer in this process and serve requests about it, line by line."""

from __future__ import annotations

import ast
import json
import os
import sys
from dataclasses import asdict
from typing import IO, Any

from .answer import LocalAnswer, Raised, Unreachable, raised_by
from .plain import decode, encode
from .prelude import run_source


def main() -> None:
    """Serve until the pipe is closed."""
    requests, replies = _take_over_streams()
    worker = Worker()
    for line in requests:
        request = json.loads(line)
        number, do = request.pop("number"), request.pop("do")
        try:
            message = {"number": number, "reply": getattr(worker, f"do_{do}")(**request)}
        except Unreachable as problem:
            message = {"number": number, "problem": vars(problem)}
        except BaseException as error:
            message = {"number": number, "problem": vars(_unexpected(do, raised_by(error)))}
        replies.write(json.dumps(message).encode() + b"\n")
        replies.flush()


def _take_over_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes for the talk with the check; what the answer prints or reads goes nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return requests, replies


class Worker:
    """One answer, and what can be asked of it. Each ``do_`` method is one kind of request."""

    def __init__(self) -> None:
        self._answer: LocalAnswer | None = None

    @property
    def answer(self) -> LocalAnswer:
        """Return the answer that was loaded."""
        if self._answer is None:
            raise Unreachable("your code", "has not been run", "Run it first.")
        return self._answer

    def do_hello(self) -> None:
        """Tell that Python has started."""

    def do_load(self, source: str, given: str, folder: str) -> None:
        """Run the answer."""
        if folder:
            sys.path.append(folder)
        try:
            empty = not ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise _does_not_compile(error) from None
        if empty:
            raise Unreachable("your code", "the file holds no code", "Write your answer into it.", blank=True)
        try:
            self._answer = LocalAnswer(run_source(source, "<answer>", given))
        except BaseException as error:
            raise _unexpected("load", raised_by(error)) from None

    def do_address(self) -> int:
        """Serve the app and tell its port."""
        return self.answer.address()[1]

    def do_fresh(self) -> bool:
        """Tell whether the app was asked before."""
        return self.answer.fresh()

    def do_crash(self) -> Any:
        """Tell the newest exception of a view."""
        crash = self.answer.crash()
        return asdict(crash) if crash else None

    def do_messages(self) -> list[str]:
        """Tell what was logged."""
        return self.answer.messages()

    def do_call(self, name: str, arguments: Any, then: Any, time_zone: str | None) -> Any:
        """Call a function."""
        method = decode(then) if then else None
        outcome = self.answer.call(name, decode(arguments), (method[0], method[1]) if method else None, time_zone)
        return {
            "value": encode(outcome.value),
            "raised": asdict(outcome.raised) if outcome.raised else None,
            "arguments": encode(list(outcome.arguments)),
            "repeated": outcome.repeated,
        }

    def do_read(self, name: str) -> Any:
        """Tell a value."""
        return encode(self.answer.read(name))

    def do_change(self, name: str, action: str, key: Any, value: Any) -> None:
        """Change a value."""
        self.answer.change(name, action, decode(key), decode(value))


def _does_not_compile(error: Exception) -> Unreachable:
    line = getattr(error, "lineno", None)
    where = f", line {line}" if line else ""
    got = f"{type(error).__name__}: {getattr(error, 'msg', error)}{where}"
    return Unreachable("compiling your code", got, "Python cannot read this file: mend this line first.")


def _unexpected(do: str, raised: Raised) -> Unreachable:
    where = f", line {raised.line}" if raised.line else ""
    asked = "running your code" if do == "load" else "your code"
    why = "The cell must run to its end before anything can be asked of it."
    return Unreachable(asked, f"raised {raised}{where}", why)


if __name__ == "__main__":
    main()
