"""What a site's people can put into their own calendar: events, reception days, the leaders' working schedules.

1. `receptions.py`: on which days leaders receive citizens, moved around days off by the working calendar.
2. `events.py`: the public events of a site, read from the public index.
3. `months.py`: both as one month for readers.
4. `lines.py`: any of them as iCalendar (RFC 5545); `schedules.py`: the working schedules of a section.
"""
