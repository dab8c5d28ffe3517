"""The hour at which a version is to appear, once it has come."""


class ClearsMetHours:
    """For models with drafts: a version read again does not have an hour that the last publication has met.

    Wagtail keeps `go_live_at` in the version after it was published; an editor would see an hour of last year in the
    form, and every later version would carry it on.
    """

    def with_content_json(self, content):
        version = super().with_content_json(content)
        if version.go_live_at and self.last_published_at and version.go_live_at <= self.last_published_at:
            version.go_live_at = None
        return version
