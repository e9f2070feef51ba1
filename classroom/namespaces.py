"""The protection that Linux gives: answers see a machine on which there is nothing but themselves."""

from __future__ import annotations

import contextlib
import os
import signal
import sys

from .forking import said_by_child
from .limits import FILES, FILES_TOGETHER, set_limits
from .seccomp import refuse_calls
from .watch import INTERVAL, Watch

if sys.platform == "linux":
    from . import linux, view

    # How process 1 is told to kill the others.
    TOO_MUCH = signal.SIGUSR1

# Whom root becomes: the user who owns nothing.
NOBODY = 65534
# Who an answer is, in its own eyes.
_ANSWER = 1000
# What a cell block says that could be made.
_MADE = "+"
_WHAT_TO_DO = (
    "Grade on Linux (in a virtual machine, or in a container that may make namespaces), or allow them here: "
    "`sysctl user.max_user_namespaces=10000`, on Ubuntu also `sysctl kernel.apparmor_restrict_unprivileged_userns=0`. "
    "Or choose less protection: --isolation=limits."
)


class Namespaces:
    """Users, processes, files, network, names and shared memory of its own for each submission, and limits."""

    sentence = (
        "Answers run in namespaces of their own: no network but their own loopback, no files but Python and an empty "
        "folder in memory, no processes but their own; with limits of time, memory, processes and file size."
    )

    def __init__(self) -> None:
        # The folder /proc of this machine, which no answer ever sees.
        self._proc = -1
        self._mounted = False

    def open_nursery(self) -> None:
        try:
            self._open_nursery()
            self._try()
        except (OSError, NameError) as error:
            reason = str(error) if sys.platform == "linux" else f"{sys.platform} has none"
            raise OSError(f"Answers cannot be confined by namespaces here ({reason}). {_WHAT_TO_DO}") from error

    def close_nursery(self) -> None:
        """Do nothing: all that is left dies with this process."""

    def _open_nursery(self) -> None:
        self._proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
        if os.geteuid() == 0:
            linux.unshare(linux.NEW_MOUNTS)
        else:
            self._new_users(linux.NEW_MOUNTS, os.geteuid(), os.getegid())
        view.build()
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)

    def _try(self) -> None:
        """Make one cell block, to know that it can be done."""

        def make() -> str:
            try:
                self.open_block()
                self.clean()
            except OSError as error:
                return str(error)
            return _MADE

        said = said_by_child(make)
        if said != _MADE:
            raise OSError(said or "a cell block ended at once")

    def _new_users(self, more: int, user: int, group: int) -> None:
        """Be somebody in a new namespace of users, with all privileges in there and none outside."""
        outside_user, outside_group = os.geteuid(), os.getegid()
        linux.unshare(linux.NEW_USERS | more)
        self._write("self/setgroups", "deny")
        self._write("self/uid_map", f"{user} {outside_user} 1")
        self._write("self/gid_map", f"{group} {outside_group} 1")

    def _write(self, name: str, text: str) -> None:
        descriptor = os.open(name, os.O_WRONLY, dir_fd=self._proc)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)

    def open_block(self) -> list[int]:
        linux.die_with_parent()
        # Else the files in which a process is told about itself belong to root.
        linux.let_look_inside(True)
        # Where the machine's memory runs out, an answer goes first.
        self._write("self/oom_score_adj", "1000")
        kinds = linux.NEW_MOUNTS | linux.NEW_NAMES | linux.NEW_IPC | linux.NEW_PROCESSES | linux.NEW_NETWORK
        self._new_users(kinds | linux.NEW_CGROUPS, _ANSWER, _ANSWER)
        entrances = [os.open(f"self/ns/{kind}", os.O_RDONLY, dir_fd=self._proc) for kind in ("user", "net")]
        child = os.fork()
        if child:
            self._watch(child)
        # From here on this is process 1 of its own: when it ends, the system kills all others in there.
        linux.die_with_parent()
        linux.let_look_inside(False)
        linux.raise_loopback()
        # No namespaces in namespaces: they open parts of the system that ordinary programs never reach.
        self._write("sys/user/max_user_namespaces", "0")
        os.close(self._proc)
        signal.signal(TOO_MUCH, lambda *_: self.kill(0))
        return entrances

    def _watch(self, child: int) -> None:
        """Stay as the parent of process 1, watch what goes on in there, and end with it."""
        os.closerange(3, self._proc)
        os.closerange(self._proc + 1, 1024)
        watch = Watch(child, self._proc)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if watch.is_too_much():
                os.kill(child, TOO_MUCH)
            signal.sigtimedwait([signal.SIGCHLD], INTERVAL)
        os._exit(0)

    def clean(self) -> None:
        """Make a new, empty file system in memory the only place to write."""
        if self._mounted:
            linux.unmount(view.WRITABLE)
        view.mount_writable(f"size={FILES_TOGETHER},nr_inodes={FILES},mode=700")
        self._mounted = True

    def enter(self) -> None:
        os.chdir(view.WRITABLE)
        os.environ.update(HOME=view.WRITABLE, TMPDIR=view.WRITABLE)
        set_limits()
        linux.give_up_privileges()
        refuse_calls()

    def kill(self, answer: int) -> None:
        """Kill every process but this one: in here there are no others than those of the answer."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)

    def look_after(self, answer: int) -> None:
        """Do nothing: that is done from outside."""

    def close_block(self) -> None:
        """Do nothing: the file system goes with its namespace."""
