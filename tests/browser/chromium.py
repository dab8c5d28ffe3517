"""Chromium, as the machine has it: for the browser's stories and for tools that know nothing of Django."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@contextmanager
def chromium():
    """Start the browser, end it."""
    with sync_playwright() as driver:
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        started = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield started
        started.close()
