"""Start the command: make sure of Python and of the packages, then do what was asked.

A Python that is too old reads this file too, even Python 2, and shall answer with one line. So the file keeps to ASCII
and to a syntax that every Python knows.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def complaint():
    """Say in one line which Python is needed, which one this is, and what to do."""
    needed, here = (".".join(map(str, version)) for version in (OLDEST, sys.version_info[:3]))
    return "The course needs Python " + needed + " or newer, this is " + here + " (" + sys.executable + "). " + advice()


def advice():
    """Name a newer Python that starts on this machine, or the place to get one."""
    if sys.prefix != getattr(sys, "base_prefix", sys.prefix):
        return "Leave or delete the virtual environment " + sys.prefix + " and run the command again."
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        for command in (["python3." + str(minor)], ["py", "-3." + str(minor)]):
            if starts(command):
                return "Try: " + " ".join(command) + " -m course"
    return "Get one from https://www.python.org/downloads/ and run the command with it."


def starts(command):
    """Tell whether the command is a Python that starts."""
    with open(os.devnull, "w") as nowhere:
        try:
            return subprocess.call(command + ["-c", ""], stdout=nowhere, stderr=nowhere) == 0
        except OSError:
            return False


def main():
    """Return the exit code, or the line to end with."""
    if sys.version_info < OLDEST:
        return complaint()
    try:
        from course.environment import ensure

        ensure(sys.argv[1:])
        from course.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
