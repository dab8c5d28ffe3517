"""What happened, and what follows from it: how readers find the address, what they are told at once."""

from ...models import TakeDown

Ground, State, Behaviour, Decision = TakeDown.Ground, TakeDown.State, TakeDown.Behaviour, TakeDown.Decision
# What a page can be removed for at once, and readers are told: nothing that would first have to be looked up.
EXPLAINED_AT_ONCE = {Ground.ERROR: "Nội dung được gỡ để xem xét lại."}
AT_ONCE_GROUNDS = (Ground.ERROR, Ground.PERSONAL_DATA, Ground.NO_LONGER_SUITABLE, Ground.POLICY_REPEALED)
# "What happened?" picks the behaviour; the decider may change it.
BEHAVIOUR_OF = {
    Ground.POLICY_REPEALED: Behaviour.GONE,
    Ground.NO_LONGER_SUITABLE: Behaviour.GONE,
    Ground.SUPERSEDED: Behaviour.REDIRECT,
    Ground.ERROR: Behaviour.GONE,
    Ground.PERSONAL_DATA: Behaviour.GONE,
    Ground.MERGED: Behaviour.REDIRECT,
    Ground.EXPIRED: Behaviour.GONE,
}
