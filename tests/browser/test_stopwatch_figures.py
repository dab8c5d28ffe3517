"""The page of the figures has a row for every task, in order, and none takes more clicks than it may."""

from tests.browser.stopwatch import FIGURES, TASKS, read, told


def test_every_task_stands_there_once_and_none_takes_too_much():
    page = FIGURES.read_text(encoding="utf-8")
    figures = read(page)

    assert list(figures) == list(TASKS)
    assert told(figures) == page
    assert {name: one.clicks for name, one in figures.items() if one.clicks > one.most} == {}
    assert all(one.clicks == len(one.way.split(" → ")) for one in figures.values())
