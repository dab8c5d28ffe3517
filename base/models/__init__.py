"""The rows every room builds on: units and sites, pages, pictures and files, generations, heartbeats, log, mail."""

from .audit import AuditChain, AuditEntry, AuditSeal
from .banner import SiteBanner
from .chosen_file import ChosenFile
from .file_text import FileText, PictureText, Recognition
from .files import FileEdit, FileVersion, PortalFile, PortalImage, PortalRendition
from .generation import SiteGeneration
from .heartbeat import CheckState, JobHeartbeat, PortalStop
from .installation import Installation, RateLevel, WebMachine
from .lease import Lease
from .look import SiteLook, SiteMenu
from .opinion import OpinionReason, PageOpinion
from .outbox import OutgoingMail
from .page import BasePage, RoutedPage
from .public_index import PlaceRefusal, PublicItem, PublicPlace, PublicRemoval
from .site import PortalSite, SiteHost
from .submission import Submission
from .translation import TranslationMark
from .unit import OrganisationUnit, PostHolder, UnitAct, UnitSuccession
from .visits import SiteVisits, VisitCount

__all__ = [
    "AuditChain",
    "AuditEntry",
    "AuditSeal",
    "BasePage",
    "RoutedPage",
    "CheckState",
    "ChosenFile",
    "FileText",
    "FileEdit",
    "FileVersion",
    "Installation",
    "JobHeartbeat",
    "Lease",
    "OpinionReason",
    "OrganisationUnit",
    "OutgoingMail",
    "PageOpinion",
    "PictureText",
    "PlaceRefusal",
    "PortalFile",
    "PortalImage",
    "PortalRendition",
    "PortalSite",
    "PortalStop",
    "Recognition",
    "PostHolder",
    "PublicItem",
    "PublicPlace",
    "PublicRemoval",
    "RateLevel",
    "SiteBanner",
    "SiteGeneration",
    "SiteHost",
    "SiteLook",
    "SiteMenu",
    "SiteVisits",
    "Submission",
    "TranslationMark",
    "UnitAct",
    "UnitSuccession",
    "VisitCount",
    "WebMachine",
]
