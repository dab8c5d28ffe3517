import getpass

from django.contrib.auth.management.commands import changepassword
from django.utils import timezone

from ...models import PortalSession, User
from ...signin import sessions
from ...signin.passwords import demand_change


class Command(changepassword.Command):
    """Django's command; the person chooses another password at the next sign-in, and their sessions end."""

    def handle(self, *args, **options):
        done = super().handle(*args, **options)
        user = User.objects.get(username=options["username"] or getpass.getuser())
        demand_change(user)
        sessions.end_all(user, on=timezone.now(), why=PortalSession.End.CREDENTIALS)
        return done
