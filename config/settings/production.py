"""The portal in production, and what `make run` starts."""

from .base import *  # noqa: F403
from .base import demand_secret_key

demand_secret_key()
