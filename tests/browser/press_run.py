"""Presses the screens of a city in one browser, each as somebody who may open it."""

from collections.abc import Iterable

from playwright.sync_api import Error

from tests.browser.presser import Presser, Report, Screen, Window


class Run:
    """The windows of a city's people, opened when they are wanted, and one report of all that was pressed.

    `is_sample`: of each sort of control one in each state of a form.
    """

    def __init__(self, browser, city: dict, *, is_sample: bool = False):
        self.browser, self.city, self.is_sample = browser, city, is_sample
        self.report, self.known, self.windows = Report(), set(), {}

    def window(self, role: str) -> Window:
        """The window of somebody with a role, signed in."""
        if role not in self.windows:
            cookies = [{**cookie, "url": self.city["url"]} for cookie in self.city["sessions"][role]]
            self.windows[role] = Window(self.browser, self.city["url"], cookies)
        return self.windows[role]

    def press(self, screens: Iterable[dict]) -> Report:
        """Press each screen; one on which the test itself stumbles is named among the troubles."""
        for given in screens:
            screen = Screen(**given)
            try:
                window = self.window(screen.role)
                Presser(window, self.report, self.known, is_sample=self.is_sample).press_all(screen)
            except Error as error:
                self.report.trouble.append(f"{screen}: dừng giữa chừng: {str(error)[:200]}")
                self.windows.pop(screen.role).context.close()
        return self.report
