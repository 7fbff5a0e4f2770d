"""The owner's page of one school: what it earned, where, its devices, people and fees."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kernel.clock import today
from kernel.codes import shown
from kernel.errors import Refused
from ledger.balances import balance_yen
from partners.add_device import AddedDevice, add_device
from partners.add_staff import add_staff
from partners.forms import DeviceForm, StaffForm
from partners.models import Classroom, ClassroomStaff, Course, Device, Provider
from partners.queries import earned_by_classroom, uses_at
from partners.revoke_device import revoke_device
from programs.entering import entrance
from programs.models import Membership, Role

USES_A_PAGE = 50


def own_school(request: HttpRequest, provider_id: int) -> Provider:
    """A school that this person owns, or 404."""
    mine = Provider.objects.select_related("payable").filter(owners__membership=request.actor)  # type: ignore[attr-defined]
    school: Provider = get_object_or_404(mine, pk=provider_id)
    return school


@entrance(Role.PROVIDER_ADMIN)
@require_GET
def schools(request: HttpRequest) -> HttpResponse:
    """The owner's schools; straight there when it is one."""
    mine = list(Provider.objects.filter(owners__membership=request.actor).order_by("name", "id"))  # type: ignore[attr-defined]
    if len(mine) == 1:
        return redirect("school", program=request.program.slug, provider_id=mine[0].pk)  # type: ignore[attr-defined]
    return render(request, "partners/schools.html", {"schools": mine})


@entrance(Role.PROVIDER_ADMIN)
@never_cache
@require_GET
def school(request: HttpRequest, provider_id: int) -> HttpResponse:
    """What the school earned and has not been paid, and everything it runs."""
    return draw(request, own_school(request, provider_id))


def draw(request: HttpRequest, provider: Provider, status: int = 200, **more: Any) -> HttpResponse:
    """The page, the same number of queries however long the lists are."""
    rooms = list(Classroom.objects.filter(provider=provider).order_by("name", "id"))
    names = {room.pk: room.name for room in rooms}
    earned = earned_by_classroom(provider, today().replace(day=1))
    uses = Paginator(uses_at(provider), USES_A_PAGE).get_page(request.GET.get("page"))
    page = {
        "provider": provider,
        "owed_yen": balance_yen(provider.payable) if provider.payable else 0,
        "earned_yen": sum(row["yen"] for row in earned.values()),
        "rooms": [(room, earned.get(room.pk, {"uses": 0, "yen": 0})) for room in rooms],
        "uses": uses,
        "rows": [(use, names.get(use.place_id, "")) for use in uses],
        "devices": Device.objects.filter(classroom__provider=provider)
        .select_related("classroom")
        .order_by("-id"),
        "staff": ClassroomStaff.objects.filter(classroom__provider=provider).select_related(
            "classroom", "membership__user"
        ),
        "courses": Course.objects.filter(provider=provider, is_offered=True).order_by("id"),
        "device_form": more.pop("device_form", None) or DeviceForm(classrooms=rooms, prefix="device"),
        "staff_form": more.pop("staff_form", None) or StaffForm(classrooms=rooms, prefix="staff"),
        "today": today(),
        **more,
    }
    return render(request, "partners/school.html", page, status=status)


@entrance(Role.PROVIDER_ADMIN)
@never_cache
@require_POST
def add_a_device(request: HttpRequest, provider_id: int) -> HttpResponse:
    """The code is on this answer and nowhere else."""
    provider = own_school(request, provider_id)
    form = DeviceForm(request.POST, classrooms=list(provider.classrooms.all()), prefix="device")
    if not form.is_valid():
        return draw(request, provider, 422, device_form=form)
    typed = form.cleaned_data
    added: AddedDevice = add_device(
        classroom=typed["classroom"],
        label=typed["label"],
        kind=Device.Kind(typed["kind"]),
        actor=request.actor,  # type: ignore[attr-defined]
    )
    return render(
        request,
        "partners/device_added.html",
        {"provider": provider, "device": added.device, "code": shown(added.code)},
    )


@entrance(Role.PROVIDER_ADMIN)
@require_POST
def revoke_a_device(request: HttpRequest, provider_id: int, device_id: int) -> HttpResponse:
    """Dead at once."""
    provider = own_school(request, provider_id)
    device = get_object_or_404(
        Device.objects.select_related("classroom__provider"), pk=device_id, classroom__provider=provider
    )
    revoke_device(device=device, actor=request.actor)  # type: ignore[attr-defined]
    return redirect("school", program=request.program.slug, provider_id=provider.pk)  # type: ignore[attr-defined]


@entrance(Role.PROVIDER_ADMIN)
@require_POST
def add_a_person(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Ties somebody who was invited as counter staff to a classroom."""
    provider = own_school(request, provider_id)
    form = StaffForm(request.POST, classrooms=list(provider.classrooms.all()), prefix="staff")
    if form.is_valid():
        person = Membership.objects.filter(
            user__email=form.cleaned_data["email"], role=Role.COUNTER, is_active=True
        ).first()
        try:
            add_staff(classroom=form.cleaned_data["classroom"], person=person, actor=request.actor)  # type: ignore[attr-defined]
            return redirect("school", program=request.program.slug, provider_id=provider.pk)  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error("email", str(refusal))
    return draw(request, provider, 422, staff_form=form)
