"""What this floor does when it is told: mails to families, and the steps of its long jobs."""

from coupons.family_mail import tell_family_of_issue, tell_family_of_use
from coupons.issue_many import KIND, issue_next
from outbox.handlers import handles, steps

steps(KIND)(issue_next)
handles("coupon_issued")(tell_family_of_issue)
handles("coupon_redeemed")(tell_family_of_use)
