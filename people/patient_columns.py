"""The columns of a patients' file: what we call them, and how other systems do."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A field of ours: what it is called here," " and how other systems call it."""

    label: str
    longest: int
    also: str = ""
    required: bool = False
    example: str = ""


COLUMNS = {
    "last_name": Column(
        "Last name", 60, "surname,family name,lname,patient last name,last", True, "Okafor"
    ),
    "first_name": Column(
        "First name", 35, "given name,forename,fname,patient first name,first", True, "Ada"
    ),
    "middle_name": Column("Middle name", 25, "middle,middle initial,mi,patient middle name"),
    "suffix": Column("Suffix", 10, "name suffix,generation"),
    "preferred_name": Column(
        "Preferred name", 35, "nickname,goes by,known as,preferred first name"
    ),
    "birth_date": Column(
        "Birth date",
        30,
        "dob,date of birth,birthdate,birthday,patient dob,d o b",
        True,
        "3/12/1958",
    ),
    "sex": Column(
        "Sex",
        20,
        "gender,sex on claims,patient sex,patient gender,sex at birth,birth sex,legal sex",
        True,
        "F",
    ),
    "gender_identity": Column("Gender identity", 40),
    "pronouns": Column("Pronouns", 30),
    "mobile_phone": Column(
        "Mobile phone",
        40,
        "cell,cell phone,cellphone,mobile,mobile number,cell number,"
        "cellular,mobile phone number,cell phone number",
        example="503 555 0142",
    ),
    "home_phone": Column(
        "Home phone",
        40,
        "phone,phone number,telephone,home,home phone number,home number,landline,primary phone",
    ),
    "email": Column("E-mail", 254, "email,email address,mail", example="ada@mail.example"),
    "contact_by": Column(
        "Prefers",
        30,
        "contact by,preferred contact,preferred contact method,contact preference,contact method",
    ),
    "line1": Column(
        "Street",
        55,
        "address,address 1,address line 1,street address,street 1,line 1,home address",
        example="12 Elm St",
    ),
    "line2": Column("Apartment", 55, "address 2,address line 2,street 2,line 2,apt,unit,suite"),
    "city": Column("City", 30, "town,home city", example="Portland"),
    "state": Column("State", 30, "st,province,home state", example="OR"),
    "postal_code": Column(
        "ZIP code", 20, "zip,zipcode,postal code,postcode,zip postal code,home zip", example="97201"
    ),
    "emergency_name": Column("Emergency contact", 80, "emergency contact name,emergency name"),
    "emergency_phone": Column(
        "Emergency phone", 40, "emergency contact phone,emergency contact number"
    ),
    "emergency_relation": Column(
        "Emergency relation",
        40,
        "emergency contact relation,emergency contact relationship,emergency relationship",
    ),
    "guarantor_name": Column(
        "Guarantor", 80, "guarantor name,responsible party,responsible party name"
    ),
    "guarantor_phone": Column("Guarantor phone", 40, "responsible party phone"),
}


def plain(name: str) -> str:
    """A column's name as it is compared: no capitals, dashes or points."""
    return " ".join(re.sub(r"[\W_]+", " ", name.lower()).split())


def _spellings() -> dict[str, str]:
    found = {}
    for field, column in COLUMNS.items():
        for name in (field, column.label, *column.also.split(",")):
            found[plain(name)] = field
            found[plain(name).replace(" ", "")] = field
    found.pop("", None)
    return found


SPELLINGS = _spellings()
