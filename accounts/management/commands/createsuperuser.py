from django.contrib.auth.management.commands import createsuperuser
from django.core.exceptions import ValidationError

from ...models import User
from ...signin.passwords import demand_change


class Command(createsuperuser.Command):
    """Django's command; the first to use the account chooses a password that its maker does not know.

    A name is asked of `User.clean` as on the screens: a break-glass account reads like no other.
    """

    def handle(self, *args, **options):
        before = set(User.objects.values_list("pk", flat=True))
        super().handle(*args, **options)
        for user in User.objects.exclude(pk__in=before):
            demand_change(user)

    def _validate_username(self, username, verbose_field_name, database):
        problem = super()._validate_username(username, verbose_field_name, database)
        if problem:
            return problem
        try:
            User(username=User.normalize_username(username)).clean()
        except ValidationError as error:
            return " ".join(error.messages)
        return None
