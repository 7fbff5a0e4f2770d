"""Addresses of this floor, all below /<program>/."""

from django.urls import path

from collective import views

urlpatterns = [
    path("office/", views.home, name="office"),
    path("office/people/", views.people, name="office-people"),
    path("office/people/<int:membership_id>/end/", views.end_membership, name="office-people-end"),
    path(
        "office/people/invitations/<int:invitation_id>/approve/",
        views.approve_act,
        name="office-invitation-approve",
    ),
    path(
        "office/people/invitations/<int:invitation_id>/withdraw/",
        views.withdraw_act,
        name="office-invitation-withdraw",
    ),
    path("office/mails/", views.mails_page, name="office-mails"),
    path("office/mails/sent/", views.mails_sent, name="office-mails-sent"),
    path("office/mails/back/", views.mails_back, name="office-mails-back"),
    path("office/mails/back/<int:return_id>/", views.mail_again_page, name="office-mail-again"),
    path("office/mails/sample/", views.mail_sample, name="office-mail-sample"),
]
