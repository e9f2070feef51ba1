"""Whatever lies in a folder or an archive: nothing blocks, nothing is written, nobody is lost."""

from __future__ import annotations

import io
import json
import os
import socket
import stat
import time
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from classes import make_class, write
from damage import solved

from classroom.collect import Collection, collect
from classroom.collecting import archives, files, notebook, reading
from classroom.flags import SENTENCES, flag
from course.build import to_text

SUCCESS = to_text(solved("success", tags=("solution",))).encode("utf-8")
ACCESS = to_text(solved("access", tags=("solution",))).encode("utf-8")


def names(found: Collection, student: str = "ada") -> set[str]:
    """Return the names of a student's flags."""
    return {one.name for submission in found.submissions if submission.student == student for one in submission.flags}


def students(found: Collection) -> list[str]:
    """Return the students of a collection."""
    return list(dict.fromkeys(submission.student for submission in found.submissions))


def answered(found: Collection, student: str = "ada") -> int:
    """Return how many answers a student has."""
    return sum(len(one.answers) for one in found.submissions if one.student == student)


def put(folder: Path, *contents: tuple[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in contents:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zipped(*contents: tuple[str, bytes]) -> bytes:
    """Return an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents:
            archive.writestr(name, data)
    return buffer.getvalue()


# Who is who


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("ada_04_success.ipynb", "ada"),
        ("04_success_ada.ipynb", "ada"),
        ("Lovelace Ada - 04_success (1).ipynb", "Lovelace Ada"),
        ("success-ada.ipynb", "ada"),
        ("Ada Lovelace - success-Copy1.ipynb", "Ada Lovelace"),
        ("ada.lovelace.success.ipynb", "ada.lovelace"),
        ("ada.ipynb", "ada"),
        ("ada_final.ipynb", "ada"),
        ("week4_ada.ipynb", "ada"),
        ("Ada Lovelace_123456_assignsubmission_file_04_success.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_123456_assignsubmission_file_/04_success.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_123456_assignsubmission_file/x/y/Untitled.ipynb", "Ada Lovelace"),
        ("Group 3-Ada Lovelace_1_assignsubmission_file_/04_success.ipynb", "Group 3-Ada Lovelace"),
        ("Participant_77_assignsubmission_file_/04_success.ipynb", "Participant"),
        ("lovelaceada_12345_678910_04_success-1.ipynb", "lovelaceada"),
        ("lovelaceada_LATE_12345_678910_04_success.ipynb", "lovelaceada"),
        ("anon_aB3dE_678910_04_success.ipynb", "anon_aB3dE"),
        ("submitted/ada/success/04_success.ipynb", "ada"),
        ("submitted/ada/ps4/04_success.ipynb", "ada"),
        ("04_success/ada/Untitled.ipynb", "ada"),
        ("week 4/ada/Untitled.ipynb", "ada"),
        ("ada/deep/down/Untitled1.ipynb", "ada"),
        ("مريم علي_04_success.ipynb", "مريم علي"),
        ('Ada "the first" O\'Neil/x.ipynb', 'Ada "the first" O\'Neil'),
        ("Ada\\Bob/x.ipynb", "Ada\\Bob"),
        ("..ada../x.ipynb", "..ada.."),
        ("..ada_04_success.ipynb", "ada"),
        ("王小明_success.ipynb", "王小明"),
    ],
)
def test_student_is_told_by_the_name(name: str, student: str | None, tmp_path: Path) -> None:
    found = collect(put(tmp_path, (name, SUCCESS)))
    assert students(found) == ([student] if student else [])
    assert not student or answered(found, student) == 8


@pytest.mark.parametrize("name", ["04_success.ipynb", "Untitled.ipynb", "success (1).ipynb", "homework.ipynb"])
def test_a_file_that_names_nobody_is_listed_under_its_own_name(name: str, tmp_path: Path) -> None:
    found = collect(put(tmp_path, (name, SUCCESS), ("bob/x.ipynb", SUCCESS)))
    assert students(found) == sorted([name.removesuffix(".ipynb"), "bob"])
    assert names(found, name.removesuffix(".ipynb")) == {"student not named"}


def test_files_that_name_nobody_are_kept_apart(tmp_path: Path) -> None:
    found = collect(put(tmp_path, ("04_success (1).ipynb", SUCCESS), ("04_success (2).ipynb", ACCESS)))
    assert students(found) == ["04_success (1)", "04_success (2)"]


def test_single_notebook(tmp_path: Path) -> None:
    found = collect(put(tmp_path, ("ada_04_success.ipynb", SUCCESS)) / "ada_04_success.ipynb")
    assert students(found) == ["ada"]
    assert found.submissions[0].files == ("ada_04_success.ipynb",)


def test_late_is_told(tmp_path: Path) -> None:
    found = collect(put(tmp_path, ("lovelaceada_LATE_12345_678910_04_success.ipynb", SUCCESS)))
    assert names(found, "lovelaceada") == {"handed in late"}


def test_one_student_in_several_places(tmp_path: Path) -> None:
    found = collect(
        put(tmp_path, ("04_success/Ada Lovelace/x.ipynb", SUCCESS), ("ada_lovelace_06_access.ipynb", ACCESS))
    )
    assert students(found) == ["Ada Lovelace"]
    assert [one.lesson for one in found.submissions] == ["success", "access"]
    assert names(found, "Ada Lovelace") == {"name written differently"}


def test_two_students_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    for one, other in (
        ("Ada Lovelace_1_assignsubmission_file_/04_success.ipynb", "Ada Lovelace_2_assignsubmission_file_/x.ipynb"),
        ("Ada Lovelace_1_assignsubmission_file_x.ipynb", "Ada Lovelace_2_assignsubmission_file_x.ipynb"),
    ):
        folder = tmp_path / str(len(one))
        found = collect(put(folder, (one, SUCCESS), (other, ACCESS)))
        assert students(found) == ["Ada Lovelace (1)", "Ada Lovelace (2)"]
        assert names(found, "Ada Lovelace (1)") == {"same name"}
        assert answered(found, "Ada Lovelace (1)") == 8


def test_folders_that_differ_in_case_are_two_students(tmp_path: Path) -> None:
    found = collect(put(tmp_path, ("ada/x.ipynb", SUCCESS), ("Ada/x.ipynb", ACCESS)))
    assert students(found) == ["Ada", "ada"]
    assert names(found, "ada") == {"same name"}


def test_the_same_name_in_two_normal_forms_is_one_student(tmp_path: Path) -> None:
    name = "José Núñez"
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert composed != decomposed
    found = collect(put(tmp_path, (f"{composed}/x.ipynb", SUCCESS), (f"{decomposed}/y.ipynb", ACCESS)))
    assert students(found) == [composed]
    assert len(found.submissions) == 2


def test_only_what_was_submitted_is_taken_from_a_course_folder_of_nbgrader(tmp_path: Path) -> None:
    put(tmp_path, ("source/success/x.ipynb", SUCCESS), ("release/success/x.ipynb", SUCCESS))
    put(tmp_path, ("autograded/ada/success/x.ipynb", SUCCESS), ("submitted/ada/success/x.ipynb", SUCCESS))
    assert students(collect(tmp_path)) == ["ada"]


def test_a_folder_around_the_class_is_no_student(tmp_path: Path) -> None:
    put(tmp_path, ("class of 2026/ada/x.ipynb", SUCCESS), ("class of 2026/bob/x.ipynb", SUCCESS))
    assert students(collect(tmp_path)) == ["ada", "bob"]
    archive = zipped(("class/ada/x.ipynb", SUCCESS), ("class/bob/x.ipynb", SUCCESS))
    assert students(collect(put(tmp_path / "zip", ("class.zip", archive)) / "class.zip")) == ["ada", "bob"]
    assert students(collect(tmp_path / "zip")) == ["ada", "bob"]


# Nobody is lost

BROKEN: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{not json", "not JSON"),
    "cut off": (SUCCESS[: len(SUCCESS) // 2], "not JSON"),
    "empty": (b"", "empty file"),
    "white space": (b" \n\0\n", "empty file"),
    "no cells": (b'{"cells": [], "nbformat": 4}', "no cells"),
    "a list": (b"[1, 2, 3]", "no cells"),
    "a number": (b"17", "no cells"),
    "null": (b"null", "no cells"),
    "cells of the wrong kind": (b'{"cells": {"a": 1}}', "no cells"),
    "deep lists": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "deep objects": (b'{"cells":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "binary": (bytes(range(256)) * 40, "not JSON"),
    "a long number": (b'{"cells": ' + b"9" * 100_000 + b"}", "not JSON"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_student_whose_only_file_is_broken_is_there(kind: str, tmp_path: Path) -> None:
    data, name = BROKEN[kind]
    found = collect(put(tmp_path, ("ada/work.ipynb", data), ("bob/work.ipynb", ACCESS)))
    assert students(found) == ["ada", "bob"]
    assert name in names(found)
    lost = found.submissions[0]
    assert (lost.lesson, lost.answers) == ("success" if kind == "cut off" else "access", {})
    assert ("lesson guessed" in names(found)) == (kind != "cut off")
    assert answered(found, "bob") == 6


def test_the_name_of_a_broken_file_tells_its_lesson(tmp_path: Path) -> None:
    found = collect(put(tmp_path, ("ada/06_access.ipynb", b"{"), ("bob/work.ipynb", SUCCESS)))
    assert [one.lesson for one in found.submissions] == ["access", "success"]
    assert names(found) == {"not JSON", "lesson told by the file name"}


def test_a_student_without_a_notebook_is_there(tmp_path: Path) -> None:
    put(tmp_path, ("ada/essay.pdf", b"%PDF"), ("bob/work.ipynb", SUCCESS), ("readme.txt", b"hello"))
    (tmp_path / "eve").mkdir()
    found = collect(tmp_path)
    assert students(found) == ["ada", "bob", "eve"]
    assert names(found) == {"not a notebook", "nothing handed in", "lesson guessed"}
    assert names(found, "eve") == {"nothing handed in", "lesson guessed"}
    assert [(one.name, one.about) for one in found.flags] == [("not a notebook", "readme.txt")]


def test_empty_folder_and_broken_class(tmp_path: Path) -> None:
    assert collect(tmp_path).submissions == []
    with pytest.raises(FileNotFoundError):
        collect(tmp_path / "nothing")
    assert students(collect(put(tmp_path, ("ada/x.ipynb", b"{")))) == ["ada"]


def test_a_backup_copy_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    copy = ".ipynb_checkpoints/04_success-checkpoint.ipynb"
    put(tmp_path, (f"ada/{copy}", SUCCESS), ("bob/04_success.ipynb", SUCCESS), (f"bob/{copy}", ACCESS))
    found = collect(tmp_path)
    assert names(found) == {"only a checkpoint"}
    assert answered(found) == 8
    assert [one.lesson for one in found.submissions if one.student == "bob"] == ["success"]


@pytest.mark.parametrize(
    "name", ["__MACOSX/._x.ipynb", "._x.ipynb", "~$x.ipynb", ".git/x.ipynb", "venv/x.ipynb", "node_modules/x.ipynb"]
)
def test_what_is_no_work_is_not_read(name: str, tmp_path: Path) -> None:
    put(tmp_path, (f"ada/{name}", ACCESS), ("ada/x.ipynb", SUCCESS), ("ada/venv/pyvenv.cfg", b""))
    found = collect(tmp_path)
    assert [one.lesson for one in found.submissions] == ["success"]
    assert names(found) == set()


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_other_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    text = SUCCESS.decode("utf-8").replace("# Success, precisely", "# Précisément", 1)
    data = text.encode(encoding, "replace")
    found = collect(put(tmp_path, ("ada/x.ipynb", data)))
    assert answered(found) == 8
    assert names(found) == (set() if encoding == "utf-8-sig" else {"wrong encoding"})


def test_a_merge_that_was_never_finished_is_read(tmp_path: Path) -> None:
    lines = SUCCESS.decode("utf-8").split("\n")
    at = next(place for place, line in enumerate(lines) if '"metadata": {},' in line)
    lines[at:at] = ["<<<<<<< HEAD", "=======", ">>>>>>> other"]
    found = collect(put(tmp_path, ("ada/x.ipynb", "\n".join(lines).encode("utf-8"))))
    assert answered(found) == 8
    assert names(found) == {"unfinished merge"}


# Size


def test_a_large_notebook_is_told(tmp_path: Path) -> None:
    data = SUCCESS[:-3] + b',"x":"' + b"a" * notebook.SIZE_LIMIT + b'"}'
    found = collect(put(tmp_path, ("ada/x.ipynb", data), ("bob/x.ipynb", ACCESS)))
    assert [(one.student, one.lesson) for one in found.submissions] == [("ada", "success"), ("bob", "access")]
    assert names(found) == {"too large"}


def test_a_notebook_larger_than_all_that_is_read_of_a_student_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "SIZE_LIMIT", 1000)
    monkeypatch.setattr(reading, "SIZE_LIMIT", 1000)
    monkeypatch.setattr(reading, "BYTES_LIMIT", 4000)
    found = collect(put(tmp_path, ("ada/04_success.ipynb", SUCCESS)))
    assert len(SUCCESS) > 4000
    assert names(found) == {"too large"}


def test_ten_thousand_cells_do_not_hurt(tmp_path: Path) -> None:
    work = json.loads(SUCCESS)
    for number in range(10_000):
        work["cells"].insert(2, {"cell_type": "code", "id": f"x{number}", "source": f"def f{number}():\n    return 1"})
    started = time.perf_counter()
    found = collect(put(tmp_path, ("ada/x.ipynb", json.dumps(work).encode())))
    assert time.perf_counter() - started < 20
    assert answered(found) == 8


def test_ten_thousand_copies_of_an_answer_do_not_hurt(tmp_path: Path) -> None:
    work = json.loads(SUCCESS)
    place = next(place for place, cell in enumerate(work["cells"]) if cell["id"] == "success-accepted")
    answer = "".join(work["cells"][place]["source"])
    work["cells"][place:place] = [
        {"cell_type": "code", "id": "success-accepted", "source": f"{answer}\n# {number}"} for number in range(10_000)
    ]
    started = time.perf_counter()
    found = collect(put(tmp_path, ("ada/x.ipynb", json.dumps(work).encode())))
    assert time.perf_counter() - started < 20
    assert len(found.submissions[0].answers["accepted"]) <= 8
    assert {"too many answers", "answer twice", "cell id twice"} <= names(found)
    # They keep no other answer from being read.
    assert answered(found) == 8
    assert "too much code" not in names(found)


def test_copies_of_one_answer_leave_room_for_others(tmp_path: Path) -> None:
    work = json.loads(SUCCESS)
    cell = next(cell for cell in work["cells"] if cell["id"] == "success-accepted")
    other = "".join(cell["source"]) + "\nother = True"
    work["cells"] += [dict(cell)] * 1000 + [{**cell, "source": other}]
    (submission,) = collect(put(tmp_path, ("ada/x.ipynb", json.dumps(work).encode()))).submissions
    assert [source.text for source in submission.answers["accepted"]] == ["".join(cell["source"]), other]
    assert {flag.name for flag in submission.flags} == {"answer twice", "cell id twice", "cells reordered"}


def test_code_that_is_left_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CODE_LIMIT", 8000)
    found = collect(put(tmp_path, ("ada/x.ipynb", SUCCESS)))
    assert answered(found) < 8
    assert "too much code" in names(found)


def test_more_cells_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "CELL_LIMIT", 50)
    found = collect(put(tmp_path, ("ada/x.ipynb", SUCCESS)))
    assert "too many cells" in names(found)
    assert 0 < answered(found) < 8


def test_more_files_and_bytes_than_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, *((f"ada/{number}.ipynb", SUCCESS + b" " * number) for number in range(5)))
    monkeypatch.setattr(reading, "FILES_LIMIT", 3)
    found = collect(tmp_path)
    assert len(found.submissions[0].files) == 3
    assert "too many files" in names(found)
    monkeypatch.setattr(reading, "FILES_LIMIT", 300)
    monkeypatch.setattr(reading, "BYTES_LIMIT", 2 * len(SUCCESS))
    found = collect(tmp_path)
    assert "too much in all" in names(found)
    assert answered(found) == 8
    monkeypatch.setattr(files, "FILE_LIMIT", 3)
    assert "too many files" in names(collect(tmp_path))


def test_an_endless_answer_is_left_out(tmp_path: Path) -> None:
    work = json.loads(SUCCESS)
    cell = next(cell for cell in work["cells"] if cell["id"] == "success-accepted")
    cell["source"] = "x = 1\n" * 100_000
    found = collect(put(tmp_path, ("ada/x.ipynb", json.dumps(work).encode())))
    assert "accepted" not in found.submissions[0].answers
    assert "answer too long" in names(found)


# Links and devices


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside", ("secret.ipynb", ACCESS))
    inside = put(tmp_path / "in", ("ada/x.ipynb", SUCCESS))
    (inside / "ada" / "loop").symlink_to(inside)
    (inside / "ada" / "y.ipynb").symlink_to(outside / "secret.ipynb")
    (inside / "ada" / "dead.ipynb").symlink_to("nowhere")
    (inside / "ada" / "self.ipynb").symlink_to("self.ipynb")
    (inside / "eve").symlink_to(outside)
    found = collect(inside)
    assert [(one.student, one.lesson) for one in found.submissions if one.student == "ada"] == [("ada", "success")]
    assert names(found) == {"symbolic link"}
    assert answered(found, "eve") == 0


def test_nothing_that_blocks_is_opened(tmp_path: Path) -> None:
    put(tmp_path, ("bob/x.ipynb", SUCCESS), ("ada/essay.txt", b""))
    os.mkfifo(tmp_path / "ada" / "x.ipynb")
    os.mkfifo(tmp_path / "ada" / "x.zip")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "ada" / "y.ipynb"))
        found = collect(tmp_path)
    assert students(found) == ["ada", "bob"]
    assert "not a file" in names(found)


def test_a_file_that_becomes_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = put(tmp_path, ("ada.ipynb", SUCCESS)) / "ada.ipynb"
    (handed,) = files.find(tmp_path, archives.Shelf())
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(archives.Closed, match="not a file"):
        handed.read()
    path.unlink()
    with pytest.raises(archives.Closed, match="unreadable"):
        handed.read()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_told(tmp_path: Path) -> None:
    (put(tmp_path, ("ada/x.ipynb", SUCCESS)) / "ada" / "x.ipynb").chmod(0)
    assert "unreadable" in names(collect(tmp_path))


def test_name_that_is_no_text(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\xfeada"
    os.mkdir(folder)
    Path(os.fsdecode(folder), "x.ipynb").write_bytes(SUCCESS)
    found = collect(tmp_path)
    assert students(found) == ["\\xff\\xfeada"]
    json.dumps([one.files for one in found.submissions]).encode("utf-8")
    assert answered(found, "\\xff\\xfeada") == 8


def test_deep_folders(tmp_path: Path) -> None:
    put(tmp_path, ("ada/" + "d/" * 40 + "x.ipynb", SUCCESS))
    assert "nested too deeply" in names(collect(tmp_path))


# Archives


def test_zip_of_a_student_in_a_zip_of_the_class(tmp_path: Path) -> None:
    inner = zipped(("work/x.ipynb", SUCCESS))
    for name in ("Ada_1_assignsubmission_file_/w.zip", "ada/w.zip", "ada.zip"):
        archive = zipped((name, inner), ("bob/x.ipynb", ACCESS))
        found = collect(put(tmp_path, ("class.zip", archive)) / "class.zip")
        assert [one.casefold() for one in students(found)] == ["ada", "bob"]
        assert answered(found, students(found)[0]) == 8
        assert found.submissions[0].files == (f"{name}/work/x.ipynb",)


def test_archives_are_nested_only_so_deep(tmp_path: Path) -> None:
    archive = zipped(("a.zip", zipped(("b.zip", zipped(("x.ipynb", SUCCESS))))))
    found = collect(put(tmp_path, ("ada/w.zip", archive)))
    assert names(found) >= {"archive in an archive", "nothing handed in"}
    assert students(found) == ["ada"]


@pytest.mark.parametrize(
    "name", ["../../x.ipynb", "/etc/x.ipynb", "..\\..\\x.ipynb", "C:\\x.ipynb", "a/../../../x.ipynb", "//x.ipynb"]
)
def test_names_that_climb_out_write_nothing(name: str, tmp_path: Path) -> None:
    put(tmp_path / "in", ("ada.zip", zipped((name, SUCCESS))))
    before = sorted(path.name for path in tmp_path.rglob("*"))
    found = collect(tmp_path / "in")
    assert students(found) == ["ada"]
    assert answered(found) == 8
    assert names(found) == {"unsafe name"}
    assert all(".." not in part for file in found.submissions[0].files for part in file.split("/"))
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_link_in_an_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("x.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = zipped((link, b"/etc/passwd"))  # type: ignore[arg-type]
    found = collect(put(tmp_path, ("ada.zip", archive)))
    assert names(found) == {"symbolic link", "lesson guessed"}


def test_encrypted_entry(tmp_path: Path) -> None:
    data = bytearray(zipped(("x.ipynb", SUCCESS)))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1
    found = collect(put(tmp_path, ("ada.zip", bytes(data))))
    assert "encrypted" in names(found)


@pytest.mark.parametrize(
    "cut", [lambda data: data[: len(data) // 2], lambda data: data[200:], lambda _: b"PK", lambda _: b""]
)
def test_damaged_archive(cut: Callable[[bytes], bytes], tmp_path: Path) -> None:
    found = collect(
        put(tmp_path, ("ada.zip", cut(zipped(("x.ipynb", SUCCESS)))), ("bob.zip", zipped(("x.ipynb", ACCESS))))
    )
    assert students(found) == ["ada", "bob"]
    assert names(found) >= {"damaged archive"}
    assert answered(found, "bob") == 6


def test_every_single_damage_is_survived(tmp_path: Path) -> None:
    data = zipped(("a/x.ipynb", ACCESS[:3000]), ("a/b.txt", b"x" * 100))
    path = put(tmp_path, ("ada.zip", b""), ("bob.zip", data)) / "ada.zip"
    for place in range(0, len(data), 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        assert students(collect(tmp_path)) == ["ada", "bob"]


def test_bomb_is_not_opened(tmp_path: Path) -> None:
    archive = zipped(("x.ipynb", b" " * 15_000_000), ("y.ipynb", b" " * 200_000_000), ("z.zip", b"\0" * 70_000_000))
    started = time.perf_counter()
    found = collect(put(tmp_path, ("ada.zip", archive)))
    assert time.perf_counter() - started < 5
    assert students(found) == ["ada"]
    assert "suspicious compression" in names(found)


def test_entry_that_is_longer_than_it_says(tmp_path: Path) -> None:
    data = bytearray(zipped(("x.ipynb", b" " * 50_000_000)))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.find(mark) + offset
        data[place : place + 4] = (1000).to_bytes(4, "little")
    found = collect(put(tmp_path, ("ada.zip", bytes(data))))
    assert names(found) >= {"damaged archive"}


def test_more_entries_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = zipped(*((f"{number}.txt", b"") for number in range(20)), ("x.ipynb", SUCCESS))
    put(tmp_path, ("ada.zip", archive))
    monkeypatch.setattr(archives, "ENTRY_LIMIT", 10)
    assert "archive too large" in names(collect(tmp_path))
    monkeypatch.setattr(archives, "ENTRY_LIMIT", 100)
    monkeypatch.setattr(archives, "CONTENTS_LIMIT", 100)
    assert "archive too large" in names(collect(tmp_path))


def test_names_without_their_encoding_are_read(tmp_path: Path) -> None:
    data = zipped(("Zoë/x.ipynb", SUCCESS), ("bob/x.ipynb", SUCCESS))
    data = data.replace(b"\x00\x08", b"\x00\x00")
    found = collect(put(tmp_path, ("class.zip", data)) / "class.zip")
    assert students(found) == ["Zoë", "bob"]


def test_other_archives_are_told(tmp_path: Path) -> None:
    found = collect(put(tmp_path, ("ada/work.rar", b"Rar!"), ("bob/x.ipynb", SUCCESS)))
    assert names(found) == {"unknown archive", "nothing handed in", "lesson guessed"}


# The vocabulary


def test_flags_have_a_sentence_each() -> None:
    for name, sentence in SENTENCES.items():
        assert sentence.endswith(".")
        assert flag(name, "x").text == sentence
    with pytest.raises(KeyError):
        flag("no such flag")


def test_a_class_is_collected_the_same_way_twice(tmp_path: Path) -> None:
    path = write(make_class(10, ["success"], seed=5), tmp_path, "moodle_zip")
    assert collect(path) == collect(path)


@pytest.mark.parametrize("layout", ["moodle_flat", "moodle_zip"])
def test_downloads_side_by_side_are_no_students(layout: str, tmp_path: Path) -> None:
    everybody = make_class(3, ["success", "access"])
    (tmp_path / "in").mkdir()
    for name in ("success", "access"):
        part = [replace(student, notebooks={name: student.notebooks[name]}) for student in everybody]
        path = write(part, tmp_path / name, layout)
        path.rename((tmp_path / "in" / f"Web APIs {name}-4711").with_suffix(path.suffix))
    found = collect(tmp_path / "in")
    assert sorted(students(found)) == sorted(student.name for student in everybody)
    assert len(found.submissions) == 6
    assert not found.flags
