"""Tell whose a file is, by the names of folders, archives and files, as teachers and their systems make them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field, replace

from lessons import LESSONS

from .files import Handed

# Moodle: "Ada Lovelace_123456_assignsubmission_file_/x.ipynb", or the same as one flat name.
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?", re.DOTALL)
# Canvas: "lovelaceada_LATE_12345_678910_x-1.ipynb": the student's number, then the file's.
_CANVAS = re.compile(r"(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
# Canvas without names: "anon_aB3dE_678910_x.ipynb".
_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon_[A-Za-z0-9]{4,})_(?P<file>\d+)_(?P<rest>.+)", re.DOTALL)
# Characters of a name that are looked at: archives hold longer ones than folders.
NAME_LIMIT = 255
_GAP = r"[\s_.+-]*"
_NAMES = "|".join(_GAP.join(name.split("_")) for name in LESSONS)
_LESSON = re.compile(
    rf"(?:(?<![^\W_])\d{{1,2}}{_GAP})?(?<![^\W_])(?:{_NAMES})(?![^\W_])",
    re.IGNORECASE,
)
_COPY = re.compile(r"(?:[\s_-]*(?:\(\d{1,3}\)|-?copy\d*|-\d{1,2}))+$", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"(?:week|unit|session|lesson|lab|hw|homework|assignment|exercise|sheet|task|ps|blatt|final|submission|notebook|"
    r"solution|answer|untitled)s?[\s_-]*\d*",
    re.IGNORECASE,
)
_CONTAINERS = {"submitted", "submissions", "submission", "downloads", "download", "handed in", "notebooks"}
_AROUND = " \t_-.,+()[]"
_SUFFIX = re.compile(r"(?:\.ipynb|\.json|\.txt|\.py|\.zip)+$", re.IGNORECASE)


@dataclass
class Mention:
    """One place in which a student is named."""

    name: str
    # Where the name stands: names in one place are different students if they differ.
    place: tuple[str, ...]
    # The student's number in a learning management system.
    number: str = ""
    # Whether it is the name of a folder or an archive.
    is_folder: bool = False
    is_late: bool = False
    is_named: bool = True


@dataclass
class Student:
    """A student, and what was found of them."""

    name: str
    files: list[Handed] = field(default_factory=list)
    # Names of flags.
    flags: list[str] = field(default_factory=list)


def mention(handed: Handed) -> Mention | None:
    """Return whose a file or a folder is; None where it is nobody's."""
    parts = _path(handed)
    for place, part in enumerate(part[:NAME_LIMIT] for part in parts):
        for pattern in (_MOODLE, _ANONYMOUS, _CANVAS):
            found = pattern.fullmatch(part)
            if found and (pattern is not _CANVAS or found["late"] or len(found["number"] + found["file"]) >= 5):
                groups = found.groupdict()
                return Mention(
                    groups["name"].strip(),
                    parts[:place],
                    groups.get("number") or "",
                    True,
                    bool(groups.get("late")),
                )
    place = 0
    while place < len(parts) and (place < len(parts) - 1 or handed.is_folder) and _is_container(parts[place]):
        place += 1
    if place == len(parts):
        return None
    around = parts[:place]
    if place < len(parts) - 1 or handed.is_folder:
        return Mention(_SUFFIX.sub("", parts[place]), around, is_folder=True)
    if not re.search(r"\.(?:ipynb|py|zip)", parts[place], re.IGNORECASE):
        return None
    return _of_flat_file(parts[place], around)


def _of_flat_file(name: str, around: tuple[str, ...]) -> Mention:
    stem = _SUFFIX.sub("", name)
    rest = _LESSON.sub(" ", _COPY.sub("", stem)).strip(_AROUND)
    words = re.split(r"([\s_]+|\s-\s)", rest)
    while words and (_ASSIGNMENT.fullmatch(words[-1]) or not words[-1].strip(_AROUND)):
        words.pop()
    while words and (_ASSIGNMENT.fullmatch(words[0]) or not words[0].strip(_AROUND)):
        words.pop(0)
    rest = "".join(words).strip(_AROUND)
    return Mention(rest or stem or name, around, is_named=any(character.isalnum() for character in rest))


def _is_container(name: str) -> bool:
    plain = _SUFFIX.sub("", name)
    return (
        plain.lower() in _CONTAINERS
        or not _LESSON.sub("", plain).strip(_AROUND)
        or bool(_ASSIGNMENT.fullmatch(plain) and re.search(r"\d", plain))
    )


def lesson_of_name(name: str) -> str:
    """Return the lesson whose name is in the name of a file; empty where there is none."""
    found = _LESSON.search(unicodedata.normalize("NFC", name))
    words = re.sub(r"[\W\d_]+", "", found[0]).lower() if found else ""
    return next((lesson for lesson in LESSONS if lesson.replace("_", "") == words), "")


def by_student(found: list[Handed]) -> tuple[list[Student], list[Handed]]:
    """Sort what was found by student, and give what is nobody's."""
    found = _without_wrapper(found)
    places: dict[tuple[str, ...], dict[tuple[str, str], list[tuple[Mention, Handed]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    nobodys = []
    mentions = [(mention(handed), handed) for handed in found]
    downloaded: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for one, _ in mentions:
        if one and one.number:
            for depth in range(1, len(one.place) + 1):
                downloaded[one.place[:depth]].add(one.number)
    for one, handed in mentions:
        # A folder that holds several students of a learning management system is a download, and no student.
        if one is None or (handed.is_folder and len(downloaded.get(_path(handed), ())) > 1):
            nobodys.append(handed)
            continue
        # In one place, folders of different names are different students; the names of flat files are written freely.
        key = (one.name if one.is_folder and not one.number else _key(one.name), one.number)
        if not one.is_named:
            key = (handed.where, "unnamed")
        places[one.place][key].append((one, handed))
    return _merged(places), nobodys


def _merged(
    places: dict[tuple[str, ...], dict[tuple[str, str], list[tuple[Mention, Handed]]]],
) -> list[Student]:
    """Make one student of a name that is found in several places, unless one place has the name twice."""
    groups: dict[str, list[tuple[tuple[str, ...], list[tuple[Mention, Handed]]]]] = defaultdict(list)
    for place, clusters in places.items():
        for (name, number), cluster in clusters.items():
            words = name if number == "unnamed" else " ".join(sorted(re.split(r"[\W_]+", _fold(cluster[0][0].name))))
            groups[words].append((place, cluster))
    students = []
    for clusters in groups.values():
        collide = len({place for place, _ in clusters}) < len(clusters)
        if not collide:
            students.append(_student([pair for _, cluster in clusters for pair in cluster]))
            continue
        for _, cluster in clusters:
            student = _student(cluster, numbered=True)
            student.flags.append("same name")
            students.append(student)
    return _told_apart(students)


def _student(pairs: list[tuple[Mention, Handed]], numbered: bool = False) -> Student:
    first = min((one for one, _ in pairs), key=lambda one: (not one.is_folder, one.name))
    name = f"{first.name} ({first.number})" if numbered and first.number else first.name
    student = Student(name or "?", [handed for _, handed in pairs])
    if not all(one.is_named for one, _ in pairs):
        student.flags.append("student not named")
    if len({one.name for one, _ in pairs}) > 1:
        student.flags.append("name written differently")
    if any(one.is_late for one, _ in pairs):
        student.flags.append("handed in late")
    return student


def _told_apart(students: list[Student]) -> list[Student]:
    """Give every student a name of their own."""
    seen: set[str] = set()
    for student in sorted(students, key=lambda student: (student.name, [file.where for file in student.files])):
        name, count = student.name, 1
        while student.name in seen:
            count += 1
            student.name = f"{name} ({count})"
        seen.add(student.name)
    return sorted(students, key=lambda student: student.name)


def _path(handed: Handed) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", part) for part in handed.parts)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", _fold(name)) or name


def _without_wrapper(found: list[Handed]) -> list[Handed]:
    """Leave out what stands around the whole class: one folder or archive, and the other folders of nbgrader."""
    while True:
        tops = {handed.parts[0] for handed in found if handed.parts}
        if "submitted" in tops and tops & {"source", "release", "autograded", "feedback", "gradebook.db"}:
            found = [handed for handed in found if handed.parts[0] == "submitted"]
            tops = {"submitted"}
        if len(tops) != 1 or any(len(handed.parts) == 1 and not handed.is_folder for handed in found):
            return found
        inner = [handed for handed in found if len(handed.parts) > 1]
        folders = {handed.parts[1] for handed in inner if len(handed.parts) > 2 or handed.is_folder}
        files = {handed.parts[1] for handed in inner} - folders
        named = [mention_ for handed in inner if (mention_ := mention(_below(handed)))]
        if not inner or not (
            any(one.number for one in named)
            or (not files and len([name for name in folders if not _is_container(name)]) > 1)
            or (next(iter(tops)).lower().endswith(".zip") and folders == {next(iter(tops))[:-4]})
            or (_is_container(next(iter(tops))))
        ):
            return found
        found = [_below(handed) for handed in inner]


def _below(handed: Handed) -> Handed:
    return replace(handed, parts=handed.parts[1:])
