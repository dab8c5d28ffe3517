from django.contrib.auth.management.commands import createsuperuser

from accounts.models import User
from accounts.signin.passwords import demand_change


class Command(createsuperuser.Command):
    """Django's command; whoever uses the account first chooses a password that its maker does not know."""

    def handle(self, *args, **options):
        before = set(User.objects.values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in User.objects.exclude(pk__in=before):
            demand_change(user)
