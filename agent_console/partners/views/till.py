"""The till: read a code, see what to hand over, capture once."""

from __future__ import annotations

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.intake.forms import KeyForm
from agent_console.staff.services import actor_of
from agent_console.wallet import vouchers
from agent_console.wallet.http import WalletError, WalletRefused
from agent_console.wallet.redemptions import VoucherState
from agent_console.wallet.vouchers import VoucherView
from service_kit import voucher_code
from service_kit.voucher_code import NotACode

from .. import texts
from ..access import at_the_till
from ..forms import ProblemForm
from ..models import Cashier
from ..selectors import is_own_voucher, is_slowed
from ..services import code_missed

# The scanner's decoder is WebAssembly: this page alone may compile it.
_SCANNER_POLICY = {"script-src": [SELF, WASM_UNSAFE_EVAL]}


@csp_update(_SCANNER_POLICY)
@require_safe
@at_the_till
def home(request: HttpRequest, cashier: Cashier) -> HttpResponse:
    """`/partners/`: scan or type; ``?code=`` leads to the voucher or says what is wrong."""
    typed = request.GET.get("code")
    flaw = ""
    if typed is not None:
        try:
            return redirect("partners:voucher", code=voucher_code.parse(typed))
        except NotACode as wrong:
            flaw = texts.FLAWS[wrong.flaw]
    context = {
        "cashier": cashier,
        "section": "till",
        "typed": typed or "",
        "flaw": flaw,
        "alphabet": voucher_code.ALPHABET,
        "length": voucher_code.LENGTH,
        "flaws": texts.FLAWS,
    }
    return render(request, "partners/home.html", context, status=422 if flaw else 200)


@require_safe
@at_the_till
def voucher_page(request: HttpRequest, cashier: Cashier, code: str) -> HttpResponse:
    """`/partners/v/<code>`: what to hand over, or why not."""
    symbols = _symbols(code)
    if symbols is None:
        return _to_home(code)
    if is_slowed(cashier=cashier):
        return _slowed(request, cashier, symbols)
    try:
        voucher = vouchers.voucher_get(code=symbols, partner_id=cashier.partner_id)
    except WalletRefused as refused:
        return _refused(request, cashier, symbols, refused)
    except WalletError:
        return _unanswered(request, cashier, symbols, None)
    context = {
        "cashier": cashier,
        "section": "till",
        "code": symbols,
        "voucher": voucher,
        "form": KeyForm.fresh() if voucher.state is VoucherState.HELD else None,
        "is_done": _is_done(request, cashier, voucher),
        "is_by_me": voucher.cashier == cashier.id,
        "today": timezone.localdate(),
    }
    return render(request, "partners/voucher.html", context)


@require_POST
@at_the_till
def capture(request: HttpRequest, cashier: Cashier, code: str) -> HttpResponse:
    """Use the voucher up, then show that it was.

    The form's key goes to the wallet: a double tap, a lost answer and a reload get the same
    success; another scan of the same voucher gets when and where it was used.
    """
    form = KeyForm(request.POST)
    symbols = _symbols(code)
    if symbols is None or not form.is_valid():
        return _to_home(code)
    if is_slowed(cashier=cashier):
        return _slowed(request, cashier, symbols)
    key = form.cleaned_data["key"]
    try:
        vouchers.voucher_capture(
            key=f"console:capture:{key}",
            code=symbols,
            partner_id=cashier.partner_id,
            cashier=cashier.id,
            site=cashier.site,
            own_voucher=_is_own(cashier, symbols),
        )
    except WalletRefused as refused:
        return _refused(request, cashier, symbols, refused)
    except WalletError:
        # Whether it happened is not known: the same form, key included, is offered again.
        return _unanswered(request, cashier, symbols, form)
    return redirect(f"{reverse('partners:voucher', args=[symbols])}?done={key}")


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_till
def problem(request: HttpRequest, cashier: Cashier, code: str) -> HttpResponse:
    """`/partners/v/<code>/problem`: tell the Metropolis that something went wrong."""
    symbols = _symbols(code)
    if symbols is None:
        return _to_home(code)
    if request.method != "POST":
        form = ProblemForm.fresh()
        return _problem_page(request, cashier, symbols, form)
    form = ProblemForm(request.POST)
    if not form.is_valid():
        return _problem_page(request, cashier, symbols, form, status=422)
    if is_slowed(cashier=cashier):
        return _slowed(request, cashier, symbols)
    assert isinstance(request.user, User)
    try:
        vouchers.voucher_dispute(
            key=f"console:dispute:{form.cleaned_data['key']}",
            code=symbols,
            partner_id=cashier.partner_id,
            reason=form.cleaned_data["reason"],
            actor=actor_of(user=request.user),
        )
    except WalletRefused as refused:
        if refused.code != "dispute_exists":
            return _refused(request, cashier, symbols, refused)
    except WalletError:
        return _problem_page(
            request, cashier, symbols, form, status=503, unavailable=texts.UNAVAILABLE
        )
    messages.success(request, "Le problème est signalé à la Métropole, qui vous répondra.")
    return redirect("partners:voucher", code=symbols)


def _symbols(code: str) -> str | None:
    try:
        return voucher_code.parse(code)
    except NotACode:
        return None


def _to_home(code: str) -> HttpResponseRedirect:
    """Back to the field, which says what is wrong with the code."""
    return HttpResponseRedirect(reverse("partners:home", query={"code": code}))


def _unanswered(
    request: HttpRequest, cashier: Cashier, code: str, form: KeyForm | None
) -> HttpResponse:
    context = {
        "cashier": cashier,
        "section": "till",
        "code": code,
        "form": form,
        "problem": texts.UNAVAILABLE,
    }
    return render(request, "partners/voucher.html", context, status=503)


def _is_own(cashier: Cashier, code: str) -> bool:
    """Whether the cashier bought this voucher; the wallet is asked whose it is only if need be."""
    if cashier.resident is None:
        return False
    voucher = vouchers.voucher_get(code=code, partner_id=cashier.partner_id)
    return is_own_voucher(cashier=cashier, wallet_id=voucher.wallet_id)


def _is_done(request: HttpRequest, cashier: Cashier, voucher: VoucherView) -> bool:
    """Whether the page answers this cashier's own capture, rather than another scan."""
    is_mine = voucher.state is VoucherState.CAPTURED and voucher.cashier == cashier.id
    return is_mine and bool(request.GET.get("done"))


def _refused(
    request: HttpRequest, cashier: Cashier, code: str, refused: WalletRefused
) -> HttpResponse:
    """When and where a used voucher was used stands on its own page; else the reason in words."""
    if refused.code == "voucher_already_captured":
        return redirect("partners:voucher", code=code)
    if refused.code in texts.MISSES:
        code_missed(cashier=cashier)
    said = texts.refusal(refused.code, refused.message)
    return _refusal_page(request, cashier, code, refused.code, said, status=409)


def _slowed(request: HttpRequest, cashier: Cashier, code: str) -> HttpResponse:
    """Codes are not for guessing: the wallet is not asked for a while."""
    return _refusal_page(request, cashier, code, "slowed", texts.SLOWED, status=429)


def _refusal_page(
    request: HttpRequest,
    cashier: Cashier,
    code: str,
    refusal: str,
    said: tuple[str, str],
    *,
    status: int,
) -> HttpResponse:
    title, advice = said
    context = {
        "cashier": cashier,
        "section": "till",
        "code": code,
        "title": title,
        "advice": advice,
        "refusal": refusal,
    }
    return render(request, "partners/refused.html", context, status=status)


def _problem_page(
    request: HttpRequest,
    cashier: Cashier,
    code: str,
    form: ProblemForm,
    *,
    status: int = 200,
    unavailable: str = "",
) -> HttpResponse:
    context = {
        "cashier": cashier,
        "section": "till",
        "code": code,
        "form": form,
        "unavailable": unavailable,
    }
    return render(request, "partners/problem.html", context, status=status)
