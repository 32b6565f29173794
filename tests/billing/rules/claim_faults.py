"""One good claim, wrong in one way at a time; shared with whoever wants a faulty claim."""

from tests.billing.rules import line_faults, party_faults, payer_faults, visit_faults

# claim, the one check that finds it, severity, where it is put right
MUTATIONS = [
    *visit_faults.MUTATIONS,
    *line_faults.MUTATIONS,
    *party_faults.MUTATIONS,
    *payer_faults.MUTATIONS,
]
