"""The questions of the demo: each goes as far as its row says, by the actions of `faq` and the people of the cast."""

from datetime import datetime, timedelta

from base.models import PortalSite
from faq import submission
from faq.handling import afterwards, answering, assigning, classifying, intake, interim, publication, running
from faq.models import Question, QuestionTopic
from workflows import deadlines
from workflows.publishing import approval

from . import question_content

HANDLERS = {"my-long": "chu-tich.my-long"}
WRITERS = {"my-long": "cong-tac-vien.my-long", "my-hoa-hung": "cong-tac-vien.my-hoa-hung"}
SIGNERS = {"my-long": "duyet.my-long"}
HANDLER, WRITER, SIGNER, APPROVER = "bien-tap", "cong-tac-vien.long-xuyen", "pho-truong-ban", "truong-ban"


def ask_all(people: dict, sites: dict[str, PortalSite], units: dict, documents: dict, now: datetime) -> None:
    """Ask the questions of `question_content` and bring each as far as it goes; does nothing when any was asked.

    `people` by user name, `sites` and `units` by slug, `documents` by number; dates count back from `now`.
    """
    if Question.objects.filter(is_illustrative=True).exists():
        return
    topics = {topic.slug: topic for topic in QuestionTopic.objects.all()}
    for number, asked in enumerate(question_content.QUESTIONS, 1):
        Asking(asked, people, sites, units, documents, now).run(topics, number)


class Asking:
    """One question on its way; each step is a few hours after the one before."""

    def __init__(self, asked, people, sites, units, documents, now):
        self.asked, self.sites, self.documents = asked, sites, documents
        self.site = sites[asked.site]
        self.unit = units.get(asked.unit) or self.site.unit
        # Who handles it is of the site whose unit answers.
        key = asked.site if not asked.unit else question_content.CITY
        self.handler = people[HANDLERS.get(key, HANDLER)]
        self.writer, self.signer = people[WRITERS.get(key, WRITER)], people[SIGNERS.get(key, SIGNER)]
        self.approver = people[APPROVER]
        self.moment, self.now = now - timedelta(days=asked.days_ago), now

    def later(self, **time) -> datetime:
        self.moment = min(self.moment + timedelta(**time), self.now)
        return self.moment

    def run(self, topics, number: int) -> None:
        asked = self.asked
        question = intake.receive(
            site=self.site,
            title=asked.title,
            text=asked.text,
            topic=topics.get(asked.topic),
            on=self.moment,
            contact=submission.Contact(
                name=f"Người hỏi mẫu {number:02}",
                email=f"nguoi-hoi-{number:02}@example.invalid",
                consent_text=question_content.CONSENT,
                consent_source="bản trình diễn",
            ),
        ).question
        Question.objects.filter(pk=question.pk).update(is_illustrative=True)
        if asked.stage == question_content.RECEIVED:
            return
        in_scope = asked.stage != question_content.OUT_OF_SCOPE
        reason, body = ("", "") if in_scope else (question_content.REASON, question_content.COMPETENT)
        classifying.classify(
            question,
            by=self.handler,
            topic=topics.get(asked.topic),
            in_scope=in_scope,
            reason=reason,
            competent_body=body,
            on=self.later(hours=3),
        )
        if not in_scope:
            classifying.reject(question, by=self.handler, on=self.later(hours=1))
            return
        assigning.assign(question, unit=self.unit, by=self.handler, on=self.later(hours=1))
        if asked.stage == question_content.NOTIFIED:
            promised = deadlines.workdays_after(running.running_deadline(question).last_day, 5)
            interim.notify(
                question, text=question_content.INTERIM, promised_on=promised, by=self.handler, on=self.later(days=4)
            )
        if asked.answer:
            self.answer(question)

    def answer(self, question: Question) -> None:
        asked = self.asked
        answering.draft(
            question,
            body=asked.answer,
            by=self.writer,
            documents=[self.documents[key] for key in asked.cites],
            on=self.later(days=5),
        )
        answering.submit(question, by=self.writer, on=self.later(hours=2))
        if asked.stage == question_content.SUBMITTED:
            return
        answering.sign(question, by=self.signer, on=self.later(days=1))
        answering.decide_interest(
            question, common=True, reason="Nhiều người dân cùng quan tâm.", by=self.handler, on=self.later(hours=2)
        )
        sent = answering.reply(question, by=self.handler, on=self.later(hours=1))
        afterwards.rate(question, satisfaction=asked.satisfaction, on=self.later(hours=20))
        question.refresh_from_db()
        page = publication.prepare_page(
            question,
            title=asked.title,
            question_text=asked.text,
            answer=sent.body,
            by=self.handler,
            on=self.later(hours=3),
        )
        page.is_illustrative = True
        page.save_revision(user=self.handler)
        approval.publish_bundle(
            [page],
            submitted_by=self.handler,
            by=self._approver(),
            on=self.later(hours=20),
            reason="Duyệt câu trả lời của bản trình diễn",
        )

    def _approver(self):
        """The ward's own approver where it has one, as with its other pages; else the board's head."""
        delegated = self.site.approval_mode == PortalSite.Approval.DELEGATED
        return self.signer if delegated else self.approver
