"""Personal data of citizens: their term, requests about them, reports of what is wrong on a page (decision 0032).

1. `complaint_page` and `own_data` answer citizens below the page of questions: a report, a request, a copy.
2. `complaints` and `data_requests` receive, decide and carry out, within their deadlines.
3. `registers` says of every kind of record with a contact when it has ended; `retention` purges what has come due.
4. `covering` takes a sender's own data out of what stays.
"""
