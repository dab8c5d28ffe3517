"""Citizens each of whose words can be found again, and what they send, in every state: for a search of what leaks.

    people = citizens(200)
    sent = send_everything(city, [city.site, city.my_long], people)
    traces(text)     # marks of citizens in a text, however it is written; [] for none
    names(text)      # names of those who agreed to be named: they show that the search sees

Each citizen has a name, telephone, mail and address of his own that nothing else has; half agree to be named. Where a
text stays inside, he writes all of it into the text as well.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from base.models import PortalSite
from faq import submission
from faq.commenting import deciding, digest, receiving
from faq.handling import afterwards
from faq.models import ConsultationComment, Question
from personaldata import complaints, data_requests
from personaldata.models import CorrectionComplaint, DataSubjectRequest
from sections.models import ConsultationPage
from tests import factories
from tests.city import City, publish_at_once
from tests.faq.cast import CONSENT, STATES, a_question, questions_page
from vietnam.text import fold

MARK = re.compile(r"zq(?:ten|ho|thu|duong)\d{3}|(?<!\d)(?:\+?84|0)?356[ .-]?\d{3}[ .-]?917(?!\d)")
NAMED = re.compile(r"zp(?:ten|ho)\d{3}")
SPELLED = re.compile(r"\\u([0-9a-fA-F]{4})")
_KINDS = (
    *(("question", state) for state in (*STATES, "waiting", "reopened")),
    *(("comment", state) for state in ("received", "accepted", "refused", "shown")),
    ("complaint", ""),
)
# What there is to send, each in each state.
KINDS = len(_KINDS)


@dataclass(frozen=True)
class Citizen:
    """One person; `is_named` agreed to be named with what is published."""

    number: int
    is_named: bool = False

    @property
    def name(self) -> str:
        word = "Zp" if self.is_named else "Zq"
        return f"{word}ten{self.number:03} {word}ho{self.number:03}"

    @property
    def email(self) -> str:
        return f"zqthu{self.number:03}@example.invalid"

    @property
    def phone(self) -> str:
        return f"0356 {self.number:03} 917"

    @property
    def address(self) -> str:
        return f"Số {self.number} đường Zqduong{self.number:03}"

    @property
    def contact(self) -> submission.Contact:
        return submission.Contact(
            name=self.name,
            email=self.email,
            phone=self.phone,
            address=self.address,
            may_show_name=self.is_named,
            consent_text=CONSENT,
            consent_source="biểu mẫu trên trang",
        )

    @property
    def own_words(self) -> str:
        return f"Tôi ở {self.address}, điện thoại {self.phone}, thư {self.email}, xin hỏi thủ tục cấp giấy."


@dataclass
class Sent:
    """What the citizens sent, and the tracking codes that open it."""

    questions: list[Question] = field(default_factory=list)
    comments: list[ConsultationComment] = field(default_factory=list)
    complaints: list[CorrectionComplaint] = field(default_factory=list)
    requests: list[DataSubjectRequest] = field(default_factory=list)
    consultations: list[ConsultationPage] = field(default_factory=list)

    @property
    def secrets(self) -> list[str]:
        return [row.secret for row in (*self.questions, *self.comments, *self.complaints)]

    def said(self) -> str:
        """What there is, in one line."""
        return (
            f"{len(self.questions)} questions, {len(self.comments)} comments, {len(self.complaints)} reports, "
            f"{len(self.requests)} requests"
        )


def citizens(number: int, *, first: int = 0) -> list[Citizen]:
    """So many people, numbered from `first` on; half of them agreed to be named."""
    return [Citizen(n, is_named=n % 4 > 1) for n in range(first, first + number)]


@transaction.atomic
def send_everything(city: City, sites: list[PortalSite], people: list[Citizen]) -> Sent:
    """Let each citizen send one thing, in turn over sites and kinds: questions in every state, comments, reports."""
    sent = Sent()
    for site in sites:
        questions_page(city, site)
        sent.consultations.append(_consultation(city, site))
    drafts = {page.portal_site.pk: page for page in sent.consultations}
    for place, citizen in enumerate(people):
        kind, state = _KINDS[place % KINDS]
        # Each round over the kinds begins on the next site.
        site = sites[(place + place // KINDS) % len(sites)]
        if kind == "question":
            sent.questions.append(_question(city, site, citizen, state))
        elif kind == "comment":
            sent.comments.append(_comment(city, drafts[site.pk], citizen, state))
        else:
            sent.complaints.append(_complaint(drafts[site.pk], citizen))
    for page in sent.consultations:
        shown = ConsultationComment.objects.on_page(page).to_show()
        digest.prepare_digest(page, shown, by=city.cast.standing_office)
        publish_at_once(ConsultationPage.objects.get(pk=page.pk))
    for question in sent.questions[::5]:
        sent.requests.append(_request(question))
    return sent


def plain(text: str) -> str:
    """A text as it can be searched: codes of JSON undone, marks and case taken away."""
    if "\\u" in text:
        text += SPELLED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return fold(text)


def traces(text: str) -> list[str]:
    """Return the marks of citizens that stand in a text, each once."""
    return sorted(set(MARK.findall(plain(text))))


def names(text: str) -> list[str]:
    """Return the parts of names of those who agreed to be named that stand in a text, each once."""
    return sorted(set(NAMED.findall(plain(text))))


def _question(city: City, site: PortalSite, citizen: Citizen, state: str) -> Question:
    # What is published is written without personal data; two persons have looked at it.
    goes_out = state in ("published", "merged")
    text = "Xin hỏi thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ." if goes_out else citizen.own_words
    title = "Thủ tục cấp giấy phép" if goes_out else f"Câu hỏi của {citizen.email}"
    known = {"waiting": "assigned", "reopened": "replied"}.get(state, state)
    question = a_question(
        city,
        site=site,
        state=known,
        contact=citizen.contact,
        title=title,
        text=text,
        waiting="Xin cho biết số hồ sơ." if state == "waiting" else "",
        satisfaction=1 if state == "reopened" else None,
        files=[submission.Attached(ContentFile(citizen.own_words.encode(), "don.txt"), f"don-{citizen.email}.txt")],
    )
    if state == "reopened":
        afterwards.reopen(question, reason=citizen.own_words)
    return question


def _comment(city: City, page: ConsultationPage, citizen: Citizen, state: str) -> ConsultationComment:
    comment = receiving.receive(page, text=citizen.own_words, contact=citizen.contact).comment
    if state == "refused":
        deciding.refuse(comment, reason="Không nói về dự thảo.", by=city.cast.standing_office)
    elif state in ("accepted", "shown"):
        deciding.accept(comment, public_text="Nên làm vỉa hè rộng hơn.", by=city.cast.standing_office)
        deciding.note_reply(comment, reply="Tiếp thu.", by=city.cast.standing_office)
    return comment


def _complaint(page: ConsultationPage, citizen: Citizen) -> CorrectionComplaint:
    reported = complaints.Reported(page, page.portal_site, page.get_url() or "/", page.title)
    return complaints.receive(reported, text=citizen.own_words, contact=citizen.contact)


def _request(question: Question) -> DataSubjectRequest:
    number = int(re.search(r"zqthu(\d{3})", question.contact.email).group(1))
    other = Citizen(number)
    return data_requests.receive(
        question, kind=DataSubjectRequest.Kind.CORRECT, contact={"phone": other.phone, "address": other.address}
    )


def _consultation(city: City, site: PortalSite) -> ConsultationPage:
    today = timezone.localdate()
    section = city.section(site, "gop-y" if not site.is_city else "tin-tuc")
    return publish_at_once(
        factories.consultation(section, by=city.cast.standing_office, opens_on=today - timedelta(days=1))
    )
