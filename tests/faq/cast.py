"""Questions for tests, in any state, each brought there by the verbs of `faq.handling`.

    question = a_question(self.city, state="replied")
    question = a_question(self.city, site=self.city.my_long, unit=self.city.my_long.unit, state="assigned")

What an asker gives as his contact is invented and never the same twice, so that a search for it finds leaks only.
"""

from datetime import date, datetime, timedelta
from itertools import count

from django.contrib.auth import get_user_model
from django.utils import timezone

from faq import submission
from faq.handling import afterwards, answering, assigning, classifying, intake, interim, publication, running
from faq.models import Question, QuestionsPage, QuestionTopic
from tests.city import City, draft, publish_at_once
from vietnam.text import slug
from workflows import deadlines

CONSENT = "Tôi đồng ý để cơ quan dùng thông tin liên hệ này vào việc trả lời câu hỏi của tôi."
# In the order in which a question goes through them; the last ones end it.
ROAD = ("received", "classified", "assigned", "drafted", "signed", "replied")
ENDS = ("published", "closed", "out_of_scope", "merged", "spam")
STATES = (*ROAD, *ENDS)
_numbers = count(1)


def questions_page(city: City, site=None, *, english: bool = False) -> QuestionsPage:
    """The public page of questions of a site (default: the city's), made public on first use."""
    site = site or city.site
    home = site.home_page()
    if english:
        home = home.get_translations().get(locale__language_code="en")
    found = QuestionsPage.objects.child_of(home).first()
    if found is None:
        title, name = ("Questions and answers", "questions") if english else ("Trao đổi – Hỏi đáp", "hoi-dap")
        found = QuestionsPage(title=title, slug=name, responsible_unit=site.unit, show_in_menus=True)
        if english:
            original = questions_page(city, site)
            found.translation_key = original.translation_key
        draft(found, home)
    return found if found.live else publish_at_once(found)


def a_topic(name: str = "Đất đai", **fields) -> QuestionTopic:
    """A topic; the same one for the same name."""
    found, _made = QuestionTopic.objects.get_or_create(name=name, defaults={"slug": slug(name), **fields})
    return found


def a_contact(**fields) -> submission.Contact:
    """An asker with a name, a mail address and a telephone number of his own, who consented."""
    number = next(_numbers)
    values = {
        "name": f"Người hỏi mẫu {number}",
        "email": f"nguoi-hoi-{number}@example.invalid",
        "phone": f"0909 {number // 1000:03} {number % 1000:03}",
        "consent_text": CONSENT,
        "consent_source": "biểu mẫu trên trang",
        **fields,
    }
    return submission.Contact(**values)


def a_question(
    city: City,
    *,
    state: str = "received",
    site=None,
    unit=None,
    topic: QuestionTopic | None = None,
    contact: submission.Contact | None = None,
    on: datetime | None = None,
    title: str = "",
    text: str = "",
    answer: str = "<p>Hồ sơ nộp tại bộ phận một cửa trong giờ làm việc.</p>",
    documents=(),
    common: bool | None = None,
    satisfaction: int | None = None,
    notices: int = 0,
    waiting: str = "",
    page: QuestionsPage | None = None,
    **fields,
) -> Question:
    """A question brought to `state` ("received" … "spam") by the verbs; return it read anew.

    `on`: when it came (now); the later steps follow minutes after. `unit`: who answers it (the city's own by default),
    `common`: of common interest (unless it is to be closed), `satisfaction`: 1 to 3, after the answer; `notices`: so
    many interim notices; `waiting`: what the asker is asked to add. "merged" merges it into another one that
    was received.
    """
    number = next(_numbers)
    site, topic, unit = site or city.site, topic or a_topic(), unit or (site or city.site).unit
    common = state != "closed" if common is None else common
    deadline = _Clock(on or timezone.now())
    # A published page needs a page of questions above it.
    if state == "published" and page is None:
        questions_page(city, site)
    received = intake.receive(
        site=site,
        title=title or f"Hỏi về thủ tục số {number}",
        contact=contact or a_contact(),
        on=deadline.now,
        text=text or f"Tôi muốn hỏi về thủ tục số {number}: cần những giấy tờ gì và nộp ở đâu?",
        **fields,
    )
    question = received.question
    office, head = _people("thuong-truc", "truong-ban")
    if state == "spam":
        classifying.mark_spam(question, reason="quảng cáo", by=office, on=deadline.next())
    elif state == "merged":
        into = a_question(city, site=site, on=on)
        classifying.merge(question, into, reason="cùng nội dung", by=office, on=deadline.next())
    elif state == "out_of_scope":
        classifying.classify(
            question,
            topic=None,
            in_scope=False,
            reason="Thuộc thẩm quyền của cơ quan khác",
            by=office,
            competent_body="Tòa án nhân dân khu vực",
            competent_body_url="https://example.invalid/",
            on=deadline.next(),
        )
        classifying.reject(question, by=office, on=deadline.next())
    else:
        steps = ROAD[1 : ROAD.index("replied" if state in ("published", "closed") else state) + 1]
        _go(question, steps, topic, unit, answer, documents, common, office, head, deadline)
        if state == "closed":
            afterwards.close(question, by=office, on=deadline.next())
        elif state == "published":
            _publish(question, office, deadline)
    for _notice in range(notices):
        interim_deadline = running.running_deadline(question)
        promised = deadlines.workdays_after(interim_deadline.last_day, 5)
        interim.notify(question, text="Đang thu thập hồ sơ.", promised_on=promised, by=head, on=deadline.next())
    if waiting:
        interim.wait_for_asker(question, text=waiting, by=office, on=deadline.next())
    if satisfaction is not None:
        afterwards.rate(question, satisfaction=satisfaction, on=deadline.next())
    return again(question)


def again(question: Question) -> Question:
    """The same question, read anew."""
    return Question.objects.select_related("contact", "owner_site", "unit", "topic").get(pk=question.pk)


def due(question: Question) -> date:
    """The last day of the clock by which the asker waits."""
    return running.running_deadline(question).last_day


def _go(question, steps, topic, unit, answer, documents, common, office, head, deadline) -> None:
    writer = _people("bien-tap")[0]
    for step in steps:
        on = deadline.next()
        if step == "classified":
            classifying.classify(question, topic=topic, in_scope=True, by=office, on=on)
        elif step == "assigned":
            assigning.assign(question, unit=unit, by=office, on=on)
        elif step == "drafted":
            answering.draft(question, body=answer, documents=documents, by=writer, on=on)
            answering.submit(question, by=writer, on=deadline.next())
        elif step == "signed":
            answering.sign(question, by=head, on=on)
        elif step == "replied":
            answering.decide_interest(question, common=common, reason="nhiều người cùng hỏi", by=office, on=on)
            answering.reply(question, by=office, on=deadline.next())


def _publish(question: Question, office, deadline) -> None:
    answering.decide_interest(question, common=True, reason="nhiều người cùng hỏi", by=office, on=deadline.next())
    question.refresh_from_db()
    sent = answering.answer_of(question)
    page = publication.prepare_page(
        question, title=question.title, question_text=question.text, answer=sent.body, by=office, on=deadline.next()
    )
    page = publish_at_once(page)
    publication.note_published(page, deadline.next())


def _people(*usernames: str):
    found = {user.username: user for user in get_user_model().objects.filter(username__in=usernames)}
    return [found[name] for name in usernames]


class _Clock:
    """A moment that moves on by a minute a step, and never beyond now."""

    def __init__(self, start: datetime):
        self.now = start

    def next(self) -> datetime:
        self.now = min(self.now + timedelta(minutes=1), max(timezone.now(), self.now))
        return self.now
