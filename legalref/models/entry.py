"""The register's own index: one row for each public document, with its words and what the list filters and sorts by.

It stands apart from Wagtail's index, so that publishing a page costs the same beside any number of documents.
"""

from collections.abc import Callable, Iterable
from datetime import date

from django.db import connection, models
from django.db.models import Case, F, Func, Q, Value, When

from base.files.kinds import LONGEST, kinds_of
from base.models import PortalFile, PortalSite
from base.models.tokens import TokensField
from base.public.index import removals
from base.queries import sql
from vietnam import text
from vietnam.analysis import tokens

# A document without a date of issue comes after all others.
NO_DATE = date(1, 1, 1)
# Longer texts are searched by their beginning.
LONGEST_TEXT = 400_000
# Behind a word of a query that is only begun.
BEGUN = "*"


@TokensField.register_lookup
class Holds(models.Lookup):
    """Answer whether every term stands among the tokens: `words__holds=[["dat169", "dat"], ["dai9", "dai"]]`.

    A term is a list of alternatives (`vietnam.equivalents.Wanted`): letters and digits only, with BEGUN behind one
    that is the beginning of a word, and blanks between several that all must be there.
    """

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        condition, wanted = holding(self.lhs.target.column, self.rhs, compiler.quote_name_unless_alias(self.lhs.alias))
        return condition, [wanted]


def holding(column: str, terms: list[list[str]], entry: str = "legalref_registerentry") -> tuple[str, str]:
    """Return the written condition that a column of an entry holds every term, as `Holds`, and its one parameter."""
    if connection.vendor == "postgresql":
        wanted = " & ".join("(" + " | ".join(_all(words, _lexeme, " & ") for words in term) + ")" for term in terms)
        return f"{entry}.{column} @@ %s::tsquery", wanted
    wanted = " AND ".join("(" + " OR ".join(_all(words, _string, " AND ") for words in term) + ")" for term in terms)
    found = "SELECT rowid FROM legalref_registerwords_fts WHERE legalref_registerwords_fts MATCH %s"
    return f"{entry}.document_id IN ({found})", f"{column} : ({wanted})"


def key_of(document: int) -> str:
    """Return the key under which it is noted that a document went (`base/public/index/removals.py`)."""
    return f"document:{document}"


class RegisterEntry(models.Model):
    """What the register's list and search know of a public document; without a row a document is never found.

    `title` holds the tokens of number, type, subject and issuers, `words` those and the tokens of its text and its
    files, whose kinds are in `file_kinds` ("pdf word"). `signer`: the name and, on a second line, the position.
    `issued_on` is NO_DATE where none is known; `number_order` is 0 without a number.
    """

    document = models.OneToOneField(
        "legalref.LegalDocument", primary_key=True, on_delete=models.CASCADE, related_name="entry"
    )
    owner_site = models.ForeignKey(PortalSite, on_delete=models.CASCADE, related_name="+")
    for_components = models.BooleanField()
    document_type = models.ForeignKey("legalref.DocumentType", on_delete=models.CASCADE, related_name="+")
    main_issuer = models.ForeignKey("legalref.IssuingBody", on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField(null=True, db_index=True)
    field = models.CharField(max_length=120, blank=True, db_index=True)
    status = models.CharField(max_length=20)
    rank = models.PositiveSmallIntegerField()
    issued_on = models.DateField()
    number_order = models.PositiveBigIntegerField()
    file_kinds = models.CharField(max_length=LONGEST, blank=True)
    signer = models.CharField(max_length=301, blank=True, db_default="")
    title = TokensField(null=True)
    words = TokensField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "mục của sổ văn bản"
        verbose_name_plural = "mục của sổ văn bản"
        indexes = [models.Index(fields=["-issued_on", "-document"], name="register_newest_first")]

    def __str__(self):
        return str(self.document)

    @classmethod
    def store(cls, documents: Iterable) -> None:
        """Write the entries of public documents anew, each with its stored status, and make the change known.

        Wants document_type, main_issuer and stored_status of each document with it.
        """
        entries = [_entry(document) for document in documents]
        if not entries:
            return
        names = [field.name for field in cls._meta.fields if not field.primary_key]
        cls.objects.bulk_create(entries, update_conflicts=True, unique_fields=["document"], update_fields=names)
        if connection.vendor == "sqlite":
            _remove_words([entry.document_id for entry in entries])
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO legalref_registerwords_fts (rowid, title, words) VALUES (%s, %s, %s)",
                    [(row.document_id, " ".join(row.title), " ".join(row.words)) for row in entries],
                )
        RegisterVersion.raise_value()

    @classmethod
    def tokens_of(cls, keys: Iterable[int]) -> list[tuple[list[str], list[str]]]:
        """Return the tokens of title and words of each of some documents."""
        if connection.vendor == "postgresql":
            columns = [Func("title", function="tsvector_to_array"), Func("words", function="tsvector_to_array")]
            return list(cls.objects.filter(pk__in=list(keys)).values_list(*columns))
        with connection.cursor() as cursor:
            marks = ", ".join(str(int(key)) for key in keys)
            cursor.execute(f"SELECT title, words FROM legalref_registerwords_fts WHERE rowid IN ({marks})")
            return [(title.split(), words.split()) for title, words in cursor.fetchall()]

    @classmethod
    def store_status(cls, document_id: int, status) -> None:
        """Take over the status of a document into its entry, if it has one."""
        if cls.objects.filter(document=document_id).update(status=status.code, rank=status.rank):
            RegisterVersion.raise_value()

    @classmethod
    def remove(cls, keys: Iterable[int]) -> None:
        """Take documents out of the register's list and search: they are no longer public, which stays noted."""
        keys = list(keys)
        public = cls.objects.filter(document__in=keys).values_list("document", "owner_site", "document__language_code")
        removals.note((key_of(key), language, "legalref.LegalDocument", site) for key, site, language in list(public))
        if cls.objects.filter(document__in=keys).delete()[0]:
            if connection.vendor == "sqlite":
                _remove_words(keys)
            RegisterVersion.raise_value()


class RegisterVersion(models.Model):
    """How often the entries of the register have changed, in one row; the indexes in memory are marked with it."""

    value = models.PositiveBigIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "phiên bản của sổ văn bản"
        verbose_name_plural = "phiên bản của sổ văn bản"

    def __str__(self):
        return str(self.value)

    @classmethod
    def current(cls) -> int:
        rows = sql.read("SELECT value FROM legalref_registerversion ORDER BY id LIMIT 1")
        return rows[0][0] if rows else 0

    @classmethod
    def raise_value(cls) -> None:
        """Record that entries, or the register they are in, have changed."""
        if not cls.objects.update(value=F("value") + 1):
            cls.objects.get_or_create(pk=1, defaults={"value": 1})


def belongs_to(site: PortalSite, marked: list[int] | None = None) -> Q:
    """Return the condition for entries of a site's register, the same as `LegalDocumentQuerySet.on_site`.

    `marked`: the documents of other sites that were put on it, when already read.
    """
    condition = Q(owner_site=site) | Q(document__in=marked_from_elsewhere(site) if marked is None else marked)
    if site.parent_id:
        condition |= Q(owner_site_id=site.parent_id, for_components=True)
    return condition


def marked_from_elsewhere(site: PortalSite):
    """Return the keys of the documents of other sites that were put on this one, as a query."""
    return site.site_documents.exclude(document__owner_site=site).values("document_id")


def _all(words: str, written: Callable[[str], str], both: str) -> str:
    """Return one alternative: a word, or several in brackets."""
    tokens = [written(word) for word in words.split()]
    return tokens[0] if len(tokens) == 1 else f"({both.join(tokens)})"


def _lexeme(word: str) -> str:
    return f"'{word.removesuffix(BEGUN)}'" + (":*" if word.endswith(BEGUN) else "")


def _string(word: str) -> str:
    return f'"{word.removesuffix(BEGUN)}"' + ("*" if word.endswith(BEGUN) else "")


def _entry(document) -> RegisterEntry:
    status = document.status
    in_files, file_kinds = _files_of(document)
    title = tokens(
        " ".join(
            [
                document.name,
                document.symbol_as_printed,
                document.subject,
                document.main_issuer.name,
                *(body.name for body in document.co_issuers.all()),
            ]
        )
    )
    inside = " ".join(
        [document.field, document.sector, document.signer_name, document.full_text[:LONGEST_TEXT], in_files]
    )
    marks = marks_of(document)
    digits = document.number_key.split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")
    return RegisterEntry(
        document_id=document.pk,
        owner_site_id=document.owner_site_id,
        for_components=document.for_components,
        document_type_id=document.document_type_id,
        main_issuer_id=document.main_issuer_id,
        year=document.year,
        field=document.field,
        status=status.code,
        rank=status.rank,
        issued_on=document.issued_on or NO_DATE,
        number_order=int(digits[:18]) if digits.isdecimal() else 0,
        file_kinds=file_kinds,
        signer=signer_of(document),
        title=title | marks,
        words=title | marks | tokens(inside),
    )


def signer_of(document) -> str:
    """Return who signed a document as its entry has it: name and position, a line each; empty without a name."""
    name, position = (" ".join(words.split()) for words in (document.signer_name, document.signer_title))
    return f"{name}\n{position}".strip() if name else ""


# Before every mark; no word of a text begins so.
MARK = "zz"
TYPE_MARK, ISSUER_MARK, YEAR_MARK, MONTH_MARK, FIELD_MARK = "t", "i", "y", "m", "f"


def mark(kind: str, value) -> str:
    """Return the token that stands for a fact among the words of an entry: ("t", 12) -> "zzt12"."""
    return f"{MARK}{kind}{value if value else 0}"


def field_mark(field: str) -> str:
    """Return the token of a field: "Đất đai" -> "zzfdatdai"."""
    return mark(FIELD_MARK, text.slug(field).replace("-", ""))


def marks_of(document) -> set[str]:
    """Return the tokens by which the index of words knows type, issuer, year, month of issue and field."""
    issued_on = document.issued_on or NO_DATE
    return {
        mark(TYPE_MARK, document.document_type_id),
        mark(ISSUER_MARK, document.main_issuer_id),
        mark(YEAR_MARK, document.year),
        field_mark(document.field),
        mark(MONTH_MARK, f"{issued_on:%Y}"),
        mark(MONTH_MARK, f"{issued_on:%Y%m}"),
    }


def marks_of_months(first: date, last: date) -> list[str]:
    """Return the marks of the months from that of a day to the end of the year of another, whole years by theirs.

    Example: for 05/11/2019 and 03/02/2021 ["zzm201911", "zzm201912", "zzm2020", "zzm2021"].
    """
    months = [mark(MONTH_MARK, f"{first:%Y}{month:02}") for month in range(first.month, 13)]
    return months + [mark(MONTH_MARK, year) for year in range(first.year + 1, last.year + 1)]


def _files_of(document) -> tuple[str, str]:
    """What the files of a document say, as far as it was read by now, and their kinds; no query without files."""
    keys = {document.signed_file_id, *(row.file_id for row in document.document_files.all())} - {None}
    if not keys:
        return "", ""
    is_read = Q(stored_text__digest=F("digest"), stored_text__suspected_scheme="")
    says = Case(When(is_read, then=F("stored_text__text")), default=Value(""), output_field=models.TextField())
    files = list(PortalFile.objects.filter(pk__in=keys).order_by("pk").values_list("file", says))
    return "\n".join(text for _name, text in files if text)[:LONGEST_TEXT], kinds_of(name for name, _text in files)


def _remove_words(keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM legalref_registerwords_fts WHERE rowid = %s", [(key,) for key in keys])
