"""People and places of our rows as a claim names them."""

from __future__ import annotations

from billing.x12 import codes
from billing.x12 import types as x12
from people.models import Coverage, Patient
from people.models.practice import Address

RESPONSIBILITY = {
    Coverage.Priority.PRIMARY: codes.Responsibility.PRIMARY,
    Coverage.Priority.SECONDARY: codes.Responsibility.SECONDARY,
    Coverage.Priority.TERTIARY: codes.Responsibility.TERTIARY,
}


class Incomplete(ValueError):
    """Something a claim cannot be written without; the checks name it in their own words too."""


def address_of(place: Address) -> x12.Address | None:
    if not (place.line1 and place.city):
        return None
    return x12.Address(
        line1=place.line1,
        line2=place.line2,
        city=place.city,
        state=place.state,
        postal_code=place.postal_code,
    )


def needed_address(place: Address, whose: str) -> x12.Address:
    address = address_of(place)
    if address is None:
        raise Incomplete(f"{whose} address lacks a street or a city.")
    return address


def name_of(patient: Patient) -> x12.PersonName:
    return x12.PersonName(
        last=patient.last_name,
        first=patient.first_name,
        middle=patient.middle_name,
        suffix=patient.suffix,
    )


def subscriber_name(coverage: Coverage, patient: Patient) -> x12.Name:
    """The patient, the employer that workers' compensation insures, or whoever holds the policy."""
    if coverage.relation == Coverage.Relation.SELF:
        return name_of(patient)
    if coverage.relation == Coverage.Relation.EMPLOYEE:
        return x12.OrganizationName(name=coverage.subscriber_employer)
    return x12.PersonName(
        last=coverage.subscriber_last_name,
        first=coverage.subscriber_first_name,
        middle=coverage.subscriber_middle_name,
        suffix=coverage.subscriber_suffix,
    )


def subscriber_address(coverage: Coverage, patient: Patient) -> x12.Address | None:
    """Where the subscriber lives or is established, as far as it is known."""
    if coverage.relation == Coverage.Relation.SELF:
        return address_of(patient)
    if not (coverage.subscriber_line1 and coverage.subscriber_city):
        return None
    return x12.Address(
        line1=coverage.subscriber_line1,
        city=coverage.subscriber_city,
        state=coverage.subscriber_state,
        postal_code=coverage.subscriber_postal_code,
    )


def medicare_secondary(coverage: Coverage) -> codes.MedicareSecondary | None:
    """Why Medicare pays later; None for any other card, and where nobody has said."""
    later = coverage.priority != Coverage.Priority.PRIMARY
    of_medicare = coverage.payer.claim_filing_code in codes.MEDICARE
    if later and of_medicare and coverage.medicare_secondary:
        return codes.MedicareSecondary(coverage.medicare_secondary)
    return None


def benefits_assignment(coverage: Coverage) -> codes.BenefitsAssignment:
    return (
        codes.BenefitsAssignment.YES if coverage.assigns_benefits else codes.BenefitsAssignment.NO
    )


def release_of(coverage: Coverage) -> codes.Release:
    return codes.Release.SIGNED if coverage.release_signed else codes.Release.ALLOWED_BY_LAW
