"""Pictures that lessons draw of live traffic and of the status codes. Each says the same in plain text."""

from .funnel import funnel
from .histogram import histogram
from .journey import journey
from .lights import traffic_light
from .shelf import shelf
from .wheel import wheel

__all__ = ["funnel", "histogram", "journey", "shelf", "traffic_light", "wheel"]
