"""Break one thing at a time under a running portal, and look what readers and officials get.

    python bench/faults.py [--only database,mail,...] [--times 3]

On a portal of its own (`own_portal.py`): PostgreSQL that writes through to the disk, production settings. Each fault is
injected `--times` times; a line says what was measured and whether it is what is promised:

* database: the database dies at once and comes back after 8 seconds, while readers read kept pages and somebody saves.
* media: the folder of files cannot be written, then has no room. Needs the right to mount; says so without it.
* schedule: nothing runs at the time of publication; afterwards four runners start at one moment.
* mail: the mail server hangs, then dawdles while the sender dies by SIGKILL, then is well again.
* twice: five identical forms at one moment, and one more afterwards.
* editors: two people save one page.

After each fault `verify_portal` must find every invariant whole. Loopback only; ends by itself.
"""

import argparse
import contextlib
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter

import requests
from kill_drill import APPROVER, SETTING_UP, WRITER
from mail_sink import Sink
from own_portal import ROOT, own_portal

AWAY_SECONDS = 8
# How `base/files/storage.py` begins when nothing can be written.
NOT_WRITTEN = "Máy chủ không ghi được tệp"
TOKEN = re.compile(r'name="(\w+)" value="([^"]*)"')
BODY = (
    '{"blocks":[{"key":"a","text":"Nội dung thử.","type":"unstyled","depth":0,"inlineStyleRanges":[],'
    '"entityRanges":[]}],"entityMap":{}}'
)

# Approves articles for a moment that comes soon; prints their pages.
SCHEDULING = """
from datetime import timedelta
from accounts.models import User
from django.utils import timezone
from sections.models import NoticePage
from wagtail.models import Page
from workflows.publishing import approval
section = Page.objects.get(pk={section}).specific
writer, approver = (User.objects.get(username=name) for name in ("{writer}", "{approver}"))
due = timezone.now() + timedelta(seconds={seconds})
for n in range({articles}):
    page = NoticePage(
        title=f"Hẹn giờ {{n}} {{due.timestamp()}}", summary="Thử.", author_name="Mẫu", source_name="Dữ liệu minh họa",
        responsible_unit_id={unit}, owner=writer, live=False, go_live_at=due,
        body=[("paragraph", "<p>Nội dung thử.</p>")], locale=section.locale,
    )
    section.add_child(instance=page)
    page.save_revision(user=writer)
    submitted = approval.submit(page, by=writer, declaration=True, remark="x")
    approval.approve(submitted.current_task_state, by=approver)
    print(page.pk)
"""


class Faults:
    """The violations, one method each; a method yields (what was measured, whether it is as promised)."""

    def __init__(self, portal, sink):
        self.portal, self.sink = portal, sink
        self.section, self.unit, self.book, self.kind = portal.shell(SETTING_UP)

    def manage(self, *arguments):
        return self.portal.manage(*arguments, check=False)

    # --- database ----------------------------------------------------------------------------------

    def database(self):
        base, clerk = self.portal.base, self.portal.person(APPROVER)
        path = f"/quan-tri/so-van-ban/{self.book}/lay-so/"
        pages = ["/", "/tin-tuc/", "/my-long/", "/my-long/tin-tuc/"]
        for page in pages * 20:
            # On a connection of its own each time, so that every worker gets to keep every page.
            requests.get(base + page, timeout=20)
        form = {
            "document_type": self.kind,
            "subject": f"Lúc CSDL mất {time.time()}",
            "on": today(),
            **clerk.drawn(path),
        }
        answers, ending = [], threading.Event()

        def read():
            with requests.Session() as reader:
                while not ending.is_set():
                    for page in pages:
                        began = time.monotonic()
                        try:
                            status = reader.get(base + page, timeout=20).status_code
                        except requests.RequestException:
                            status = 0
                        answers.append((status, time.monotonic() - began))
                        time.sleep(0.05)

        readers = [threading.Thread(target=read, daemon=True) for _ in range(3)]
        for reader in readers:
            reader.start()
        self.portal.database.crash()
        gone = time.monotonic()
        time.sleep(1)
        saved = clerk.session.post(
            base + path, form, headers={"Referer": base + path}, timeout=20, allow_redirects=False
        )
        waited = time.monotonic() - gone - 1
        other = requests.get(base + f"/tim-kiem/?q={time.time()}", timeout=20)
        time.sleep(max(0.0, AWAY_SECONDS - (time.monotonic() - gone)))
        self.portal.database.start()
        back = time.monotonic()
        while requests.get(base + f"/tim-kiem/?q={time.time()}", timeout=20).status_code >= 500:
            time.sleep(0.1)
            if time.monotonic() - back > 60:
                break
        recovered = time.monotonic() - back
        ending.set()
        for reader in readers:
            reader.join(30)
        good = sum(status == 200 for status, _ in answers) / len(answers)
        others = Counter(status for status, _ in answers if status != 200)
        slowest = sorted(seconds for _, seconds in answers)[int(len(answers) * 0.99)]
        yield (
            f"trang đã giữ: {len(answers)} lần; {good:.2%} trả lời 200, khác {dict(others)}, p99 {slowest:.2f} giây",
            good >= 0.999,
        )
        is_clean = saved.status_code == 503 and saved.headers.get("Retry-After") and form["subject"] in saved.text
        yield (
            f"lưu khi mất CSDL: {saved.status_code} sau {waited:.2f} giây, chữ đã gõ còn",
            bool(is_clean) and waited < 3,
        )
        yield f"trang chưa giữ: {other.status_code}", other.status_code in (200, 503)
        yield f"trở lại sau {recovered:.1f} giây", recovered <= 2
        again = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', saved.text))
        done = clerk.post(path, {**form, **{name: again[name] for name in again if name in form}})
        entries = self.entries(form["subject"])
        yield f"bấm «Gửi lại»: {done.status_code}, {entries} số", entries == 1

    def entries(self, subject: str) -> int:
        return int(
            self.portal.shell(
                f"from legalref.models import BookEntry; print(BookEntry.objects.filter(subject={subject!r}).count())"
            )[0]
        )

    # --- media -------------------------------------------------------------------------------------

    def media(self):
        base, writer = self.portal.base, self.portal.person(WRITER)
        folder = self.portal.var / "media"
        path = "/quan-tri/images/add/"
        for name, options in (("chỉ đọc", "remount,bind,ro"), ("đầy", "")):
            command = (
                ["mount", "--bind", folder, folder]
                if options
                else ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
            )
            if subprocess.run(command, capture_output=True, check=False).returncode:
                yield f"thư mục tệp {name}: không thử được vì không có quyền gắn ổ", True
                continue
            try:
                if options:
                    subprocess.run(["mount", "-o", options, folder], check=True)
                pages = [requests.get(base + page, timeout=20).status_code for page in ("/", "/tin-tuc/", "/my-long/")]
                form = {
                    "title": "Ảnh thử",
                    "description": "Điểm màu ngẫu nhiên",
                    "collection": "",
                    **writer.drawn(path),
                }
                answer = writer.session.post(
                    base + path,
                    form,
                    files={"file": ("anh.png", png(900, 900), "image/png")},
                    headers={"Referer": base + path},
                    timeout=20,
                    allow_redirects=False,
                )
                left = [item for item in folder.rglob("*") if item.is_file() and item.stat().st_size == 0]
                kept = "Ảnh thử" in answer.text
                words = re.findall(r'(?s)class="error-message"[^>]*>\s*(.*?)\s*<', answer.text)
            finally:
                subprocess.run(["umount", "-l", folder], check=False)
            yield f"thư mục tệp {name}: trang công khai {pages}", all(status == 200 for status in pages)
            said = f"{answer.status_code}, {words[0][:90] if words else 'không nói vì sao'}"
            refused = answer.status_code in (200, 422, 503, 507) and kept and NOT_WRITTEN in answer.text
            yield f"thư mục tệp {name}: tải lên {said}, {len(left)} tệp rỗng sót lại", refused and not left

    # --- schedule ----------------------------------------------------------------------------------

    def schedule(self):
        made = self.portal.shell(
            SCHEDULING.format(
                section=self.section, unit=self.unit, writer=WRITER, approver=APPROVER, seconds=15, articles=10
            )
        )
        time.sleep(17)
        began = time.monotonic()
        runners = [
            subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "run_jobs", "--only", "publish_due"],
                env=self.portal.environment,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(4)
        ]
        for runner in runners:
            runner.wait(120)
        late = time.monotonic() - began
        live, entries = self.portal.shell(
            f"from wagtail.models import Page, PageLogEntry; ids = {[int(pk) for pk in made]};"
            "print(Page.objects.filter(pk__in=ids, live=True).count(),"
            " PageLogEntry.objects.filter(page_id__in=ids, action='wagtail.publish.scheduled').count())"
        )
        yield (
            f"4 tiến trình cùng lúc: {live}/10 bài đăng, {entries} mục nhật ký, sau {late:.1f} giây",
            (live == "10" and entries == "10" and late < 60),
        )

    # --- mail --------------------------------------------------------------------------------------

    def mail(self):
        base, path = self.portal.base, "/quan-tri/password_reset/"
        self.sink.mode, self.sink.taken = "hang", []
        seconds = []
        for _ in range(3):
            browser = requests.Session()
            token = dict(TOKEN.findall(browser.get(base + path, timeout=20).text)).get("csrfmiddlewaretoken", "")
            began = time.monotonic()
            answer = browser.post(
                base + path,
                {"typed": "khong-co-ai", "csrfmiddlewaretoken": token},
                headers={"Referer": base + path},
                timeout=20,
                allow_redirects=False,
            )
            seconds.append(time.monotonic() - began)
        yield f"thư treo: biểu mẫu trả lời {answer.status_code} sau {max(seconds):.2f} giây", max(seconds) < 1
        mark = f"t{time.time_ns()}"
        self.portal.shell(
            "from django.core.mail import send_mail\n"
            f"for n in range(20): send_mail('Thử', 'x', None, [f'{mark}-{{n}}@example.invalid'])"
        )
        began = time.monotonic()
        self.manage("run_jobs", "--only", "send_mail")
        yield f"thư treo: một vòng gửi dừng sau {time.monotonic() - began:.1f} giây", time.monotonic() - began < 30
        self.sink.mode = "slow"
        runner = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "run_jobs", "--only", "send_mail"],
            env=self.portal.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.release(mark)
        until = time.monotonic() + 30
        while len(self.sink.taken) < 3 and time.monotonic() < until and runner.poll() is None:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(runner.pid, signal.SIGKILL)
        runner.wait()
        killed_after = len(self.sink.taken)
        self.sink.mode = "ok"
        for _ in range(6):
            self.release(mark)
            self.manage("run_jobs", "--only", "send_mail")
        sent = self.portal.shell(
            "from base.models import OutgoingMail;"
            f"print(OutgoingMail.objects.filter(recipient__startswith='{mark}', state='sent').count())"
        )[0]
        ours = [number for recipient, number in self.sink.taken if recipient.startswith(mark)]
        distinct = len(set(ours))
        twice = len(ours) - distinct
        yield (
            (
                f"người gửi bị kill -9 sau {killed_after} thư: {sent}/20 thư đã gửi, {distinct} thư khác nhau, "
                f"{twice} thư gửi lại cùng mã"
            ),
            sent == "20" and distinct == 20 and twice <= 1,
        )

    def release(self, mark: str) -> None:
        """Let waiting mails be due now: the pauses of minutes are not what is measured."""
        self.portal.shell(
            "from django.utils import timezone; from base.models import OutgoingMail;"
            f"OutgoingMail.objects.filter(recipient__startswith='{mark}').exclude(state='sent')"
            ".update(not_before=timezone.now(), state='queued', claimed_at=None)"
        )

    # --- twice -------------------------------------------------------------------------------------

    def twice(self):
        clerk, path = self.portal.person(APPROVER), f"/quan-tri/so-van-ban/{self.book}/lay-so/"
        subject = f"Gửi hai lần {time.time()}"
        form = {"document_type": self.kind, "subject": subject, "on": today(), **clerk.drawn(path)}
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(clerk.post(path, form))) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        answers.append(clerk.post(path, form))
        places = {answer.headers["Location"] for answer in answers}
        entries = self.entries(subject)
        yield f"6 lần gửi cùng một biểu mẫu: {entries} số, {len(places)} nơi đến", entries == 1 and len(places) == 1

    # --- editors -----------------------------------------------------------------------------------

    def editors(self):
        writer, approver = self.portal.person(WRITER), self.portal.person(APPROVER)
        name = f"Hai nguoi sua {time.time_ns()}"
        made = writer.send(
            f"/quan-tri/pages/add/sections/noticepage/{self.section}/",
            {**edited(name, self.unit), "action-portal-submit": "1"},
        )
        page = re.search(r"/page/(\d+)/gui/", made.headers["Location"]).group(1)
        path = f"/quan-tri/pages/{page}/edit/"
        forms = []
        for person in (writer, approver):
            html = person.session.get(person.base + path, timeout=20).text
            forms.append(dict(re.findall(r'name="(loaded_\w+|csrfmiddlewaretoken)" value="([^"]*)"', html)))
        first = writer.post(
            path, {**edited(f"{name} A", self.unit), "slug": name.lower().replace(" ", "-"), **forms[0]}
        )
        second = approver.session.post(
            approver.base + path,
            {**edited(f"{name} B", self.unit), **forms[1]},
            headers={"Referer": approver.base + path},
            timeout=20,
            allow_redirects=False,
        )
        both = f"{name} B" in second.text and "Lấy của tôi" in second.text
        yield (
            f"người lưu trước {first.status_code}, người lưu sau {second.status_code}, chữ của cả hai còn",
            (second.status_code == 409 and both),
        )


def edited(title: str, unit: str) -> dict:
    """The fields of a notice's form."""
    return {
        "title": title,
        "slug": title.lower().replace(" ", "-"),
        "summary": "Bài thử khi hỏng hóc.",
        "author_name": "Cán bộ mẫu 01",
        "source_name": "Dữ liệu minh họa",
        "responsible_unit": unit,
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "paragraph",
        "body-0-id": "",
        "body-0-value": BODY,
        "attachments-count": "0",
        "legal_basis-count": "0",
        "notes-count": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }


def png(width: int, height: int) -> bytes:
    """A picture of noise, too large for a folder without room."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + os.urandom(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def today() -> str:
    return time.strftime("%d/%m/%Y", time.gmtime(time.time() + 7 * 3600))


def main() -> None:
    names = ["database", "media", "schedule", "mail", "twice", "editors"]
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", default=",".join(names))
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--port", type=int, default=8791)
    chosen = options.parse_args()
    bad, sink = 0, Sink()
    with own_portal(port=chosen.port) as portal:
        portal.environment["PORTAL_EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
        violations = Faults(portal, sink)
        with portal.serving(workers=2):
            for name in chosen.only.split(","):
                for turn in range(1, chosen.times + 1):
                    for measured, is_good in getattr(violations, name)():
                        bad += not is_good
                        print(f"{'đạt ' if is_good else 'HỎNG'} {name} {turn}: {measured}", flush=True)
                portal.manage("seal_audit")
                checked = portal.manage("verify_portal", check=False)
                bad += checked.returncode != 0
                print(f"     {name}: {checked.stdout.strip()}{checked.stderr.strip()[-500:]}", flush=True)
    print(f"{bad} điều không đạt.")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
