"""S20: two hundred citizens, each with words of his own, and a search of everything for them; a part of A14."""

import re
import time
from urllib.parse import quote, urlsplit

from django.test import override_settings
from django.utils import timezone

from base.models import OutgoingMail
from base.operations import mail
from base.public.page_cache.generations import raise_generation
from faq.models import Question, QuestionsPage
from tests.abuse.asking import ask
from tests.abuse.cases import together
from tests.abuse.people import OUTSIDERS, session
from tests.abuse.visitor import ADMIN, Visitor, text_of
from tests.faq.citizens import MARK, Citizen, citizens, names, send_everything, traces
from tests.faq.outputs import WRITTEN, everything, places_in_database, places_in_files, without_echo, written

CITIZENS, BY_FORM = 200, 8
BUSY, MOST_WAITS = 503, 120
LISTS = (
    "",
    "cau-hoi/",
    "cau-hoi/?tinh_trang=tat-ca",
    "cau-hoi/xuat/",
    "cau-hoi/xuat/?tinh_trang=tat-ca",
    "cau-hoi/bang-tra-loi/tai/",
    "gop-y/",
    "han/",
    "luu-tru/",
    "pages/search/?q=zq",
)


def search_for_citizens(stage, check) -> None:
    """Let citizens of the city and three wards send everything there is; search for them wherever anybody looks."""
    city = stage.city
    sites, before = [city.site, city.my_long, city.my_xuyen, city.dong_xuyen], len(check.failed)
    sent = send_everything(city, sites, citizens(CITIZENS))
    for person in citizens(BY_FORM, first=900):
        answer = ask(
            Visitor(stage),
            host=_host(sites[person.number % 4]),
            name=person.name,
            email=person.email,
            phone=person.phone,
            address=person.address,
            text=person.own_words,
        )
        check.that(answer.status_code == 200, f"the form answered {answer.status_code}", role="anonymous")
    raise_generation(sites, urgent=True)
    _deliver(check)
    time.sleep(1)
    outputs = _read_everything(stage, check, sites, sent)
    _look_behind(stage, check)
    searches = _search(stage, check, city, sites)
    lists = _as_others(stage, check, city)
    total = outputs + searches + lists
    violations = len(check.failed) - before
    check.figure(f"S20: {CITIZENS + BY_FORM} citizens, {sent.said()}; {violations} traces in {total:,} outputs")


def _host(site) -> str:
    return "localhost" if site.is_city else f"{site.slug}.localhost"


def _getter(stage):
    """What asks for one address; each twenty from another one, as limits count by address."""
    visitors = []

    def get(host: str, path: str, method: str):
        if not visitors or len(visitors[-1][1]) >= 20:
            visitors.append((Visitor(stage), []))
        visitor, asked = visitors[-1]
        asked.append(path)
        answer = _patiently(visitor, method, quote(path, safe="/?=&-.,%+"), host)
        headers = {name.title(): value for name, value in answer.headers.items()}
        # What was packed is unpacked by now.
        headers.pop("Content-Encoding", None)
        return answer.status_code, headers, answer.content

    return get


def _patiently(visitor, method: str, address: str, host: str):
    """Ask; again while the answer is to come again, as whole sets of data are sent to few at a time."""
    for _ in range(MOST_WAITS):
        answer = visitor.ask(method, address, host=host)
        if answer.status_code != BUSY or "Retry-After" not in answer.headers:
            break
        time.sleep(1)
    return answer


def _read_everything(stage, check, sites, sent) -> int:
    """Read all that each host gives out, twice: made anew, and from the cache."""
    work = []
    for site in sites:
        questions = urlsplit(QuestionsPage.objects.child_of(site.home_page()).first().full_url).path
        drafts = [urlsplit(page.full_url).path for page in sent.consultations if page.portal_site == site]
        work += [(_host(site), questions, drafts)] * 2
    secrets, named, count = sent.secrets, set(), 0

    def read(what):
        host, questions, drafts = what
        return list(everything(_getter(stage), host, questions=questions, consultations=drafts))

    for answers in together(read, work):
        count += len(answers)
        for place, status, text in answers:
            check.that(status < 500, f"{place}: {status}", role="anonymous")
            check.that(not traces(text), f"{place} shows {traces(text)[:3]}", role="anonymous")
            check.that(not any(secret in text for secret in secrets), f"{place} shows a code", role="anonymous")
            named |= set(names(text))
    check.that(bool(named), "nobody who agreed is named: the search does not see", role="anonymous")
    check.that(count > 500, f"only {count} outputs were read", role="anonymous")
    return count


def _look_behind(stage, check) -> None:
    """Search the database as it lies there, logs, archive, temporary files, everything but the files handed in."""
    found = places_in_database(WRITTEN)
    check.that(not found, f"the database holds {dict(list(found.items())[:5])}")
    media = stage.var / "media"
    handed_in = {str(media / file.file.name) for question in Question.objects.all() for file in question.files.all()}
    handed_in |= {str(path) for path in (stage.folder / "logs").glob("*")}
    looked_at, places = places_in_files(stage.folder, handed_in)
    check.that(not places, f"files hold marks: {places[:5]}")
    check.that(looked_at > 20, f"only {looked_at} files were read")
    marks = traces(stage.log)
    check.that(not marks, f"the logs hold {marks[:5]}")


def _search(stage, check, city, sites) -> int:
    """Search for each word of each citizen: the answer is that of words nobody has."""
    questions = urlsplit(QuestionsPage.objects.child_of(city.site.home_page()).first().full_url).path
    places = ("/tim-kiem/?q={}", "/tim-kiem/?q={}&pham-vi=toan-thanh-pho", questions + "?q={}&pham-vi=toan-thanh-pho")
    nobody = Citizen(999)

    def length(get, place, words):
        _status, headers, body = get("localhost", place.format(quote(words)), "GET")
        text = without_echo(written(headers, body), words)
        return len(text.split()), traces(text)

    def look(person):
        get, found = _getter(stage), []
        for place in places:
            for words in (person.name, person.email, person.phone, person.address.split()[-1]):
                size, marks = length(get, place, words)
                found.append((place.format(words), size, marks))
        return found

    usual = {}
    for place, size, _marks in look(nobody):
        kind = place.split("?")[0]
        usual[kind] = max(usual.get(kind, 0), size)
    answers = [answer for found in together(look, citizens(CITIZENS)[::2]) for answer in found]
    for place, size, marks in answers:
        check.that(not marks, f"{place} finds {marks}", role="anonymous")
        check.that(size <= usual[place.split("?")[0]] + 15, f"{place} finds something ({size} words)", role="anonymous")
    return len(answers)


def _as_others(stage, check, city) -> int:
    """Lists and exports of people of wards: nothing of citizens of other sites."""
    own = {"writer C": city.dong_xuyen, "entry only": None, **dict.fromkeys(OUTSIDERS[:3], city.my_long)}
    count = 0
    for role in OUTSIDERS:
        asked = Question.objects.filter(owner_site=own[role]) if own[role] else Question.objects.none()
        numbers = {
            re.search(r"zqthu(\d{3})", question.contact.email or "zqthu000").group(1)
            for question in asked.select_related("contact")
            if "zqthu" in (question.contact.email or "")
        }
        for address in LISTS:
            answer = session(stage, role).get(ADMIN + address)
            marks = [mark for mark in traces(text_of(answer)) if _number(mark) not in numbers]
            check.that(not marks, f"{role} at {address} is shown {marks[:3]}", role="")
            count += 1
    return count


def _number(mark: str) -> str:
    digits = re.sub(r"\D", "", mark)
    return digits if len(digits) == 3 else digits[-6:-3]


def _deliver(check) -> None:
    """Let every mail leave; what was told to a citizen is forgotten at once."""
    with override_settings(PORTAL_DELIVERY_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        for _round in range(30):
            if not mail.deliver_due(on=timezone.now()):
                break
    held = [row for row in OutgoingMail.objects.exclude(recipient="") if MARK.search(row.recipient.lower())]
    check.that(not held, f"{len(held)} mails still name a citizen")
