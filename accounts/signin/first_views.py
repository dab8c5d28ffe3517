"""The screen that makes the first accounts: open by its link while there is no account, closed afterwards."""

from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils import timezone

from base.gate import Refused

from . import first_accounts, links
from .forms import FirstAccountsForm
from .password_views import LINK_TOKEN, MASKED
from .screens import Screen


class FirstAccountsView(Screen):
    """Asks for two people; then shows each one's link to choose a password, once."""

    without_version = "There is no account yet."

    def dispatch(self, request, token):
        given = request.session.get(LINK_TOKEN, "") if token == MASKED else token
        if not first_accounts.opens(given):
            self.session, self.now = None, timezone.now()
            return self.show("first_closed", status=410)
        if token != MASKED:
            # From the address into the session: no log and no page keeps it.
            request.session[LINK_TOKEN] = token
            return HttpResponseRedirect(request.path.replace(token, MASKED))
        return super().dispatch(request, token)

    def get(self, request, token):
        return self.show("first", form=FirstAccountsForm())

    def post(self, request, token):
        form = FirstAccountsForm(request.POST)
        if form.is_valid():
            try:
                made = first_accounts.create(form.people())
            except Refused:
                return self.show("first_closed", status=410)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                request.session.pop(LINK_TOKEN, None)
                return self.show("first_done", people=[(person, links.activation_link(person)) for person in made])
        return self.show("first", form=form)
