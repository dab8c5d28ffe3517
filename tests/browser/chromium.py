"""Chromium, as the machine has it: for the browser's stories and for tools that know nothing of Django."""

from contextlib import contextmanager

import debian
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@contextmanager
def chromium():
    """Start the browser, end it."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=debian.browser(), args=FLAGS)
        yield started
        started.close()
