"""Run the periodic work: what is due now, or without end."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from base.audit import sealing as audit_chain
from base.operations import installation, periodic

from ...jobs import JOBS


class Command(BaseCommand):
    """See `home/jobs.py` for the table and `base/operations/periodic.py` for the rules."""

    help = "Chạy các việc định kỳ đến hạn (đăng theo lịch, gỡ theo lịch, trạng thái văn bản…)."

    def add_arguments(self, parser):
        parser.add_argument("--forever", action="store_true", help="chạy mãi, cho đến khi được báo dừng")
        parser.add_argument("--all", action="store_true", help="chạy mọi việc ngay, dù chưa đến hạn")
        parser.add_argument("--only", metavar="TÊN", help="chạy ngay một việc, dù chưa đến hạn")
        parser.add_argument("--list", action="store_true", help="liệt kê các việc và lần chạy sau")
        parser.add_argument(
            "--wait", type=float, default=60, metavar="GIÂY", help="chờ tiến trình khác xong tối đa bao lâu"
        )

    def handle(self, *args, **options):
        if options["forever"]:
            installation.demand()
            stop = threading.Event()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda received, frame: stop.set())
            sealing = threading.Thread(target=audit_chain.seal_forever, kwargs={"stop": stop}, name="seal_audit")
            sealing.start()
            try:
                periodic.run_forever(JOBS, stop=stop)
            finally:
                stop.set()
                sealing.join(timeout=30)
            return
        now = timezone.now()
        if options["list"]:
            for job in JOBS:
                self.stdout.write(f"{job.name:24}{timezone.localtime(job.next_due(now)):%d/%m %H:%M}  {job.label}")
            return
        try:
            ran = self._run_once(options, now)
        except periodic.Locked as error:
            raise CommandError(f"{error} Hãy thử lại sau.") from error
        for heartbeat in ran:
            self.stdout.write(str(heartbeat))
        if failed := [heartbeat.name for heartbeat in ran if heartbeat.last_result == heartbeat.FAILED]:
            raise CommandError(f"Việc lỗi, sẽ chạy lại: {', '.join(failed)}. Lỗi nằm trong nhật ký và nhịp việc.")

    def _run_once(self, options, now):
        if options["only"]:
            chosen = [job for job in JOBS if job.name == options["only"]]
            if not chosen:
                names = ", ".join(job.name for job in JOBS)
                raise CommandError(f"--only: không có việc tên {options['only']!r}. Các việc: {names}.")
            return periodic.run_now(chosen, on=now, wait_seconds=options["wait"])
        # What a timer starts knows the whole table as well as what runs on.
        periodic.remove_unknown_jobs(JOBS)
        if options["all"]:
            return periodic.run_now(JOBS, on=now, wait_seconds=options["wait"])
        return periodic.run_table(JOBS, on=now, wait_seconds=options["wait"])
