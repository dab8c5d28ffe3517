"""The notices of this room: what is wrong with the portal, its files, sealed chains and backups."""

from .notices import Kind, register_kinds


def register() -> None:
    """Register them; the addresses of each are in the settings or handed down by `accounts`."""
    register_kinds(
        "base",
        Kind("daily_tips", is_shared=True),
        Kind("seals_alarm", is_shared=True),
        Kind("checks_alarm", is_shared=True),
        Kind("infected_upload", is_shared=True),
        Kind("infected_file", is_shared=True),
        Kind("backup_failed", is_shared=True),
        Kind("backup_well", is_shared=True),
    )
