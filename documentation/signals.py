"""The one bell that rings upstairs: a note has become final."""

from django.dispatch import Signal

note_signed = Signal()
"""Sent with `note=` inside the transaction that makes a note final: its signature, or its
co-signature where one is needed. A note that still waits for its co-signature rings nothing,
because nobody may use it yet. It is sent again when a further, amended version becomes final:
`note.version` tells, and a claim that was drafted from an earlier one looks at it again.

Receivers only do `delay_on_commit`: work done in the receiver itself would hold the signer's
locks, and could undo the signature by failing. An addendum does not ring the bell again;
whoever needs to know of addenda (the PDF, a claim already drafted) looks at the rows.
A second signal needs a decision record.
"""
