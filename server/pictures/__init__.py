"""Pictures that lessons draw of live traffic and of the status codes. Each says the same in plain text."""

from .doors import doors
from .funnel import funnel
from .health import coverage, traffic
from .histogram import histogram
from .journey import journey
from .lanes import lanes
from .life import life
from .lights import traffic_light
from .pace import bucket, pace
from .shelf import shelf
from .sieve import sieve
from .treatments import treatments
from .wheel import wheel

__all__ = [
    "bucket",
    "coverage",
    "doors",
    "funnel",
    "histogram",
    "journey",
    "lanes",
    "life",
    "pace",
    "shelf",
    "sieve",
    "traffic",
    "traffic_light",
    "treatments",
    "wheel",
]
