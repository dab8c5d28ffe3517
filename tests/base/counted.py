"""What browsers, programs and forgers send to the counter, as WSGI environments."""

from io import BytesIO

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def a_view(page, *, kind="view", agent=BROWSER, address="192.0.2.1", **changed) -> dict:
    """The POST of `static/js/usage.js`; `changed`: other values of the environment, None leaves one out."""
    body = f"trang={page}&loai={kind}".encode()
    return _without_none(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/luot-su-dung/",
            "QUERY_STRING": "",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": address,
            "HTTP_USER_AGENT": agent,
            "HTTP_ORIGIN": "http://localhost",
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "HTTP_SEC_FETCH_MODE": "cors",
            "HTTP_SEC_FETCH_DEST": "empty",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            **changed,
        }
    )


def a_point(page, *, kind="view", agent=BROWSER, address="192.0.2.1", **changed) -> dict:
    """The picture of one point that a browser without scripts loads."""
    return _asked("/luot-su-dung/", f"trang={page}&loai={kind}", "image", "no-cors", agent, address, changed)


def a_click(path, *, query="", agent=BROWSER, address="192.0.2.1", **changed) -> dict:
    """A link on a page of ours that somebody follows."""
    return _asked(path, query, "document", "navigate", agent, address, changed)


def _asked(path, query, destination, mode, agent, address, changed) -> dict:
    return _without_none(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": address,
            "HTTP_USER_AGENT": agent,
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "HTTP_SEC_FETCH_MODE": mode,
            "HTTP_SEC_FETCH_DEST": destination,
            "wsgi.input": BytesIO(),
            **changed,
        }
    )


def _without_none(environ: dict) -> dict:
    return {name: value for name, value in environ.items() if value is not None}
