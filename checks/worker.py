"""The other end of :mod:`checks.apart`: run an answer in this process and serve requests about it, line by line."""

from __future__ import annotations

import ast
import gc
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from .answer import LocalAnswer, Raised, Unreachable, raised_by
from .plain import decode, encode
from .prelude import prepare, run_source

# Where modules that came beside the answer are kept, in the folder that its process starts in.
MODULES = "modules"


def main() -> None:
    """Serve whoever started this process."""
    serve(*_take_over_streams())


def serve(requests: IO[bytes], replies: IO[bytes], worker: Worker | None = None) -> None:
    """Serve until the pipe is closed."""
    worker = worker or Worker()
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
    """One answer at a time, and what can be asked of it. Each ``do_`` method is one kind of request."""

    def __init__(self) -> None:
        # Before a process is forked for an answer, this is done once for all.
        self._prepared = prepare()
        self._answer: LocalAnswer | None = None

    @property
    def answer(self) -> LocalAnswer:
        """Return the answer that was loaded."""
        if self._answer is None:
            raise Unreachable("your code", "has not been run", "Run it first.")
        return self._answer

    def do_hello(self) -> None:
        """Tell that Python has started."""

    def do_forget(self) -> None:
        """End the answer, so that another one can be loaded."""
        if self._answer is not None:
            self._answer.close()
        self._answer = None
        # Its connections and files, too.
        gc.collect()

    def do_load(self, source: str, given: str, folder: str, modules: dict[str, str], before: list[str]) -> None:
        """Run an answer."""
        # Before the answer runs: it may go elsewhere. Whoever started this process removes what is in here.
        place = Path.cwd()
        if folder:
            sys.path.append(folder)
        if modules:
            _write(place / MODULES, modules)
            sys.path.append(str(place / MODULES))
        try:
            parsed = ast.parse(source, "<answer>")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise _does_not_compile(error) from None
        if not parsed.body:
            raise Unreachable("your code", "the file holds no code", "Write your answer into it.", blank=True)
        if source.startswith(given):
            # What the task gives stands at the top of a notebook's cell: once is enough.
            given = ""
        namespace = dict(self._prepared)
        try:
            run_source(parsed, "<answer>", given, before, namespace)
        except BaseException as error:
            raise _unexpected("load", raised_by(error)) from None
        finally:
            # A cell that raises leaves behind what it had defined until then, here as in a notebook.
            self._answer = LocalAnswer(namespace, place=place)

    def do_make_app(self, factory: str, settings: dict[str, Any]) -> str:
        """Make an app of settings and tell its name."""
        return self.answer.make_app(factory, settings)

    def do_address(self, app: str) -> int:
        """Serve an app and tell its port."""
        return self.answer.address(app)[1]

    def do_fresh(self, app: str) -> bool:
        """Tell whether an app was asked before."""
        return self.answer.fresh(app)

    def do_crash(self, app: str, port: int) -> Any:
        """Tell the exception that escaped from a view."""
        crash = self.answer.crash(app, port)
        return asdict(crash) if crash else None

    def do_make_folder(self) -> str:
        """Make a folder for the files of an app and tell where it is."""
        return self.answer.make_folder()

    def do_read_file(self, path: str) -> str:
        """Tell the text of a file."""
        return self.answer.read_file(path)

    def do_ruin_file(self, path: str) -> None:
        """Make a file unusable."""
        self.answer.ruin_file(path)

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


def _write(folder: Path, modules: dict[str, str]) -> None:
    for name, text in modules.items():
        path = folder / name
        # Names that climb out of the folder are none of a module.
        if path.is_relative_to(folder) and ".." not in path.parts:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", errors="replace")


def _does_not_compile(error: Exception) -> Unreachable:
    line = getattr(error, "lineno", None)
    where = f", line {line}" if line else ""
    got = f"{type(error).__name__}: {getattr(error, 'msg', error)}{where}"
    return Unreachable("compiling your code", got, "Python cannot read this file: mend this line first.")


def _unexpected(do: str, raised: Raised) -> Unreachable:
    where = f", line {raised.line}" + (f" of {raised.file}" if raised.file else "") if raised.line else ""
    if "SyntaxError" in raised.kinds:
        # Its text says already where it is: in a file that was imported.
        where = ""
    asked = "running your code" if do == "load" else "your code"
    why = "Your code must run to its end before anything can be asked of it."
    return Unreachable(asked, f"raised {raised}{where}", why)


if __name__ == "__main__":
    main()
