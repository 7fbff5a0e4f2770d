"""The secretariat's pages about money that comes by hand: gifts, sponsors, companies, grants."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations.approve_offline_gift import approve_offline_gift, donation_of
from donations.cancel_company_gift import cancel_company_gift
from donations.forms.money import (
    CompanyGiftForm,
    GrantForm,
    InvoiceForm,
    OfflineGiftForm,
    ReceivingAccountForm,
    SponsorFundForm,
    WordsForm,
)
from donations.invoice_company import invoice_company
from donations.models import CompanyGift, Grant, Invoice, OfflineGift, Organisation, SponsorFund
from donations.money_queries import alike, funds_with_yen, money_waiting
from donations.note_offline_gift import HandedOver, note_offline_gift
from donations.open_sponsor_fund import open_sponsor_fund
from donations.promise_company_gift import Company, promise_company_gift
from donations.promise_grant import Promise, promise_grant
from donations.reject_offline_gift import reject_offline_gift
from donations.set_receiving_account import AccountFacts, set_receiving_account
from kernel.clock import today
from kernel.errors import Refused
from programs.entering import entrance
from programs.models import Role

LINES = 50


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], Any]) -> tuple[Any, int]:
    """What `act` answers to the typed form, and the page's status. None: the form says what is wrong."""
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 422
    try:
        return act(form.cleaned_data), 200
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None, refusal.status


def fresh() -> dict[str, Any]:
    """What an empty form begins with: its key, and today."""
    on = today()
    return {"request_key": uuid4(), "received_on": on, "promised_on": on, "issued_on": on}


@entrance(Role.OFFICE)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits about money, and where it is done."""
    return render(request, "donations/money/home.html", {"waiting": money_waiting(), "here": "money"})


@entrance(Role.OFFICE)
@require_GET
def gifts(request: HttpRequest) -> HttpResponse:
    """Gifts by hand, those that wait first."""
    found = OfflineGift.objects.select_related("campaign", "noted_by__user", "decided_by__user")
    waiting = found.filter(state=OfflineGift.State.WAITING).order_by("id")
    decided = found.exclude(state=OfflineGift.State.WAITING).order_by("-decided_at", "-id")
    page = Paginator(decided, LINES).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page": page, "here": "gifts"}
    return render(request, "donations/money/gifts.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def gift_new(request: HttpRequest) -> HttpResponse:
    """Note a gift that came by hand."""
    form = OfflineGiftForm(request.POST or None, initial=fresh())

    def act(said: dict[str, Any]) -> OfflineGift:
        names = ("amount_yen", "received_on", "way", "donor_name", "email", "reference")
        gift = HandedOver(**{name: said[name] for name in names})
        actor = request.actor  # type: ignore[attr-defined]
        return note_offline_gift(
            campaign=said["campaign"], gift=gift, request_key=said["request_key"], actor=actor
        )

    noted, status = attempt(form, act)
    if noted:
        messages.success(request, _("The gift is noted. Another person of the secretariat books it."))
        return redirect("money-gifts", request.program.slug)  # type: ignore[attr-defined]
    return render(request, "donations/money/gift_new.html", {"form": form, "here": "gifts"}, status=status)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def gift(request: HttpRequest, gift_id: int) -> HttpResponse:
    """One gift by hand: what booking it would do; a second person books it."""
    found = OfflineGift.objects.select_related(
        "campaign__fund", "campaign__organisation__bank", "noted_by__user", "decided_by__user"
    )
    noted = get_object_or_404(found, pk=gift_id)
    form, status = WordsForm(), 200
    if request.method == "POST":
        try:
            approve_offline_gift(gift=noted, actor=request.actor)  # type: ignore[attr-defined]
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The gift is booked."))
            return redirect("money-gift", request.program.slug, noted.pk)  # type: ignore[attr-defined]
    return _draw_gift(request, noted, form, status)


def _draw_gift(request: HttpRequest, noted: OfflineGift, form: forms.Form, status: int) -> HttpResponse:
    context = {
        "gift": noted,
        "booking": donation_of(noted),
        "alike": alike(noted),
        "is_mine": noted.noted_by_id == request.actor.pk,  # type: ignore[attr-defined]
        "form": form,
        "here": "gifts",
    }
    return render(request, "donations/money/gift.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def gift_reject(request: HttpRequest, gift_id: int) -> HttpResponse:
    """Say that a gift is not booked."""
    found = OfflineGift.objects.select_related("campaign__fund", "campaign__organisation__bank")
    noted = get_object_or_404(found, pk=gift_id)
    form, actor = WordsForm(request.POST), request.actor  # type: ignore[attr-defined]
    done, status = attempt(
        form, lambda said: reject_offline_gift(gift=noted, reason=said["words"], actor=actor)
    )
    if done:
        messages.success(request, _("The gift is not booked. No money was moved."))
        return redirect("money-gifts", request.program.slug)  # type: ignore[attr-defined]
    return _draw_gift(request, noted, form, status)


@entrance(Role.OFFICE)
@require_GET
def companies(request: HttpRequest) -> HttpResponse:
    """Sponsor funds, and what companies promised."""
    found = CompanyGift.objects.select_related("fund").prefetch_related("invoices").order_by("-id")
    page = Paginator(found, LINES).get_page(request.GET.get("page"))
    context = {"funds": funds_with_yen(), "page": page, "here": "companies"}
    return render(request, "donations/money/companies.html", context)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def fund_new(request: HttpRequest) -> HttpResponse:
    """Open a sponsor fund."""
    form = SponsorFundForm(request.POST or None)
    opened, status = attempt(form, lambda said: open_sponsor_fund(**said, actor=request.actor))  # type: ignore[attr-defined]
    if opened:
        messages.success(request, _("The fund is open."))
        return redirect("money-companies", request.program.slug)  # type: ignore[attr-defined]
    context = {"form": form, "here": "companies", "has_organisation": Organisation.objects.exists()}
    return render(request, "donations/money/fund_new.html", context, status=status)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def company_new(request: HttpRequest) -> HttpResponse:
    """Note what a company promised."""
    form = CompanyGiftForm(request.POST or None, initial=fresh())

    def act(said: dict[str, Any]) -> CompanyGift:
        company = Company(said.pop("company"), said.pop("address"), said.pop("payer_kana"))
        return promise_company_gift(**said, company=company, actor=request.actor)  # type: ignore[attr-defined]

    promised, status = attempt(form, act)
    if promised:
        messages.success(request, _("The promise is noted. Send the invoice next."))
        return redirect("money-company", request.program.slug, promised.pk)  # type: ignore[attr-defined]
    context = {"form": form, "here": "companies", "has_fund": SponsorFund.objects.exists()}
    return render(request, "donations/money/company_new.html", context, status=status)


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest, company_gift_id: int) -> HttpResponse:
    """One company gift: its state, its invoice, and the form that makes one."""
    awaited = get_object_or_404(CompanyGift.objects.select_related("fund"), pk=company_gift_id)
    form = InvoiceForm(request.POST or None, initial=fresh())
    made, status = attempt(
        form,
        lambda said: invoice_company(gift=awaited, **said, actor=request.actor),  # type: ignore[attr-defined]
    )
    if made:
        messages.success(request, _("Invoice %(number)s is made.") % {"number": made.number})
        return redirect("money-invoice", request.program.slug, made.pk)  # type: ignore[attr-defined]
    invoice = Invoice.objects.filter(gift=awaited).first()
    context = {"gift": awaited, "invoice": invoice, "form": form, "here": "companies"}
    return render(request, "donations/money/company.html", context, status=status)


@entrance(Role.OFFICE)
@require_POST
def company_cancel(request: HttpRequest, company_gift_id: int) -> HttpResponse:
    """Call a company gift off."""
    awaited: CompanyGift = get_object_or_404(CompanyGift.objects, pk=company_gift_id)
    try:
        cancel_company_gift(gift=awaited, actor=request.actor)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The gift is called off. No money is awaited any more."))
    return redirect("money-company", request.program.slug, awaited.pk)  # type: ignore[attr-defined]


@entrance(Role.OFFICE)
@require_GET
def invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The invoice as it goes on paper."""
    made = get_object_or_404(Invoice.objects.select_related("account", "gift"), pk=invoice_id)
    return render(request, "donations/money/invoice.html", {"invoice": made})


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The bank account that invoices name."""
    first = Organisation.objects.order_by("id").first()
    newest = first.accounts.order_by("-id").first() if first else None
    names = ("bank_name", "branch_name", "sort", "number", "holder")
    form = ReceivingAccountForm(
        request.POST or None, initial={name: getattr(newest, name) for name in names} if newest else {}
    )

    def act(said: dict[str, Any]) -> Any:
        organisation = said.pop("organisation")
        facts, actor = AccountFacts(**said), request.actor  # type: ignore[attr-defined]
        return set_receiving_account(organisation=organisation, facts=facts, actor=actor)

    done, status = attempt(form, act)
    if done:
        messages.success(request, _("Invoices name this account from now on."))
        return redirect("money-companies", request.program.slug)  # type: ignore[attr-defined]
    context = {"form": form, "here": "companies", "has_organisation": bool(first)}
    return render(request, "donations/money/account.html", context, status=status)


@entrance(Role.OFFICE)
@require_GET
def grants(request: HttpRequest) -> HttpResponse:
    """Grants: what was promised, what came, what is awaited."""
    found = Grant.objects.select_related("fund").order_by("state", "-id")
    page = Paginator(found, LINES).get_page(request.GET.get("page"))
    return render(request, "donations/money/grants.html", {"page": page, "here": "grants"})


@entrance(Role.OFFICE)
@require_http_methods(["GET", "POST"])
def grant_new(request: HttpRequest) -> HttpResponse:
    """Note a signed promise."""
    form = GrantForm(request.POST or None, initial=fresh())

    def act(said: dict[str, Any]) -> Grant:
        key = said.pop("request_key")
        return promise_grant(promise=Promise(**said), request_key=key, actor=request.actor)  # type: ignore[attr-defined]

    noted, status = attempt(form, act)
    if noted:
        words = (
            _("The promise is booked. Coupons may be issued from it.")
            if noted.receivable_id
            else _("The promise is noted. Coupons may be issued when the money has come.")
        )
        messages.success(request, words)
        return redirect("money-grants", request.program.slug)  # type: ignore[attr-defined]
    context = {"form": form, "here": "grants", "has_organisation": Organisation.objects.exists()}
    return render(request, "donations/money/grant_new.html", context, status=status)
