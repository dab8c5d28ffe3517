from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "Duyệt, gỡ bỏ, lưu trữ"

    def ready(self):
        from accounts.appointments import register_after_end
        from accounts.signin import links
        from base.admin.edit_conflict import register_use
        from base.admin.patches.wagtail_mail import register_outcome
        from base.audit.actions import register_lookup, register_values
        from base.models.files import register_waiting
        from base.operations import throttle, upgrading
        from base.operations.health import register_check

        from . import deadlines, notice_kinds, seeding
        from .archive import retention
        from .dashboard import own_bundles, own_work
        from .deadlines import acting, boards, calendar_changes, reminders
        from .drafts import previews
        from .models import (
            ArchivalUnpublishTask,
            CalendarDay,
            DeadlinePause,
            EditorialApprovalTask,
            RecordChange,
            TakeDown,
        )
        from .publishing import approval, declared_files, handover, redirects, review_facts, takedown, what_waits
        from .publishing.bundles import in_hand
        from .translations import marks
        from .upkeep import live_checks, review_dates

        # The tasks ask the process modules, which import the models; so they are set here, explicitly.
        EditorialApprovalTask.policy = approval
        ArchivalUnpublishTask.policy = takedown
        register_after_end(handover.hand_over)
        register_outcome(review_facts.outcome)
        links.register_calendar(deadlines.workdays_after)
        register_waiting(declared_files.waiting_versions)
        deadlines.register_after_move(reminders.tell_moved)
        # What a person declared accurate is not written over, whether it went alone, in a batch or in a dossier.
        register_use(approval.is_declared_version)
        register_use(previews.is_linked_version)
        redirects.register_counting()
        register_check("calendar", reminders.check_calendar)
        boards.register()
        approval.register_after_publication(previews.note_published)
        approval.register_after_publication(live_checks.remove_findings)
        approval.register_after_publication(review_dates.note_published)
        approval.register_after_publication(marks.note_published)
        acting.register_subject("workflows.ReviewDate", address=review_dates.address_of)
        acting.register_subject("base.TranslationMark", address=marks.address_of)
        acting.register_subject("workflows.PublicationBundle", people=in_hand, address=own_bundles.address_of)
        throttle.register_addresses(beginnings={previews.PATH: "preview"})
        register_values("act", RecordChange.Act.choices)
        register_values("category", DeadlinePause.Category.choices)
        register_values("ground", TakeDown.Ground.choices)
        register_values("kind", CalendarDay.Kind.choices)
        register_lookup("class", retention.label_of)
        upgrading.register_step(seeding.add_new_rules)
        what_waits.register()
        calendar_changes.register()
        notice_kinds.register()
        own_work.register_own_work()
