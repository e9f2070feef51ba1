"""Where everything is kept: one SQLite file, opened anew for each piece of work.

A connection that is opened when it is needed notices when the file is lost, and when it is back. No thread shares one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import current_app
from werkzeug.security import generate_password_hash

# Seconds to wait for another thread, or another process, that is writing.
BUSY_TIMEOUT = 2.0
ACCOUNTS = [("ann", "a", "user"), ("bob", "b", "user"), ("root", "r", "admin")]
# AUTOINCREMENT: the id of something that was deleted is never given to something else.
SCHEMA = """
CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    digest TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS recipes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    draft INTEGER NOT NULL,
    owner TEXT NOT NULL,
    tag TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    blocked_by TEXT
);
CREATE TABLE IF NOT EXISTS keys (
    user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    key TEXT NOT NULL,
    sent TEXT NOT NULL,
    recipe INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (user, key)
);
CREATE TABLE IF NOT EXISTS exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    started REAL NOT NULL
);
"""


class StoreDown(Exception):
    """The store cannot be used at the moment."""


@contextmanager
def reading() -> Iterator[sqlite3.Connection]:
    """Give a connection for a block that only reads."""
    with _connection(current_app.config["STORE"], "rw") as db:
        yield db


@contextmanager
def writing() -> Iterator[sqlite3.Connection]:
    """Give a connection on which nobody else writes until the end of the block.

    What the block finds is still so when it writes: no update gets lost. After an exception nothing is written.
    """
    with _connection(current_app.config["STORE"], "rw") as db, db:
        db.execute("BEGIN IMMEDIATE")
        yield db


def create_store(path: str) -> None:
    """Make the tables and the first accounts, where they are missing."""
    with _connection(path, "rwc") as db:
        db.executescript(SCHEMA)
        if not db.execute("SELECT 1 FROM users").fetchone():
            accounts = [(name, generate_password_hash(password), role) for name, password, role in ACCOUNTS]
            # Another process may be starting at the same time.
            db.executemany("INSERT OR IGNORE INTO users VALUES (?, ?, ?)", accounts)


@contextmanager
def _connection(path: str, mode: str) -> Iterator[sqlite3.Connection]:
    """Open the store. Raise :exc:`StoreDown` when it cannot be used.

    In mode "rw" a file that is gone is an error: SQLite would make a new one, and every recipe would be "not found".
    """
    uri = f"{Path(path).absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.create_function("casefold", 1, str.casefold, deterministic=True)
            yield db
    except sqlite3.IntegrityError:
        # The store is well: it refuses a name that is taken.
        raise
    except sqlite3.DatabaseError as error:
        raise StoreDown from error
