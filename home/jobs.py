"""The periodic work of the portal: one row a job, the frequent ones first.

`manage.py run_jobs` runs this table by the rules of `base/operations/periodic.py`; what may take long has a lane of
its own. Each row only calls an action; its rules, and that repeating it does no harm, are described with the action.
"""

from datetime import date, datetime, time, timedelta

from django.core.management import call_command

from accounts import appointment_notices, appointments
from accounts.registers import unused
from accounts.signin import links, rescue, sessions
from base.audit import sealing
from base.chain import tips
from base.files import chosen, recognising, scans, sizes, texts
from base.operations import attempts, idempotency, mail, stops
from base.operations.backup import ended
from base.operations.machines import levels
from base.operations.periodic import LONG, Job
from base.operations.watching import alarms
from base.public.gone.journal import journal
from base.public.opinions import figures as opinions
from base.public.usage import visits
from base.queries import planning
from faq.asking import draft_files, limits
from legalref.citations import reading
from legalref.importing import batches
from legalref.life import lifecycle
from moving import imports as moving_imports
from personaldata import retention
from reporting.scoring import sheets as score_sheets
from reporting.yearly import due as yearly_report
from royalties import contributors as payees
from royalties import proposing, unclaimed
from search import updates, upkeep
from sections import freshness
from sections.word_import import uploads as word_files
from servicecatalog.catalogue import batches as catalogue_batches
from servicecatalog.catalogue import stop_page
from servicecatalog.dossiers import recording as dossiers
from servicecatalog.usage import retention as usage_terms
from subscriptions import retention as subscription_terms
from subscriptions import sender_records, sending, spreading
from workflows import deadlines
from workflows.archive import copies
from workflows.dashboard import submissions
from workflows.deadlines import duties, reminders
from workflows.drafts import preview_answers
from workflows.publishing import approval, redirects, takedown
from workflows.publishing.bundles import hours as bundle_hours
from workflows.upkeep import live_checks, outside_links, review_dates

from . import backing_up, nightly_checks
from .units import posts

EVERY_MINUTE = timedelta(minutes=1)
EVERY_FEW_MINUTES = timedelta(minutes=5)
EVERY_FEW_SECONDS = timedelta(seconds=5)
EVERY_HOUR = timedelta(hours=1)


def purge_asking(on: datetime) -> None:
    """Delete what the form for questions keeps for a while: files that were not sent, and counts of who asked."""
    draft_files.purge(on=on)
    limits.purge(on=on)
    levels.purge(on=on)


def prune_journals(on: datetime) -> int:
    """Remove what is too old from the journals that outlast the database; return how many entries and files."""
    return journal().prune(now=on.timestamp()) + ended.prune(on=on)


def clear_sessions(on: datetime) -> None:
    """Remove the sessions that ran out, and what signing in no longer needs."""
    sessions.purge(on=on)
    call_command("clearsessions")
    attempts.purge_old(on=on)
    links.purge(on=on)
    rescue.purge(on=on)


def workdays_before(day: date, n: int) -> date:
    """Return the day that lies n working days before a day, by the working calendar."""
    return deadlines.workdays_after(day, -n)


JOBS = [
    # The first of its lane: what it asks is when the others ran last.
    Job(
        name=stops.JOB,
        label="Ghi những lúc cổng đã ngừng chạy",
        run=lambda on: stops.note(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="watch_checks",
        label="Xem tình trạng của cổng, báo điều kéo dài",
        run=lambda on: alarms.watch(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="write_stop_page",
        label="Viết trang báo tạm ngừng theo kế hoạch cho máy chủ web",
        run=lambda on: stop_page.write(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="publish_due",
        label="Đăng các bài đã duyệt đến giờ hẹn",
        run=lambda on: approval.publish_due(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="publish_due_bundles",
        label="Đăng các hồ sơ đã duyệt đến giờ hẹn, mỗi hồ sơ đăng trọn hoặc không",
        run=lambda on: bundle_hours.publish_due(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="expire_due",
        label="Gỡ các bài đến giờ hết hạn đã duyệt",
        run=lambda on: takedown.expire_due(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="settle_appointments",
        label="Bắt đầu, kết thúc phân công đến ngày",
        run=lambda on: appointments.begin_and_end_due(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="start_waiting",
        label="Đưa đề nghị gỡ đang chờ vào xử lý khi đến hạn",
        run=lambda on: takedown.start_waiting(on=on),
        every=EVERY_MINUTE,
    ),
    Job(
        name="send_resets",
        label="Gửi liên kết đặt lại mật khẩu cho yêu cầu đang chờ",
        run=lambda on: links.send_resets(on=on),
        every=EVERY_FEW_SECONDS,
    ),
    Job(
        name="send_mail",
        label="Gửi thư đang chờ",
        run=lambda on: mail.deliver_due(on=on),
        every=EVERY_FEW_SECONDS,
    ),
    Job(
        name="index_saved_pages",
        label="Đưa các trang vừa lưu vào tìm kiếm quản trị",
        run=lambda on: updates.index_saved(),
        every=EVERY_FEW_SECONDS,
    ),
    # `run_jobs --forever` seals every second beside this table, so that no long job lets the trail wait.
    Job(
        name="seal_audit",
        label="Niêm phong nhật ký kiểm tra",
        run=lambda on: sealing.seal(),
        every=EVERY_MINUTE,
    ),
    Job(
        name="rescan_files",
        label="Quét mã độc các tệp chưa quét hoặc quét bằng mẫu cũ",
        run=lambda on: scans.rescan(on=on),
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="publish_catalogue_batches",
        label="Đăng tiếp các lô thủ tục, dịch vụ đã duyệt",
        run=lambda on: catalogue_batches.work(),
        every=EVERY_MINUTE,
        lane=LONG,
    ),
    Job(
        name="import_documents",
        label="Kiểm tra, ghi, đăng, thu hồi các lô nhập văn bản",
        run=lambda on: batches.work(on=on),
        every=EVERY_FEW_SECONDS,
        lane=LONG,
    ),
    Job(
        name="move_in",
        label="Kiểm tra, tạo bản nháp, thu hồi các đợt chuyển từ cổng cũ",
        run=lambda on: moving_imports.work(on=on),
        every=EVERY_FEW_SECONDS,
        lane=LONG,
    ),
    Job(
        name="read_files",
        label="Đọc chữ trong các tệp Word, PDF cho việc tìm kiếm",
        run=lambda on: texts.store_texts(on=on),
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="recognise_scans",
        label="Nhận dạng chữ trong các tệp quét và ảnh chụp giấy tờ cho việc tìm kiếm",
        run=recognising.recognise,
        every=EVERY_FEW_MINUTES,
        lane=LONG,
        in_steps=True,
    ),
    Job(
        name="make_picture_sizes",
        label="Làm các cỡ của ảnh vừa tải lên",
        run=lambda on: sizes.make_sizes(on=on),
        every=EVERY_MINUTE,
        lane=LONG,
    ),
    Job(
        name="warn_appointments",
        label="Báo phân công sắp hết hạn",
        run=lambda on: appointment_notices.warn_ending(on=on, workdays_before=workdays_before),
        daily_at=time(7, 0),
        in_daytime=True,
    ),
    Job(
        name="look_for_unused_accounts",
        label="Báo, tạm khóa tài khoản lâu không dùng",
        run=lambda on: unused.look_for_unused(on=on),
        daily_at=time(7, 5),
        in_daytime=True,
    ),
    Job(
        name="drop_idle_reviews",
        label="Dừng thời hạn của việc duyệt đã rút",
        run=lambda on: duties.drop_idle_reviews(on=on),
        every=EVERY_FEW_MINUTES,
    ),
    Job(
        name="start_reviews",
        label="Bắt đầu thời hạn rà soát các trang sắp đến ngày",
        run=lambda on: review_dates.start_deadlines(on=on),
        daily_at=time(6, 15),
    ),
    Job(
        name="look_for_silence",
        label="Tính thời hạn cập nhật các chuyên mục theo lần cập nhật gần nhất",
        run=lambda on: freshness.run_deadlines(on=on),
        daily_at=time(6, 30),
    ),
    Job(
        name="measure_scores",
        label="Đo các phiếu chấm điểm của tháng",
        run=lambda on: score_sheets.measure_due(on=on),
        daily_at=time(6, 45),
        lane=LONG,
    ),
    Job(
        name="draft_yearly_report",
        label="Lập bản thảo báo cáo rà soát hằng năm từ ngày 01/10",
        run=lambda on: yearly_report.draft_due(on=on),
        daily_at=time(6, 50),
        lane=LONG,
    ),
    Job(
        name="remind_of_deadlines",
        label="Nhắc việc có thời hạn vào sáng ngày làm việc",
        run=lambda on: reminders.send_digests(on=on),
        daily_at=time(7, 0),
        in_daytime=True,
    ),
    Job(
        name="tell_of_submissions",
        label="Báo kết quả những việc đã gửi vào sáng ngày làm việc",
        run=lambda on: submissions.send_digests(on=on),
        daily_at=time(7, 2),
        in_daytime=True,
    ),
    Job(
        name="check_live",
        label="Ban đêm, kiểm tra lại nội dung đã đăng theo các quy tắc khi gửi duyệt",
        run=lambda on: live_checks.check_some(on=on),
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="check_outside_links",
        label="Ban đêm, hỏi các máy chủ bên ngoài xem liên kết còn mở được không",
        run=lambda on: outside_links.ask_some(on=on),
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="purge_asking",
        label="Xóa tệp chọn trong biểu mẫu mà không gửi, và số đếm các lần gửi câu hỏi",
        run=purge_asking,
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="purge_chosen_files",
        label="Xóa tệp giữ cho biểu mẫu quản trị đã gửi hoặc quá hạn giữ",
        run=lambda on: chosen.purge(on=on),
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="purge_word_files",
        label="Xóa tệp Word chờ nhập mà không dùng",
        run=lambda on: word_files.purge(on=on),
        every=EVERY_HOUR,
        lane=LONG,
    ),
    Job(
        name="count_rows",
        label="Đếm dòng các bảng để SQLite chọn đúng chỉ mục",
        run=lambda on: planning.count_rows(),
        every=EVERY_HOUR,
        lane=LONG,
    ),
    Job(name="tend_search", label="Đếm từ công khai, xóa từ hiếm", run=upkeep.tend, every=EVERY_HOUR, lane=LONG),
    Job(
        name="propose_royalties",
        label="Đề xuất nhuận bút cho các bài vừa đăng",
        run=lambda on: proposing.propose_due(on=on),
        every=EVERY_FEW_MINUTES,
        lane=LONG,
    ),
    Job(
        name="tell_of_unclaimed_royalties",
        label="Báo Cơ quan Thường trực nhuận bút, thù lao còn treo",
        run=lambda on: unclaimed.tell(on=on),
        daily_at=time(7, 4),
    ),
    Job(
        name="spread_changes",
        label="Giao những gì vừa đăng, đính chính, gỡ cho người đăng ký nhận tin",
        run=lambda on: spreading.spread(on=on),
        every=EVERY_MINUTE,
        lane=LONG,
    ),
    Job(
        name="send_subscriptions",
        label="Viết thư tin cho người đăng ký đến lượt nhận",
        run=lambda on: sending.send_due(on=on),
        every=EVERY_MINUTE,
        lane=LONG,
    ),
    Job(
        name="look_up_sender",
        label="Tra SPF, DKIM, DMARC của tên miền gửi thư, khi đã đặt tên miền",
        run=lambda on: sender_records.look_up(on=on),
        every=EVERY_HOUR,
        lane=LONG,
    ),
    Job(
        name="verify_rights",
        label="Đối chiếu quyền của tài khoản với các phân công",
        run=nightly_checks.verify_rights,
        every=EVERY_HOUR,
        lane=LONG,
    ),
    Job(
        name="refresh_status",
        label="Tính lại hiệu lực của văn bản lúc nửa đêm",
        run=lambda on: lifecycle.refresh_status(on=on),
        daily_at=time(0, 0),
    ),
    Job(
        name="name_responsible",
        label="Chân trang nêu người chịu trách nhiệm nội dung của ngày mới",
        run=lambda on: posts.name_responsible(on),
        daily_at=time(0, 0),
    ),
    Job(
        name="refresh_dossiers",
        label="Tính lại hạn trả của hồ sơ chưa xong theo lịch và thời hạn hiện nay",
        run=lambda on: dossiers.refresh(),
        daily_at=time(1, 0),
        lane=LONG,
    ),
    Job(
        name="renew_citations",
        label="Tìm lại văn bản cho các trích dẫn chưa có liên kết",
        run=lambda on: reading.renew(on=on),
        daily_at=time(1, 30),
        lane=LONG,
    ),
    Job(
        name="daily_tips",
        label="Ghi và gửi đầu chuỗi niêm phong của ngày",
        run=lambda on: tips.write_daily_tips(on=on),
        daily_at=time(0, 10),
    ),
    Job(
        name="back_up",
        label="Sao lưu cơ sở dữ liệu, tệp, kho lưu trữ, niêm phong, rồi đọc lại để kiểm tra",
        run=lambda on: backing_up.back_up(on=on),
        daily_at=time(1, 40),
        lane=LONG,
    ),
    Job(
        name="purge_orphans",
        label="Dọn tệp lưu trữ không còn bản ghi",
        run=lambda on: copies.purge_orphans(),
        daily_at=time(2, 0),
        lane=LONG,
    ),
    Job(
        name="purge_orphan_files",
        label="Dọn tệp tải lên không còn bản ghi",
        run=lambda on: scans.purge_orphans(),
        daily_at=time(2, 10),
        lane=LONG,
    ),
    Job(
        name="verify_archive",
        label="Đối chiếu mã băm của kho lưu trữ",
        run=nightly_checks.verify_archive,
        daily_at=time(2, 30),
        lane=LONG,
        in_steps=True,
    ),
    Job(
        name="purge_mail",
        label="Xóa nội dung thư đã gửi quá 30 ngày",
        run=lambda on: mail.purge(on=on),
        daily_at=time(2, 45),
        lane=LONG,
    ),
    Job(
        name="purge_reminders",
        label="Xóa ghi nhận lần nhắc việc đã quá một năm của việc đã xong",
        run=lambda on: reminders.purge_old(on=on),
        daily_at=time(2, 47),
        lane=LONG,
    ),
    Job(
        name="count_visits",
        label="Cộng lượt truy cập của tháng theo từng trang",
        run=lambda on: visits.count_up(on=on),
        every=EVERY_HOUR,
        lane=LONG,
    ),
    Job(
        name="purge_preview_answers",
        label="Xóa tên người ngoài đã cho ý kiến về bản nháp quá một năm",
        run=lambda on: preview_answers.purge(on=on),
        daily_at=time(2, 44),
        lane=LONG,
    ),
    Job(
        name="merge_visits",
        label="Gộp lượt truy cập theo ngày đã quá ba tháng thành theo tháng",
        run=lambda on: visits.merge_old(on=on),
        daily_at=time(2, 46),
        lane=LONG,
    ),
    Job(
        name="merge_redirect_uses",
        label="Gộp lượt chuyển hướng theo ngày đã quá ba tháng thành theo tháng",
        run=lambda on: redirects.merge_uses(on=on),
        daily_at=time(2, 47),
        lane=LONG,
    ),
    Job(
        name="purge_opinions",
        label="Xóa lời người đọc viết thêm về trang đã quá nửa năm",
        run=lambda on: opinions.purge(on=on),
        daily_at=time(2, 49),
        lane=LONG,
    ),
    Job(
        name="merge_uses",
        label="Gộp lượt sử dụng, đánh giá theo ngày đã quá hai năm thành theo tháng",
        run=lambda on: usage_terms.merge_old(on=on),
        daily_at=time(2, 48),
        lane=LONG,
    ),
    Job(
        name="verify_audit",
        label="Đối chiếu chuỗi niêm phong của nhật ký kiểm tra",
        run=nightly_checks.verify_audit,
        daily_at=time(2, 50),
        lane=LONG,
    ),
    Job(
        name="purge_submissions",
        label="Bỏ dấu của các biểu mẫu đã gửi quá 7 ngày",
        run=lambda on: idempotency.purge(on=on),
        daily_at=time(2, 55),
        lane=LONG,
    ),
    Job(
        name="purge_contacts",
        label="Xóa thông tin liên hệ của người dân khi hết thời hạn giữ",
        run=lambda on: retention.purge_contacts(on=on),
        daily_at=time(3, 20),
        lane=LONG,
    ),
    Job(
        name="purge_subscriptions",
        label="Xóa đăng ký nhận tin chưa xác nhận, hết hạn; hỏi lại người nhận tin đã lâu",
        run=lambda on: subscription_terms.purge(on=on),
        daily_at=time(3, 22),
        lane=LONG,
    ),
    Job(
        name="purge_payees",
        label="Xóa thông tin nhận tiền của người hưởng nhuận bút khi hết thời hạn giữ",
        run=lambda on: payees.purge(on=on),
        daily_at=time(3, 25),
        lane=LONG,
    ),
    Job(
        name="prune_gone",
        label="Xóa mục quá hạn trong sổ những gì đã gỡ, đã xóa, đã thu hồi",
        run=prune_journals,
        daily_at=time(3, 15),
        lane=LONG,
    ),
    Job(
        name="clear_sessions",
        label="Xóa phiên đăng nhập, số lần thử, yêu cầu và văn bản giữ lại đã quá hạn",
        run=clear_sessions,
        daily_at=time(3, 0),
        lane=LONG,
    ),
]
