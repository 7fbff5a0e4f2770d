"""The floor's configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who joins and leaves a program. Its nouns (Membership, Invitation) live in programs."""

    name = "people"
