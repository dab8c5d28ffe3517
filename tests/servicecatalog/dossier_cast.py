"""Updates of dossiers for tests: histories as a one-stop system would tell them, and any others."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from servicecatalog.dossiers.updates import Update
from servicecatalog.models import Channel, DossierStatus

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CODE = "H01.24.07-200605-0001"


def at(day: int, hour: int = 9, month: int = 6) -> datetime:
    """A moment of 2020 in Việt Nam."""
    return datetime(2020, month, day, hour, tzinfo=VIETNAM)


def update(status: int | None, moment: datetime, key: str = "", code: str = CODE, **fields) -> Update:
    """One update; its key is its state and moment unless one is given."""
    return Update(key=key or f"{status or 'thu'}-{moment:%m%d%H%M}", code=code, at=moment, status=status, **fields)


def history(*steps: tuple, code: str = CODE, **first) -> list[Update]:
    """Updates of (state, day of June 2020) pairs at nine o'clock; `first`: what the first of them says besides."""
    return [
        update(status, at(day), key=f"{place}", code=code, **(first if place == 0 else {}))
        for place, (status, day) in enumerate(steps)
    ]


def code(number: int, day: date = date(2020, 6, 5)) -> str:
    """The code of the n-th dossier of a day."""
    return f"H01.24.07-{day:%y%m%d}-{number:04}"


@st.composite
def any_update(draw, place: int) -> Update:
    """Any update at all: a step or a letter, at any hour of three months."""
    moment = at(1) + timedelta(hours=draw(st.integers(0, 24 * 90)))
    days = st.none() | st.integers(0, 40).map(lambda n: moment.date() + timedelta(days=n))
    if draw(st.integers(0, 9)) == 0:
        day = moment.date() + timedelta(days=draw(st.integers(0, 40)))
        return update(None, moment, key=f"k{place}", reappointed_on=day)
    return update(
        draw(st.sampled_from(DossierStatus.values)),
        moment,
        key=f"k{place}",
        sequence=draw(st.integers(0, 2)),
        promised_on=draw(days),
        channel=draw(st.sampled_from(["", *Channel.values])),
    )


@st.composite
def any_history(draw, most: int = 12) -> list[Update]:
    """Up to `most` updates of one dossier, in any order, whether or not they make sense.

    A walk that mostly follows the table, so that the later states are reached as well, with strays between.
    """
    updates, moment, state = [], at(1), draw(st.sampled_from([1, 2]))
    usual = {1: [2, 2, 3, 7], 2: [4, 4, 5, 7], 4: [5, 6, 8, 9, 9], 5: [4, 4, 7, 8], 6: [4, 4, 7], 9: [10]}
    for place in range(draw(st.integers(0, most))):
        if draw(st.integers(0, 3)) == 0:
            updates.append(draw(any_update(place)))
            continue
        days = draw(st.none() | st.integers(0, 30))
        promised = None if days is None else moment.date() + timedelta(days=days)
        updates.append(
            update(state, moment, key=f"k{place}", promised_on=promised, channel=draw(st.sampled_from(Channel.values)))
        )
        moment += timedelta(hours=draw(st.integers(0, 24 * 12)))
        state = draw(st.sampled_from(usual.get(state, [1, 2, 4, 9])))
    return draw(st.permutations(updates))
