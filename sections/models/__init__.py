"""The page types of the mandatory sections, one subject a file."""

from .article import ArticleCorrection, ArticlePage
from .calendar import CalendarPage, ReceptionChange, ReceptionRule
from .clarification import ClarificationPage
from .consultation import ConsultationPage
from .dissemination import DisseminationDraft
from .event import EventPage
from .freshness_amount import FreshnessAmount
from .index import SectionIndexPage
from .new_section import NewSection
from .notice import NoticePage
from .official import Official, OfficialsPage, OfficialsUnit
from .organisation import OrganisationPage
from .plan import ProjectPage
from .release import ReleaseChange, ReleasePage
from .schedule import ScheduleItem, WorkSchedulePage
from .science import ScienceProgrammePage
from .signature import ClarificationSignature
from .sitemap import SitemapPage
from .standard import ContactPage, StandardPage
from .statistics import StatisticsReportPage
from .taking_part import FormPage, PollPage, PollVotes
from .unit_article import UnitArticle
from .word_upload import WordUpload

__all__ = [
    "ArticleCorrection",
    "ArticlePage",
    "CalendarPage",
    "ClarificationPage",
    "ClarificationSignature",
    "ConsultationPage",
    "ContactPage",
    "DisseminationDraft",
    "EventPage",
    "FormPage",
    "FreshnessAmount",
    "NewSection",
    "NoticePage",
    "Official",
    "OfficialsPage",
    "OfficialsUnit",
    "OrganisationPage",
    "PollPage",
    "PollVotes",
    "ProjectPage",
    "ReceptionChange",
    "ReceptionRule",
    "ReleaseChange",
    "ReleasePage",
    "ScheduleItem",
    "ScienceProgrammePage",
    "SectionIndexPage",
    "SitemapPage",
    "StandardPage",
    "StatisticsReportPage",
    "UnitArticle",
    "WordUpload",
    "WorkSchedulePage",
]
