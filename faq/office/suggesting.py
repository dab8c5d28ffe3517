"""What a new question seems to be about and who should answer it, each with its reason; a person decides.

1. `topics`: keywords of the topics in title and text, and pairs of words that earlier questions of a topic have in
   common. 2. `unit`: the unit that usually answers the topic, else the ward that the text names, the asker's ward, the
   unit whose site was asked. 3. `similar`: open questions with the most pairs of words in common, to be merged.

Words are compared without marks and case, as people also write on telephones; a keyword typed with marks must stand
with them in a text that has any ("hẻm" is not "hèm").
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from base.models import OrganisationUnit, PortalSite
from vietnam import text as written
from workflows import deadlines

from ..models import Question, QuestionTopic, State

MOST_TOPICS = 3
# Earlier questions that are looked at, letters of each, and how many must share a pair of words.
LEARNT_FROM, LETTERS_READ, SHARED_BY = 300, 400, 2
# Of all earlier questions with a pair of words, this part at least is of one topic.
TELLING = 0.6
WORDS_SHOWN = 4
# A keyword in the title tells more than one in the text.
TITLE_WEIGHT = 2
LEAST_ALIKE = 0.25
MOST_SIMILAR = 8
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class TopicSuggestion:
    """A topic, how much speaks for it, and what."""

    topic: QuestionTopic
    score: int
    reason: str


@dataclass(frozen=True)
class UnitSuggestion:
    """A unit, and why it should answer."""

    unit: OrganisationUnit
    reason: str


# --- 1. The topic ----------------------------------------------------------------------------------


def topics(question: Question) -> list[TopicSuggestion]:
    """Return the likeliest topics, the best first, at most three; two queries."""
    earlier = _words_of_topics(question)
    found = []
    for topic in QuestionTopic.objects.filter(is_active=True).select_related("unit"):
        score, reasons = _by_keywords(topic, question)
        shared = [pair for pair in _pairs(question) if pair in earlier.get(topic.pk, ())]
        if shared:
            score += len(shared)
            words = _as_typed(question, shared[:WORDS_SHOWN])
            reasons.append(f"giống các câu hỏi trước của lĩnh vực: {_quoted(words)}")
        if score:
            found.append(TopicSuggestion(topic, score, "; ".join(reasons)))
    found.sort(key=lambda item: (-item.score, item.topic.sort_order, item.topic.name))
    return found[:MOST_TOPICS]


def _by_keywords(topic: QuestionTopic, question: Question) -> tuple[int, list[str]]:
    score, words = 0, []
    for keyword in filter(None, map(str.strip, topic.keywords.splitlines())):
        length = len(keyword.split())
        if names(question.title, keyword):
            score += TITLE_WEIGHT * length
        elif names(question.text, keyword):
            score += length
        else:
            continue
        words.append(keyword)
    return score, [f"có từ khóa {_quoted(words[:WORDS_SHOWN])}"] if words else []


def names(text: str, phrase: str) -> bool:
    """Tell whether a text has a phrase as whole words, in any case; with its marks where the text has marks.

    Example: names("Xin hỏi về Đất Đai", "đất đai"), names("xin hoi ve dat dai", "đất đai").
    """
    plain = written.fold if not (written.has_diacritics(text) and written.has_diacritics(phrase)) else _lowered
    return f" {_spaced(plain(phrase))} " in f" {_spaced(plain(text))} "


def _lowered(text: str) -> str:
    return written.unify_tone_placement(written.nfc(text)).lower()


def _spaced(text: str) -> str:
    return " ".join(WORD.findall(text))


def _words_of_topics(question: Question) -> dict[int, set[str]]:
    """The pairs of words by which earlier questions of each topic are told from the others; by topic key."""
    rows = (
        Question.objects.exclude(topic=None)
        .exclude(state__in=[State.RECEIVED, State.SPAM])
        .exclude(pk=question.pk)
        .order_by("-received_at", "-pk")
        .values_list("topic_id", "title", "text")[:LEARNT_FROM]
    )
    by_topic: dict[int, Counter] = defaultdict(Counter)
    in_all: Counter = Counter()
    for topic_id, title, text in rows:
        pairs = set(_pairs_of(f"{title}\n{text[:LETTERS_READ]}"))
        by_topic[topic_id].update(pairs)
        in_all.update(pairs)
    return {
        topic_id: {pair for pair, n in counts.items() if n >= SHARED_BY and n >= TELLING * in_all[pair]}
        for topic_id, counts in by_topic.items()
    }


def _pairs(question: Question) -> list[str]:
    return _pairs_of(f"{question.title}\n{question.text[:LETTERS_READ]}")


def _pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring words of a text in their order, each once: most Vietnamese words are two syllables."""
    words = WORD.findall(written.fold(text))
    pairs = zip(words, words[1:], strict=False)
    return list(dict.fromkeys(f"{one} {other}" for one, other in pairs if one.isalpha() and other.isalpha()))


def _as_typed(question: Question, pairs: list[str]) -> list[str]:
    """The pairs as they are written in the question, with their marks."""
    words = WORD.findall(f"{question.title}\n{question.text[:LETTERS_READ]}")
    typed = {}
    for one, other in zip(words, words[1:], strict=False):
        typed.setdefault(written.fold(f"{one} {other}"), f"{one} {other}".lower())
    return [typed.get(pair, pair) for pair in pairs]


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"«{word}»" for word in words)


# --- 2. The unit -----------------------------------------------------------------------------------


def unit(question: Question, topic: QuestionTopic | None) -> UnitSuggestion | None:
    """Return the unit that should answer a question of a topic, and why; None when no unit that is there comes up."""
    today = deadlines.today()
    for found, reason in _candidates(question, topic):
        if found is not None and found.is_valid(today):
            return UnitSuggestion(found, reason)
    return None


def _candidates(question: Question, topic: QuestionTopic | None):
    city = PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)
    if topic is not None and topic.kind == QuestionTopic.Kind.AMENDMENT:
        yield topic.unit or city.unit, "kiến nghị sửa đổi Quy chế do cơ quan Thường trực xử lý (Quy chế Điều 24)"
    if question.service is not None:
        yield question.service.responsible_unit, f"đơn vị phụ trách dịch vụ «{question.service.title}»"
    if topic is not None and topic.unit is not None:
        yield topic.unit, f"đơn vị thường trả lời lĩnh vực «{topic.name}»"
    wards = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=PortalSite.State.OPEN).select_related("unit")
    for site in wards.order_by("pk"):
        if names(f"{question.title}\n{question.text}", site.unit.name):
            yield site.unit, f"câu hỏi nêu tên {site.unit}"
    contact = getattr(question, "contact", None)
    if contact is not None and contact.ward is not None:
        yield contact.ward, f"người hỏi ở {contact.ward}"
    yield question.asked_on_site.unit, f"câu hỏi gửi trên trang {question.asked_on_site}"


# --- 3. Alike --------------------------------------------------------------------------------------


def similar(question: Question, candidates: Iterable[Question]) -> list[Question]:
    """Return those of the candidates that share the most pairs of words with a question, the most alike first.

    At most eight; a candidate that shares less than a quarter of the shorter one's pairs is left out.
    """
    own = set(_pairs(question))
    rated = []
    for other in candidates:
        if other.pk == question.pk:
            continue
        theirs = set(_pairs(other))
        alike = len(own & theirs) / max(1, min(len(own), len(theirs)))
        if alike >= LEAST_ALIKE:
            rated.append((alike, other.pk, other))
    rated.sort(key=lambda item: (-item[0], item[1]))
    return [other for _alike, _pk, other in rated[:MOST_SIMILAR]]
