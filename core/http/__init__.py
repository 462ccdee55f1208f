"""The ground that every HTTP face stands on.

A feature names its routes with `Routes`, each with the audience beside it; reads a body with
`json_body`, asks `person_of`, and answers with `answer`. Everything else (who may, forged requests,
errors, headers, limits of size and time, the access log) happens before and around its handlers,
once `ground` has been laid.
"""

from core.http.answers import ERROR_PAGE
from core.http.body import answer, json_body
from core.http.guard import COOKIE, person_of
from core.http.lay import ground
from core.http.peer import Origins, client_address, is_https, same_machine
from core.http.routes import ANYONE, CUSTOMERS, Audience, Routes, staff

__all__ = [
    "ANYONE",
    "COOKIE",
    "CUSTOMERS",
    "ERROR_PAGE",
    "Audience",
    "Origins",
    "Routes",
    "answer",
    "client_address",
    "ground",
    "is_https",
    "json_body",
    "person_of",
    "same_machine",
    "staff",
]
