"""Sends an edit form of the admin whole, as a browser would."""

from wagtail.fields import StreamField
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, streamfield

FORM_ID = "page-edit-form"


def send(client, address: str, model, *, host: str = "localhost", **changes):
    """Fetch a create or edit form, change some of its fields, post it; return the answer.

    Stream fields, which the browser's scripts draw, are sent empty unless `changes` names them (`streamfield([...])`).
    """
    return client.post(address, form_of(client, address, model, host=host, **changes), HTTP_HOST=host)


def form_of(client, address: str, model, *, host: str = "localhost", **changes):
    """Fetch a create or edit form; return what `send` posts."""
    html = client.get(address, HTTP_HOST=host).content.decode()
    data = querydict_from_html(html, form_id=FORM_ID)
    streams = {field.name: streamfield([]) for field in model._meta.get_fields() if isinstance(field, StreamField)}
    data.update(nested_form_data({**streams, **changes}))
    return data
