"""Consultations at an agreed time: what is free, who gets it, and the link by which she comes back.

Read in this order: `commands` (what is asked), `model` and `slots` (pure: what a booking is and
what may be booked), `store`, `service`, `routes`. Beside them stand `links` (the signed way back to
a booking), `letters` and `reminders` (what she is written, and when), and `calendar` (the booking
as an entry in hers), and `kept` (what is kept of her, and its end).
"""
