"""What notebooks launch: the background server, the Flask apps of the course, and pictures of what they send."""

from .background import Server, launch

__all__ = ["Server", "launch"]
