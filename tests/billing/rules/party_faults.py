"""Claims wrong in where it took place and in who is who."""

from dataclasses import replace
from datetime import date

from billing.rules.facts import AddressFacts, FacilityFacts, ProviderFacts, SubscriberFacts
from tests.billing.rules.claims import but, line
from tests.billing.rules.spoiled_claims import COLLEAGUE, HELD, SHOWN

# claim, the one check that finds it, severity, where it is put right
MUTATIONS = [
    # Where it took place
    *(
        (but(place_of_service=place), "place_of_service", HELD, "clinic.place_of_service")
        for place in ("", "1", "48", "AB")
    ),
    (
        but(place_of_service="21", coverage__payer__medicare=False),
        "admission_date",
        HELD,
        "claim.details",
    ),
    (but(place_of_service="31"), "place_not_covered", SHOWN, "clinic.place_of_service"),
    (
        but(practice__pay_to=AddressFacts("PO Box 12", "", "OR", "97201-0001")),
        "pay_to_address",
        HELD,
        "practice.pay_to",
    ),
    (
        but(facility=FacilityFacts(AddressFacts("9 Low Street", "Portland", "OR", "97214"))),
        "facility_zip",
        HELD,
        "clinic.postal_code",
    ),
    (
        but(practice__address__postal_code="98101-0001"),
        "zip_state",
        SHOWN,
        "practice.postal_code",
    ),
    (but(patient__address__postal_code="10001"), "zip_state", SHOWN, "patient.address"),
    (
        but(facility=FacilityFacts(AddressFacts("9 Low Street", "Portland", "OR", "00199-0001"))),
        "zip_state",
        SHOWN,
        "clinic.postal_code",
    ),
    # Who is who
    (but(practice__npi="1234567890"), "billing_npi", HELD, "practice.npi"),
    (but(practice__npi=""), "billing_npi", HELD, "practice.npi"),
    (but(practice__address__postal_code="97201"), "billing_zip", HELD, "practice.postal_code"),
    *(
        (but(practice__address__line1=street), "billing_po_box", HELD, "practice.line1")
        for street in (
            "PO Box 12",
            "P.O. BOX 12",
            "p o box 12",
            "POB 12",
            "Post Office Box 12",
            "Box 12",
        )
    ),
    (but(practice__address__line2="P.O. Box 9"), "billing_po_box", HELD, "practice.line1"),
    (but(practice__ein="12-3456789"), "billing_ein", HELD, "practice.ein"),
    (but(practice__ein="12345678"), "billing_ein", HELD, "practice.ein"),
    (but(rendering__npi="1245319590"), "rendering_npi", HELD, "provider.npi"),
    (but(practice__taxonomy="261QP2000"), "billing_taxonomy", HELD, "practice.taxonomy"),
    (but(rendering__taxonomy=""), "rendering_taxonomy", HELD, "provider.taxonomy"),
    (but(rendering__taxonomy="225X00000X"), "taxonomy_discipline", SHOWN, "provider.taxonomy"),
    (
        but(lines=line(2, rendering=replace(COLLEAGUE, npi="1245319590"))),
        "rendering_npi",
        HELD,
        "provider.npi",
    ),
    (
        but(lines=line(2, rendering=replace(COLLEAGUE, taxonomy="225100000"))),
        "rendering_taxonomy",
        HELD,
        "provider.taxonomy",
    ),
    (
        but(lines=line(2, rendering=replace(COLLEAGUE, licence_expires_on=date(2026, 3, 1)))),
        "licence_expired",
        HELD,
        "provider.licence_expires_on",
    ),
    (
        but(assistant=ProviderFacts("", "225200000X", date(2026, 3, 1))),
        "assistant_licence",
        HELD,
        "provider.licence_expires_on",
    ),
    (
        but(rendering__licence_expires_on=date(2026, 3, 1)),
        "licence_expired",
        HELD,
        "provider.licence_expires_on",
    ),
    (but(referring=None), "referring_absent", HELD, "episode.referring_provider"),
    (but(referring__npi="1356362580"), "referring_npi", HELD, "referring_provider.npi"),
    (but(patient__birth_date=None), "patient_birth_date", HELD, "patient.birth_date"),
    (but(patient__sex=""), "patient_sex", HELD, "patient.sex"),
    (but(patient__address__line1=""), "patient_address", HELD, "patient.address"),
    (but(patient__address__postal_code="9720"), "patient_address", HELD, "patient.address"),
    (
        but(coverage__payer__medicare=False, coverage__subscriber=SubscriberFacts(False, "Ruiz")),
        "subscriber_name",
        HELD,
        "coverage.subscriber",
    ),
    (
        but(coverage__subscriber=SubscriberFacts(False, "Ruiz", "Ana")),
        "medicare_subscriber",
        HELD,
        "coverage.relation",
    ),
    (but(coverage__member_id=" "), "member_id", HELD, "coverage.member_id"),
    *(
        (but(coverage__member_id=number), "mbi_format", HELD, "coverage.member_id")
        for number in ("123456789A", "1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MKA3")
    ),
]
