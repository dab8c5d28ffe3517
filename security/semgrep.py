"""What the rules of semgrep.yml find (`ruleid`) and what they do not (`ok`); `semgrep --test` compares. Never run."""
# ruff: noqa

# ruleid: mark-safe
mark_safe(title)
# ok: mark-safe
format_html("<b>{}</b>", title)

# ruleid: raw-sql
LegalDocument.objects.raw("SELECT 1")
# ruleid: raw-sql
rows.extra(where=["1=1"])
# ok: raw-sql
rows.filter(number=1)

# ruleid: sql-from-parts
cursor.execute(f"DELETE FROM {table}")
# ruleid: sql-from-parts
cursor.execute("SELECT * FROM a WHERE b = '%s'" % word, [])
# ruleid: sql-from-parts
cursor.execute("SELECT * FROM a WHERE b = '{}'".format(word))
# ok: sql-from-parts
cursor.execute("SELECT * FROM a WHERE b = %s", [word])

# ruleid: csrf-exempt
@csrf_exempt
def form(request):
    return request


# ok: csrf-exempt
@require_safe
def page(request):
    return request


# ruleid: process-started
subprocess.run(["ls"])
# ruleid: process-started
os.system("ls")
# ok: process-started
os.getpid()

# ruleid: process-started, shell
subprocess.run("ls", shell=True)
# ruleid: shell
start("ls", shell=True)
# ok: shell
start("ls", shell=False)

# ruleid: no-timeout, asks-another-machine
requests.get("https://example.invalid/")
# ruleid: asks-another-machine
requests.get("https://example.invalid/", timeout=3)
# ruleid: no-timeout, asks-another-machine
urllib.request.urlopen("https://example.invalid/")
# ruleid: no-timeout, asks-another-machine
socket.create_connection(("example.invalid", 80))
# ruleid: no-timeout
smtplib.SMTP("example.invalid")
# ok: no-timeout
smtplib.SMTP("example.invalid", timeout=5)

# ruleid: code-from-data
eval(word)
# ruleid: code-from-data
pickle.loads(data)
# ok: code-from-data
json.loads(data)

# ruleid: unscoped-query
LegalDocument.objects.all()
# ruleid: unscoped-query
get_object_or_404(TakeDown, pk=key)
# ruleid: unscoped-query
get_object_or_404(TakeDown.objects.select_related("site"), pk=key)
# ok: unscoped-query
portal_sites_of(user).filter(pk=key)


def take_down(request, key):
    # ok: unscoped-query
    row = get_object_or_404(TakeDown, pk=key)
    demand_works_on(request.user, row.site)
    return row


# ruleid: gate-opened
with open_gate("publish"):
    pass

# ruleid: way-back-from-the-request
redirect(request.GET["next"])
# ruleid: way-back-from-the-request
HttpResponseRedirect(request.POST.get("next"))
# ok: way-back-from-the-request
redirect(reverse("home_sites"))
