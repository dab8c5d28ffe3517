"""The admin's screens of the number books: parse, call an action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import DISPATCH, WRITE
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.audit.trail import record
from base.authority import own_sites, portal_sites_of
from base.gate import Refused
from base.models import PortalSite
from base.tables.csv import download

from ..models import BookEntry, NumberBook
from . import numbering
from .forms import CancelNumberForm, HandOverForm, OpenBookForm, TakeNumberForm

PER_PAGE = 50


def sites_with_books(user):
    """Return the sites on which a user may take numbers."""
    allowed = [site.pk for site in portal_sites_of(user) if numbering.may_take(user, site)]
    return portal_sites_of(user).filter(pk__in=allowed)


def manages_books(user) -> bool:
    """Tell whether the books concern a user at all."""
    return any(numbering.may_take(user, site) for site in own_sites(user))


class Books:
    """Mixin: for those who may take numbers on some site; a book of another site is not there."""

    screen_access = holding(WRITE, DISPATCH)

    def dispatch(self, request, *args, **kwargs):
        if not manages_books(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def book(self) -> NumberBook:
        books = NumberBook.objects.select_related("issuer", "owner_site").prefetch_related("types")
        book = get_object_or_404(books, pk=self.kwargs["pk"])
        if not numbering.may_take(self.request.user, book.owner_site):
            raise Http404
        return book


class BookListView(Books, TemplateView):
    template_name = "legalref/admin/books.html"

    def get_context_data(self, **kwargs):
        sites = sites_with_books(self.request.user)
        books = NumberBook.objects.filter(owner_site__in=sites).select_related("issuer", "owner_site")
        return super().get_context_data(
            title="Sổ đăng ký văn bản",
            header_icon="list-ol",
            books=books.prefetch_related("types", "entries"),
            may_open=any(numbering.may_manage_books(self.request.user, site) for site in sites),
            **kwargs,
        )


class OpenBookView(Books, ActionView):
    form_class = OpenBookForm
    title = "Mở sổ đăng ký văn bản"
    header_icon = "list-ol"
    submit_label = "Mở sổ"
    success_message = "Đã mở sổ."
    without_version = "Something new; nothing is shown that could change."

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(),
            "sites": sites_with_books(self.request.user).filter(state__in=PortalSite.TAKING),
        }

    def call(self, form):
        values = form.cleaned_data
        self.opened = numbering.open_book(
            by=self.request.user, on=timezone.localdate(), **{**values, "types": list(values["types"])}
        )

    def get_success_url(self):
        return reverse("legalref_book", args=[self.opened.pk])


class BookView(Books, TemplateView):
    """One book: its numbers, newest first."""

    template_name = "legalref/admin/book.html"

    def get_context_data(self, **kwargs):
        entries = self.book.entries.select_related("document_type", "document", "cancellation").order_by("-number")
        user, today = self.request.user, timezone.localdate()
        page = Paginator(entries, PER_PAGE).get_page(self.request.GET.get("p"))
        for entry in page:
            entry.edit_url = edit_address(entry.document) if entry.document_id else ""
        return super().get_context_data(
            title="Sổ đăng ký văn bản",
            header_icon="list-ol",
            subject=str(self.book),
            book=self.book,
            page=page,
            may_cancel=numbering.may_manage_books(user, self.book.owner_site),
            is_current=self.book.year == today.year,
            may_open_next=self.book.year + 1 in (today.year, today.year + 1)
            and numbering.may_manage_books(user, self.book.owner_site),
            may_hand_over=numbering.may_hand_over(user),
            **kwargs,
        )


class TakeNumberView(Books, ActionView):
    form_class = TakeNumberForm
    title = "Lấy số"
    header_icon = "list-ol"
    submit_label = "Lấy số"
    without_version = "The book gives the next number at that moment; the form promises none."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "book": self.book}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.book), **kwargs)

    def call(self, form):
        self.entry = numbering.take_number(self.book, by=self.request.user, **form.cleaned_data)

    def get_success_message(self):
        return f"Đã lấy số {self.entry.symbol}."

    def get_success_url(self):
        return reverse("legalref_book", args=[self.book.pk])


class CancelNumberView(Books, ActionView):
    form_class = CancelNumberForm
    title = "Hủy số"
    header_icon = "bin"
    submit_label = "Hủy số"
    success_message = "Đã đánh dấu hủy số; số này không được cấp lại."

    def seen(self):
        """The number with its document."""
        return [self.entry]

    @cached_property
    def entry(self) -> BookEntry:
        return get_object_or_404(self.book.entries, number=self.kwargs["number"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.entry.symbol}, {self.book}", **kwargs)

    def call(self, form):
        numbering.cancel_number(self.entry, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return reverse("legalref_book", args=[self.book.pk])


class NextBookView(Books, View):
    """Open the same book for the year after."""

    without_version = "Opens the next year's book once; one that is there stays."

    def post(self, request, pk):
        try:
            opened = numbering.open_next_year(self.book, by=request.user, on=timezone.localdate())
        except (ValidationError, Refused) as error:
            for message in getattr(error, "messages", [str(error)]):
                messages.error(request, message)
            return redirect("legalref_book", self.book.pk)
        messages.success(request, f"Đã mở sổ năm {opened.year}.")
        return redirect("legalref_book", opened.pk)


class HandOverView(Books, ActionView):
    form_class = HandOverForm
    title = "Bàn giao sổ cho trang khác"
    header_icon = "list-ol"
    submit_label = "Bàn giao sổ"
    success_message = "Đã bàn giao sổ."

    def seen(self):
        """The book with its numbers."""
        return [self.book, [entry.pk for entry in self.book.entries.all()]]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.book), **kwargs)

    def call(self, form):
        numbering.hand_over(self.book, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("legalref_books")


class BookRegisterView(Books, View):
    """The year's book as a spreadsheet."""

    def get(self, request, pk):
        record("export.made", by=request.user, obj=self.book, site=self.book.owner_site)
        return download(numbering.register(self.book), f"so-van-ban-{self.book.year}-{self.book.pk}.xlsx")
