"""A31: who pushes dossiers without the right to, and who tries codes at the look-up."""

import random
import re
import time
from datetime import timedelta
from statistics import median

from django.db import connection
from django.utils import timezone

from servicecatalog.dossiers import tokens as dossier_tokens
from servicecatalog.models import DossierEvent, DossierSource, DossierSummary
from tests.abuse.cases import case
from tests.abuse.digests import changed, digest
from tests.abuse.oracle import nothing_changes
from tests.abuse.people import session
from tests.abuse.visitor import Visitor, text_of
from tests.faq.outputs import as_text

PUSH, ONE = "/api/ho-so/v1/cap-nhat/", "/api/ho-so/v1/ho-so/{}/"
LOOK_UP = "/dich-vu-cong/tra-cuu-ho-so/"
OWN, FOREIGN, BOUND = "H01.24.07-200605-0001", "H01.24.08-200605-0001", "H01.24.09-200605-0001"
# When a token was used last, and who asked how often.
NOTED = ("servicecatalog_dossiersource",)
SAMPLES, ROUNDS, APART = 20, 4, 0.1


@case("A31", "push dossiers of others, find codes out", roles=("system A", "system B", "no system", "anonymous"))
def a31(stage, check):
    """A one-stop system with a token of ward A or B, with none that works, anybody → reading and changing dossiers of
    another ward, tokens that are revoked, unconfirmed, expired or bent, in other places than the header; updates again,
    old ones late, one key for two things; bodies too long, too deep, of another kind; codes at the look-up that nothing
    bears, by time and words; tokens in database, files and logs → refused, nothing changed, nothing told (NĐ 85/2016).
    """
    tokens = _tokens(stage)
    began = _history(OWN)
    check.same(_push(stage, tokens["A"], *began).status_code, 200, "an own push", role="system A")
    check.same(_push(stage, tokens["B"], *_history(FOREIGN)).status_code, 200, "an own push", role="system B")
    _foreign(stage, check, tokens)
    _worthless(stage, check, tokens)
    _again(stage, check, tokens["A"], began)
    _bodies(stage, check, tokens["A"])
    _look_up(stage, check)
    _traces(stage, check, tokens)


# --- What is pushed ----------------------------------------------------------------------------------


def _tokens(stage) -> dict[str, str]:
    """Tokens by name: of wards A and B, one bound to the codes of a unit, and those that do not work."""
    admin, office = stage.people["technical admin"], stage.people["standing office"]
    a, b = stage.wards["A"].site, stage.wards["B"].site
    today, made = timezone.localdate(), {}
    for name, site, codes in (
        ("A", a, ""),
        ("B", b, ""),
        ("bound", a, "H01.24.07"),
        ("unconfirmed", a, ""),
        ("revoked", a, ""),
        ("expired", a, ""),
    ):
        source, made[name] = dossier_tokens.make(
            name=f"Một cửa {name}", site=site, by=admin, unit_codes=codes, expires_on=today + timedelta(days=30)
        )
        if name != "unconfirmed":
            dossier_tokens.confirm(source, by=office)
        if name == "revoked":
            dossier_tokens.revoke(source, by=office)
        if name == "expired":
            DossierSource.objects.filter(pk=source.pk).update(expires_on=today - timedelta(days=1))
    return made


def _step(code: str, status: int, day: int, key: str = "") -> dict:
    return {"key": key or f"k{status}", "code": code, "at": f"2020-06-{day:02}T09:00:00+07:00", "status": status}


def _history(code: str) -> list[dict]:
    return [_step(code, status, day) for status, day in ((2, 5), (4, 6), (9, 8), (10, 9))]


def _push(stage, token: str, *updates, visitor=None, **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return (visitor or Visitor(stage)).ask("POST", PUSH, json={"updates": list(updates)}, headers=headers, **more)


def _get(stage, token: str, code: str):
    return Visitor(stage).get(ONE.format(code), headers={"Authorization": f"Bearer {token}"})


def _refused(check, answer, role: str, what: str, *statuses: int) -> None:
    """Record that an answer refuses, in words, and repeats nothing of a token."""
    check.that(answer.status_code in statuses, f"{what}: {answer.status_code}", role=role)
    check.that(dossier_tokens.MARK not in text_of(answer), f"{what}: the answer repeats a token", role=role)
    allowed = {name for name in answer.headers if name.lower().startswith("access-control")}
    check.that(not allowed, f"{what}: scripts of other sites may read it ({allowed})", role=role)


def _foreign(stage, check, tokens) -> None:
    role, before = "system A", digest()
    there, nowhere = _get(stage, tokens["A"], FOREIGN), _get(stage, tokens["A"], "H01.24.08-200605-9999")
    _refused(check, there, role, "reading a dossier of B", 404)
    check.same(there.text, nowhere.text, "a dossier of B, and one that is none", role=role)
    for what, updates in (
        ("an update of a dossier of B", [_step(FOREIGN, 8, 20, "cua-a")]),
        ("a batch with one update of B", [_step(OWN, 4, 7, "them"), _step(FOREIGN, 8, 20, "cua-a")]),
        ("the same code spelled in small letters", [_step(FOREIGN.lower(), 8, 20, "cua-a")]),
    ):
        _refused(check, _push(stage, tokens["A"], *updates), role, what, 409, 422)
    bound = _push(stage, tokens["bound"], _step(BOUND, 2, 5))
    _refused(check, bound, role, "a token bound to a unit, with the code of another", 422)
    found = [line for line in changed(before, digest()) if line.split(" ")[0] not in NOTED]
    check.that(not found, f"foreign dossiers: changed {found}", role=role)
    check.same(_get(stage, tokens["B"], FOREIGN).json()["status"], 10, "the dossier of B", role="system B")


def _worthless(stage, check, tokens) -> None:
    role, good = "no system", tokens["A"]
    step = _step(OWN, 8, 20, "trai-phep")
    with nothing_changes(check, role, "tokens that do not work"):
        bodies = set()
        bent = good[:-1] + ("A" if good[-1] != "A" else "B")
        for name, token in (
            ("revoked", tokens["revoked"]),
            ("unconfirmed", tokens["unconfirmed"]),
            ("expired", tokens["expired"]),
            ("bent", bent),
            ("upper case", good.upper()),
            ("cut", good[:20]),
            ("twice", f"{good} {good}"),
            ("endless", good + "x" * 4000),
            ("another beginning", "lxhs_"),
            ("its own digest", _kept_of(good)),
        ):
            answer = _push(stage, token, step)
            _refused(check, answer, role, f"a token that is {name}", 401)
            bodies.add(answer.text)
            _refused(check, _get(stage, token, OWN), role, f"reading with a token that is {name}", 401)
        check.same(len(bodies), 1, "kinds of answers to tokens that do not work", role=role)
        asked, body = Visitor(stage).ask, {"updates": [step]}
        for what, options in (
            ("no token", {}),
            ("the token in the address", {"params": {"token": good, "access_token": good}}),
            ("the token in a cookie", {"cookies": {"Authorization": f"Bearer {good}", "token": good}}),
            ("the token as a password", {"headers": {"Authorization": f"Basic {good}"}}),
            ("the token in another header", {"headers": {"X-Api-Key": good, "X-Authorization": f"Bearer {good}"}}),
        ):
            _refused(check, asked("POST", PUSH, json=body, **options), role, what, 401)
        # A page of another site in the browser of somebody signed in: cookies open nothing here.
        for person in ("superuser", "technical admin"):
            answer = _push(stage, "", step, visitor=session(stage, person))
            _refused(check, answer, role, f"a session of the {person} without a token", 401)


def _kept_of(token: str) -> str:
    return dossier_tokens.digest_of(token)


def _again(stage, check, token: str, began: list[dict]) -> None:
    role = "system A"
    before, events = _state(OWN), DossierEvent.objects.count()
    answer = _push(stage, token, *began)
    check.that(all(item["is_repeated"] for item in answer.json()["results"]), "a batch again is new", role=role)
    _push(stage, token, *reversed(began), *began)
    check.same(_state(OWN), before, "the dossier after its updates were sent again", role=role)
    check.same(DossierEvent.objects.count(), events, "updates kept", role=role)
    _refused(check, _push(stage, token, _step(OWN, 3, 5, "k2")), role, "a key for another update", 409)
    # An old step under a new key is no step at its place; nor is one after the end.
    for late in (_step(OWN, 1, 7, "cu-1"), _step(OWN, 2, 7, "cu-2"), _step(OWN, 4, 28, "sau-cung")):
        answer = _push(stage, token, late)
        check.same([item["result"] for item in answer.json()["results"]], ["set_aside"], f"{late['key']}", role=role)
        check.same(_state(OWN), before, f"the dossier after {late['key']}", role=role)


def _state(code: str) -> tuple:
    found = DossierSummary.objects.get(code=code)
    return (found.status, found.received_at, found.due_on, found.finished_at, found.returned_at, found.owner_site_id)


def _bodies(stage, check, token: str) -> None:
    role, whole, json = "system A", {"Authorization": f"Bearer {token}"}, "application/json"
    step = '{"key":"x","code":"' + OWN + '","at":"2020-06-20T09:00:00+07:00","status":8}'
    batch = '{"updates":[%s]}'
    with nothing_changes(check, role, "bodies that are no batch", but=frozenset(NOTED)):
        for what, kind, body, statuses in (
            ("20 MB", json, "[" + " " * 20_000_000 + "]", (400, 413)),
            ("6 MB", json, "[" + " " * 6_000_000 + "]", (400, 413)),
            ("101 updates", json, batch % ",".join([step] * 101), (422,)),
            ("100,000 levels", json, "[" * 100_000 + "]" * 100_000, (413,)),
            ("20,000 levels", json, "[" * 20_000 + "]" * 20_000, (400,)),
            ("a number without end", json, batch % step.replace("8}", "8" * 20_000 + "}"), (400, 422)),
            ("NaN", json, batch % step.replace("8}", "NaN}"), (400, 422)),
            ("NUL", json, batch % step.replace('"x"', '"\\u0000"'), (400, 422)),
            ("half a pair", json, batch % step.replace('"x"', '"\\ud800"'), (400, 422)),
            ("no JSON", json, "\x00\xff", (400,)),
            ("nothing", json, "", (400, 422)),
            ("a list", json, f"[{step}]", (422,)),
            ("another word beside", json, (batch % step)[:-1] + ',"nguoi_nop":"x"}', (422,)),
            ("a name of a person", json, batch % step.replace("}", ',"ho_ten":"Cán bộ mẫu"}'), (422,)),
            ("a form", "application/x-www-form-urlencoded", "updates=1", (415,)),
            ("a form with JSON in it", "multipart/form-data; boundary=x", f"--x\r\n\r\n{step}\r\n--x--", (415,)),
            ("text, as another site's form can send", "text/plain", batch % step, (415,)),
            ("XML", "application/xml", "<updates/>", (415,)),
            ("no kind", "", batch % step, (415,)),
        ):
            headers = whole | {"Content-Type": kind}
            answer = Visitor(stage).ask("POST", PUSH, data=body.encode(), headers=headers)
            _refused(check, answer, role, what, *statuses)
            check.that("Cán bộ" not in text_of(answer), f"{what}: what was sent is repeated", role=role)


# --- The look-up -------------------------------------------------------------------------------------


def _look_up(stage, check) -> None:
    """Codes that something bears and codes that nothing bears take the same time; the latter get the same words."""
    role, numbers = "anonymous", iter(range(2, 10_000))
    unknown = "H01.24.07-200605-{:04}"
    for _round in range(ROUNDS):
        seconds: dict[str, list[float]] = {"known": [], "unknown": []}
        words = set()
        for _sample in range(SAMPLES):
            for name in random.sample(sorted(seconds), len(seconds)):
                number = next(numbers)
                # Each from an address that has not asked yet.
                visitor = Visitor(stage, address=f"127.{60 + number // 200}.{number % 200 + 1}.9")
                code = OWN if name == "known" else unknown.format(number + 5000)
                data = {"code": code, "csrfmiddlewaretoken": visitor.form(LOOK_UP)["csrfmiddlewaretoken"]}
                began = time.perf_counter()
                answer = visitor.post(LOOK_UP, data)
                seconds[name].append(time.perf_counter() - began)
                check.same(answer.status_code, 200, f"a {name} code", role=role)
                if name == "unknown":
                    # Proof and token of the form that follows are each reader's own.
                    words.add(re.sub(r'<input type="hidden"[^>]*>', "", _main(answer)).replace(code, ""))
        medians = {name: median(values) for name, values in seconds.items()}
        apart = max(medians.values()) / min(medians.values()) - 1
        # What differs by chance on a busy machine evens out; what differs by the answer does not.
        if apart <= APART:
            break
    check.same(len(words), 1, "kinds of answers to codes that nothing bears", role=role)
    figures = ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in medians.items())
    check.that(apart <= APART, f"the look-up differs by {apart:.0%} in time: {figures}", role=role)
    check.figure(figures)
    visitor, answers = Visitor(stage), []
    fields = {"csrfmiddlewaretoken": visitor.form(LOOK_UP)["csrfmiddlewaretoken"]}
    for number in range(60):
        answers.append(visitor.post(LOOK_UP, {"code": unknown.format(number + 1000), **fields}).status_code)
    check.that(429 in answers, "60 codes from one address are all answered", role=role)
    for way in ("?code=", "?ma=", "?q="):
        told = _main(Visitor(stage).get(f"{LOOK_UP}{way}{OWN}"))
        check.that("Đã trả kết quả" not in told, f"{way} tells a dossier by its address", role=role)


def _main(answer) -> str:
    # A form's token is another one each time.
    main = answer.text.split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r'(?<=name="csrfmiddlewaretoken" value=")\w+', "", main)


# --- Traces ------------------------------------------------------------------------------------------


def _traces(stage, check, tokens) -> None:
    """No token, not even half of one, in the database, in files, in the logs of portal and web server."""
    role = "no system"
    halves = [token[:20] for token in tokens.values()] + [token[-20:] for token in tokens.values()]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [table for row in cursor.fetchall() for value in row if _holds(as_text(value), halves)]
    check.that(not found, f"tables hold a token: {sorted(set(found))}", role=role)
    looked_at, places = 0, []
    for path in stage.folder.rglob("*"):
        if path.is_file():
            looked_at += 1
            places += [path.name] if _holds(path.read_bytes().decode("utf-8", "replace"), halves) else []
    check.that(looked_at > 20, f"only {looked_at} files were read", role=role)
    check.that(not places, f"files hold a token: {places}", role=role)
    check.that(PUSH in stage.log, "the logs name no push at all, so they prove nothing", role=role)
    check.that(not _holds(stage.log, halves), "the logs hold a token", role=role)


def _holds(text: str, halves: list[str]) -> bool:
    return any(half in text for half in halves)
