"""What people type on this floor, one file for each kind of page."""

from donations.forms.giving import OWN, GiveForm

__all__ = ["OWN", "GiveForm"]
