"""What people type on this floor, one file for each kind of page."""

from donations.forms.giving import MONTHLY, ONCE, OWN, GiveForm, MonthlyAmountForm

__all__ = ["MONTHLY", "ONCE", "OWN", "GiveForm", "MonthlyAmountForm"]
