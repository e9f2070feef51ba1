"""The Python files of a student: modules that a notebook imports, and answers that are files of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from lessons import LESSONS, lesson

from .matched import Candidate, Key
from .notebook import decode
from .released import released
from .source import Code, normal

# Characters and number of the modules that go with one answer.
SIZE_LIMIT = 1_000_000
COUNT_LIMIT = 100
_WRITE = re.compile(r"\s*%%(?:writefile|file)\s+(?P<append>-a\s+)?[\"']?(?P<name>[\w./-]+\.py)[\"']?\s*\n", re.ASCII)


@dataclass
class Modules:
    """The Python files of one student, by the way to each."""

    texts: dict[PurePosixPath, str] = field(default_factory=dict)

    def add(self, where: str, data: bytes) -> None:
        """Take in a file."""
        self.texts[PurePosixPath(where)] = decode(data)[0].replace("\r\n", "\n").replace("\0", "")

    def add_written(self, notebook: str, source: str) -> None:
        """Take in what a cell writes to a file beside its notebook, where it does."""
        found = _WRITE.match(source)
        if not found or ".." in found["name"] or found["name"].startswith("/"):
            return
        where = PurePosixPath(notebook).parent / found["name"]
        before = self.texts.get(where, "") if found["append"] else ""
        self.texts[where] = before + source[found.end() :]

    def needed_by(self, where: str, texts: tuple[str, ...]) -> Mapping[str, str]:
        """Return the modules beside a file that some code imports, with all that they may import."""
        beside = self._below(PurePosixPath(where).parent)
        wanted = {name for text in texts for name in Code(text).facts.imports}
        return beside if wanted & {PurePosixPath(name).parts[0].removesuffix(".py") for name in beside} else {}

    def answers(self) -> Iterator[tuple[str, Key, Candidate | None]]:
        """Give the answers that are files: where each is, and None where it is the untouched starter."""
        if not self.texts:
            # Most classes hand in notebooks only, of a few lessons: the others need not be loaded.
            return
        for name in LESSONS:
            for exercise in lesson(name).exercises.values():
                if exercise.is_file:
                    key = (name, exercise.name)
                    found = [one for where, text in self.texts.items() for one in self._answer(where, text, key)]
                    yield from found or self._called_like_it(key)

    def _answer(self, where: PurePosixPath, text: str, key: Key) -> Iterator[tuple[str, Key, Candidate | None]]:
        exercise = released(key[0]).exercises[key[1]]
        if normal(text) in exercise.starters:
            yield str(where), key, None
            return
        package, names = where.parent, [where.stem] if where.name != "__init__.py" else []
        code = Code(text)
        if not exercise.functions <= (code.facts.bound if not names else code.facts.defined):
            return
        while self._is_package(package):
            names.insert(0, package.name)
            inner = self.texts[package / "__init__.py"]
            if where != package / "__init__.py" and exercise.functions <= Code(inner).facts.bound:
                # The package itself is the answer.
                return
            package = package.parent
        modules = self._below(package)
        if len(names) == 1 and where.name != "__init__.py":
            # A package of the same name is another answer.
            modules = {name: text for name, text in modules.items() if not name.startswith(f"{names[0]}/")}
        elif names != [exercise.name]:
            # It only runs as a part of its package.
            text = f"from {'.'.join(names)} import {', '.join(sorted(exercise.functions))}\n"
        yield str(where), key, Candidate(text, (), modules=modules)

    def _called_like_it(self, key: Key) -> Iterator[tuple[str, Key, Candidate | None]]:
        """Give the files that are called like the one handed out: what they lack is for the check to say."""
        handed_out = {name.removesuffix(".py") for name in lesson(key[0]).text.files}
        for where, text in self.texts.items():
            package = where.parent if where.name == "__init__.py" else None
            if (package or where.with_suffix("")).name in handed_out:
                folder = package.parent if package else where.parent
                yield str(where), key, Candidate(text, (), modules=self._below(folder))

    def _is_package(self, folder: PurePosixPath) -> bool:
        return bool(folder.name) and folder / "__init__.py" in self.texts

    def _below(self, folder: PurePosixPath) -> dict[str, str]:
        found: dict[str, str] = {}
        left = SIZE_LIMIT
        for where, text in sorted(self.texts.items()):
            if where.is_relative_to(folder) and len(found) < COUNT_LIMIT and len(text) <= left:
                found[str(where.relative_to(folder))] = text
                left -= len(text)
        return found
