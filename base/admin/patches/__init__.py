"""Changes of Wagtail's own behaviour, each with the version it is made for and when it can go."""
