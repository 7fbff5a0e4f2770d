"""What people type, by audience. Shape only; what is decided stands in the verbs."""

from donations.forms.giving import OWN, GiveForm

__all__ = ["OWN", "GiveForm"]
