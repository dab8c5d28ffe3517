"""What the page of one published answer shows beside its text: others of the topic, who found it useful, JSON-LD."""

from base.public.opinions import figures
from base.queries.prepared import Prepared, given
from legalref.citations.texts import plain

from ..models import FaqPage

MOST_RELATED = 5


def fill(context: dict, page: FaqPage, request) -> dict:
    """Add to a page's context the related answers, who found it useful, and the data for machines; return it."""
    useful, not_useful = figures.counts(page) if page.pk else (0, 0)
    context |= {
        "related": _related(page) if page.pk else [],
        "useful": useful,
        "answers": useful + not_useful,
        **_ways(context["frame"], page),
    }
    frame = context["frame"]
    frame.structured_data = structured_data(page, frame.canonical_url, frame.structured_data, useful)
    return context


def structured_data(page: FaqPage, address: str, known: dict, useful: int) -> dict:
    """Return the page as schema.org/QAPage, with the asker only when they may be named; `known`: what the frame has."""
    unit = page.responsible_unit
    answer = {
        "@type": "Answer",
        "text": plain(page.answer),
        "url": f"{address}#tra-loi" if address else "",
        "datePublished": page.answered_on.isoformat() if page.answered_on else "",
        "author": {"@type": "GovernmentOrganization", "name": unit.full_name} if unit else None,
        "upvoteCount": useful,
    }
    question = {
        "@type": "Question",
        "name": page.title,
        "text": page.question_text,
        "answerCount": 1,
        "datePublished": page.asked_on.isoformat() if page.asked_on else "",
        "author": {"@type": "Person", "name": page.asker_shown} if page.asker_shown else None,
        "about": page.topic.name if page.topic else "",
        "acceptedAnswer": {name: value for name, value in answer.items() if value not in (None, "")},
    }
    question = {name: value for name, value in question.items() if value not in (None, "")}
    return {**known, "@type": "QAPage", "mainEntity": question}


def _ways(frame, page: FaqPage) -> dict[str, str]:
    """Where to ask, and where the answers of the topic are: below the last page of the way up, the library."""
    library = frame.breadcrumbs[-1].url if frame.breadcrumbs else ""
    topic = page.topic
    return {
        "ask_url": f"{library}gui-cau-hoi/" if library else "",
        "topic_url": f"{library}?linh-vuc={topic.slug}" if topic else "",
        "topic_label": topic.label if topic else "",
    }


def _related(page: FaqPage) -> list[FaqPage]:
    """The newest other answers of the topic on the same site."""
    if page.topic_id is None:
        return []
    first, last = FaqPage._get_children_path_interval(page.path[: -page.steplen])
    return _OF_TOPIC.all(topic=page.topic_id, depth=page.depth, first=first, last=last, page=page.pk)


_OF_TOPIC = Prepared(
    lambda: (
        FaqPage.objects.filter(depth=given("depth"), path__gte=given("first"), path__lte=given("last"))
        .exclude(pk=given("page"))
        .filter(topic=given("topic"), live=True)
        .select_related("locale")
        .order_by("-answered_on", "-pk")[:MOST_RELATED]
    )
)
