"""For whom the screens of royalties are, and the icon above them."""

from accounts.roles import DECIDE_ROYALTIES, PAY_ROYALTIES, PROPOSE_ROYALTIES
from accounts.screen_access import holding

ICON = "calendar-check"
PROPOSING = holding(PROPOSE_ROYALTIES)
SEEING_ALL = holding(PROPOSE_ROYALTIES, DECIDE_ROYALTIES)
STATEMENTS = holding(PROPOSE_ROYALTIES, DECIDE_ROYALTIES, PAY_ROYALTIES)
