"""Addresses that exist only in the demonstration (settings.DEMO)."""

from django.urls import path

from config.components_page import components_page
from config.demo_pages import demo_mail, demo_sign_in
from config.demo_people_page import demo_people

urlpatterns = [
    path("demo/sign-in/<str:key>/", demo_sign_in, name="demo-sign-in"),
    path("demo/mail/", demo_mail, name="demo-mail"),
    path("demo/people.json", demo_people, name="demo-people"),
    path("components/", components_page, name="components"),
]
