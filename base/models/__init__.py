from .files import PortalFile, PortalImage, PortalRendition
from .generation import SiteGeneration
from .heartbeat import JobHeartbeat
from .page import BasePage
from .site import PortalSite, SiteHost
from .unit import OrganisationUnit, UnitSuccession

__all__ = [
    "BasePage",
    "JobHeartbeat",
    "OrganisationUnit",
    "PortalFile",
    "PortalImage",
    "PortalRendition",
    "PortalSite",
    "SiteGeneration",
    "SiteHost",
    "UnitSuccession",
]
