"""Single sign-on of staff by OpenID Connect, beside the password and never in its place; off unless it is set up.

1. `offered.py` says whether there is a provider, and what a person is shown who could not come in by it.
2. `joining.py`: a person who is in joins their account at the provider to their own; it ends with their last
   appointment, with a password chosen by a link, by themselves or by the technical administrator.
3. `provider.py` sends a browser to the provider and takes its answer once; `client.py` asks the provider (Authlib, of
   `requirements-sso.txt`, imported only where one is set up).
4. `views.py`: to the provider, back from it, joining, and signing out there too.

A sign-in makes no account and gives no right: appointments alone do (decision 0099).
"""
