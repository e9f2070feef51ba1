"""The vocabulary of flags: everything odd that can be said about what was handed in, one sentence for each."""

from __future__ import annotations

from .submission import Flag

SENTENCES = {
    # About the student.
    "student not named": "Neither folder nor file tells whose this is; it is listed under the name of its file.",
    "same name": "Two students are called alike here; they were kept apart by number or by the way they are written.",
    "name written differently": "This student's name is written in several ways; it was taken for one student.",
    "handed in late": "The download marks it as late.",
    "nothing handed in": "There is no notebook of this student.",
    # About files.
    "file twice": "The same file was handed in more than once; it was read once.",
    "several files": "More than one file belongs to this lesson; each answer in them is judged.",
    "only a checkpoint": "There was only Jupyter's own backup copy of the notebook; that was read.",
    "not a notebook": "This file is no notebook and was not read.",
    "not JSON": "This file calls itself a notebook, but it is not JSON: it was damaged, or cut off.",
    "no cells": "This notebook has no cells.",
    "empty file": "This file is empty.",
    "too large": "This file is larger than what is read; what is in it was not judged. Outputs can be cleared.",
    "too many cells": "This notebook has more cells than are read; the rest was left out.",
    "too much code": "This notebook, or this student, has more text and code than is read; the rest was left out.",
    "too much in all": "The files of this student are larger together than what is read; this one was left out.",
    "too many files": "More files were handed in than are read; the rest was left out.",
    "nested too deeply": "Folders, archives or data are nested more deeply than is read.",
    "unreadable": "This file cannot be read.",
    "symbolic link": "This is a link to another place; it was not followed.",
    "not a file": "This is a pipe, a socket or a device; it was not opened.",
    "wrong encoding": "This file is not UTF-8; it was read as what it seems to be.",
    "old format": "This notebook has the format of an old Jupyter (before nbformat 4).",
    "script": "This is a Python script, not a notebook; its cells were read.",
    # About archives.
    "damaged archive": "This archive is damaged or is no archive; what could be read was read.",
    "encrypted": "This file is protected by a password and was not read.",
    "unsafe name": "A name in this archive leads out of its folder; the file was read, nothing was written.",
    "archive too large": "This archive holds more than is unpacked; the rest was left out.",
    "suspicious compression": "This file is compressed so much that it may be meant to fill the memory.",
    "archive in an archive": "This archive lies inside of another archive inside of an archive; it was not opened.",
    "unknown archive": "Archives of this kind are not opened; unpack it, or ask for a zip.",
    # About the notebook.
    "lesson told by the file name": "Nothing in the file tells the lesson; the file's name does.",
    "lesson guessed": "Nothing tells the lesson; it was taken for the one that most of the class handed in.",
    "several lessons in one notebook": "This notebook holds answers to more than one lesson.",
    "another kernel": "The notebook was made with another kernel than Python 3.",
    "cell ids lost": "The notebook's cells have lost the ids they were handed out with.",
    "cell id twice": "Two cells have the same id.",
    "old release": "A cell belongs to an exercise that the lesson does not have (any more).",
    "unknown exercise": "The notebook calls the check of an exercise that the lesson does not have (any more).",
    "unfinished merge": "The notebook holds the marks of an unfinished git merge; all of its lines were read.",
    # About answers.
    "cell missing": "The cell of this exercise was deleted.",
    "file missing": "The file with the answers was not handed in beside the notebook.",
    "answer twice": "There is more than one answer to this exercise; each is judged and the best counts.",
    "answer split": "The answer stands in several cells; they were joined in their order.",
    "cells merged": "The answer stands in one cell with other answers or with its check.",
    "cells reordered": "The exercises stand in another order than in the lesson.",
    "cell type changed": "The answer stands in a cell that is not a code cell.",
    "found by content": "The answer was recognised by what it defines, not by its cell.",
    "found by its check": "The answer was recognised by the check that follows it; its cell has lost its id.",
    "answer in another cell": "The answer stands in the cell of another exercise.",
    "answer in another notebook": "The answer stands in the notebook of another lesson.",
    "other names": "The answer uses other names than the task and passes them to its check; they were taken over.",
    "prose in code": "Lines of prose in the cell were taken for comments.",
    "commands in code": "Commands of IPython in the cell (such as %time or !ls) were left out.",
    "prompts pasted": "Prompts (such as >>> or In [1]:) were left out.",
    "tabs and spaces mixed": "Tabs and spaces are mixed; a tab was taken for four spaces.",
    "strange characters": "Characters that no Python source may hold were replaced.",
    "answer too long": "The answer is longer than what is judged and was left out.",
    "too many answers": "There are more answers to this exercise than are judged; the rest was left out.",
}


def flag(name: str, about: str = "", detail: str = "") -> Flag:
    """Return a flag of the vocabulary. Raise :exc:`KeyError` for a name that is not in it."""
    sentence = SENTENCES[name]
    return Flag(name, about, f"{sentence} {detail}".rstrip())
