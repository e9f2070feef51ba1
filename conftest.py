"""How pytest starts the kernels of the notebooks."""

from __future__ import annotations

import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import nbval.kernel
from jupyter_client.manager import KernelManager

_FOLDER = tempfile.TemporaryDirectory(prefix="kernels-")
_number = count()


def kernel_manager(**options: Any) -> KernelManager:
    """Return a manager whose kernel is reached through named sockets.

    Over TCP a kernel is told five free ports before it takes them. Meanwhile a server of another test may have taken
    one, and the run fails for no reason.
    """
    place = Path(_FOLDER.name) / f"kernel-{next(_number)}"
    return KernelManager(transport="ipc", ip=str(place), **options)


def pytest_unconfigure() -> None:
    """Remove the folder of the sockets."""
    _FOLDER.cleanup()


if sys.platform == "linux":
    nbval.kernel.KernelManager = kernel_manager
