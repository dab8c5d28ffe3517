"""One-time links for accounts: they die with the right they were sent for."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class OneTimeLink(PasswordResetTokenGenerator):
    """A link that is void once it was used, once the account has signed in, and once a right of the person ended."""

    key_salt = "accounts.tokens.OneTimeLink"

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.credentials_epoch}{user.is_active}"


activation_token = OneTimeLink()
