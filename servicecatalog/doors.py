"""Which of this room's screens are for whom (`base.doors`)."""


def open_own() -> None:
    """Name this room's screens; called once, from `ServicecatalogConfig.ready`."""
