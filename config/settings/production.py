"""The portal in production, and what `make run` starts."""

from .base import *  # noqa: F403
from .base import demand_extras, demand_secret_key

demand_secret_key()
demand_extras()
