"""What `deploy/install`, `deploy/upgrade` and `deploy/rollback` call.

    deploy/install [--answers FILE] [--dry-run]

Questions that were answered once are not asked again; with `--answers` none is asked at all.
"""

import argparse
import os
import sys
from pathlib import Path

from tools.console import say, stop

from . import answers, installing, places
from .actions import Failed, Machine
from .steps import carry_out

WORKS = {"install": installing.install, "upgrade": installing.upgrade, "rollback": installing.rollback}
# What is left for people, as the installation cannot know it.
AFTERWARDS = """
Cổng đã trả lời ở https://{host}/ ; tình trạng: curl -s http://127.0.0.1:{port}/readyz

Còn lại, do người làm (docs/van-hanh.md):
  * Tường lửa: mở {http}/tcp và {https}/tcp cho mọi nơi, 22/tcp chỉ cho mạng quản trị; không mở {servers}, 5432.
    Chiều ra: máy chủ thư, 53 (DNS), 123/udp (NTP), 443 (gói Debian, mẫu mã độc, chứng thư).
  * Hai tài khoản đầu tiên, cho hai người, qua liên kết này (một ngày, một lần; lấy lại: portal-manage first_link):
    {first_link}
  * Sao lưu: {backup}
"""


def main(arguments: list[str] | None = None, machine: Machine | None = None) -> int:
    """Do one of the works and return the exit code."""
    chosen = _parser().parse_args(arguments)
    machine = machine or Machine()
    if not chosen.dry_run and os.geteuid() != 0:
        stop("Cần quyền root: hãy chạy bằng root hoặc sudo.")
    os.umask(0o022)
    try:
        known = _answers(chosen, machine)
        carry_out(WORKS[chosen.work](known, machine), machine, is_dry=chosen.dry_run)
    except answers.Wrong as wrong:
        stop(f"Câu trả lời còn thiếu hoặc sai:\n{wrong}")
    except Failed as failed:
        stop(f"{failed}\nSửa xong thì chạy lại: việc đã làm không bị làm lại.")
    if chosen.work == "install" and not chosen.dry_run:
        say(_afterwards(known, machine))
    return 0


def _answers(chosen: argparse.Namespace, machine: Machine) -> answers.Answers:
    written = [machine.place(path) for path in (places.SETTINGS, places.ANSWERS)]
    known = answers.read(*written, *([chosen.answers] if chosen.answers else []))
    if chosen.work == "install" and not chosen.answers and sys.stdin.isatty():
        known = answers.ask(known)
    return answers.draw(answers.demand(known))


def _afterwards(known: answers.Answers, machine: Machine) -> str:
    named = f"mỗi đêm vào {known.get('PORTAL_BACKUP')}; cất khóa riêng ở nơi khác."
    return AFTERWARDS.format(
        host=known["PORTAL_HOST"],
        port=places.PORTS[0],
        http=known["INSTALL_HTTP_PORT"],
        https=known["INSTALL_HTTPS_PORT"],
        first_link=machine.answers(str(places.MANAGE), "first_link").strip() or "(cổng đã có tài khoản)",
        servers=", ".join(map(str, places.PORTS)),
        backup=named if known.get("PORTAL_BACKUP") else "CHƯA CÓ; đặt PORTAL_BACKUP rồi chạy lại deploy/install.",
    ).rstrip()


def _parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="deploy/install", description="Cài, nâng cấp, quay lại bản trước.")
    options.add_argument("work", choices=WORKS)
    options.add_argument("--answers", type=Path, help="tệp KEY=VALUE thay cho các câu hỏi")
    options.add_argument("--dry-run", action="store_true", help="chỉ in từng bước, không thay đổi gì")
    return options


if __name__ == "__main__":
    sys.exit(main())
