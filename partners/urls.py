"""Addresses of this floor, all below /<program>/."""

from django.urls import URLPattern, path

from partners.views import counter, devices, office, school

urlpatterns: list[URLPattern] = [
    path("counter/", counter.choose, name="counter"),
    path("counter/<int:classroom_id>/", counter.take, name="counter-take"),
    path("counter/<int:classroom_id>/redeem/", counter.redeem, name="counter-redeem"),
    path("counter/<int:classroom_id>/undo/", counter.undo, name="counter-undo"),
    path("counter/<int:classroom_id>/journal/", counter.journal, name="counter-journal"),
    path("device/enrol/", devices.enrol, name="device-enrol"),
    path("school/", school.schools, name="schools"),
    path("school/<int:provider_id>/", school.school, name="school"),
    path("school/<int:provider_id>/devices/", school.add_a_device, name="school-add-device"),
    path(
        "school/<int:provider_id>/devices/<int:device_id>/revoke/",
        school.revoke_a_device,
        name="school-revoke-device",
    ),
    path("school/<int:provider_id>/staff/", school.add_a_person, name="school-add-staff"),
    path("office/schools/", office.schools, name="office-schools"),
    path("office/schools/new/", office.enter_application, name="office-school-new"),
    path("office/schools/<int:provider_id>/approve/", office.approve_school, name="office-school-approve"),
    path("office/schools/<int:provider_id>/suspend/", office.suspend_school, name="office-school-suspend"),
]
