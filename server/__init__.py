"""What notebooks launch: the background server, the Flask apps of the course, and pictures of what they send."""

from .background import Server, launch
from .show import show

__all__ = ["Server", "launch", "show"]
