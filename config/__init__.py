"""Wiring: settings, addresses, the WSGI application. Imported by no other room."""
