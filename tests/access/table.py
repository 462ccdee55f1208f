"""Who may use what: every HTTP route and every socket event, for each kind of person.

`ok` is let in (what she asked for may still make no sense), 401 is asked to say who she is, 403 is
told that this is not hers to do, 404 is not told that it exists. `customer` owns what a row is
about, `other` is another customer.
"""

from dataclasses import dataclass

PEOPLE = ("nobody", "guest", "customer", "other", "host", "moderator", "rep", "operator")

HTTP = """
                                    nobody guest customer other host moderator rep operator

GET /                                   ok    ok       ok    ok   ok        ok  ok       ok
GET /shows/{id}                         ok    ok       ok    ok   ok        ok  ok       ok
GET /account                            ok    ok       ok    ok   ok        ok  ok       ok
GET /orders                             ok    ok       ok    ok   ok        ok  ok       ok
GET /orders/{id}                        ok    ok       ok    ok   ok        ok  ok       ok
GET /help                               ok    ok       ok    ok   ok        ok  ok       ok
GET /help/{slug}                        ok    ok       ok    ok   ok        ok  ok       ok
GET /sign-in                            ok    ok       ok    ok   ok        ok  ok       ok
GET /staff/sign-in                      ok    ok       ok    ok   ok        ok  ok       ok
GET /staff/orders                       ok    ok       ok    ok   ok        ok  ok       ok
GET /staff/loyalty                      ok    ok       ok    ok   ok        ok  ok       ok
GET /staff/articles                     ok    ok       ok    ok   ok        ok  ok       ok
GET /staff/articles/{slug}              ok    ok       ok    ok   ok        ok  ok       ok
GET /studio                             ok    ok       ok    ok   ok        ok  ok       ok
GET /studio/{id}                        ok    ok       ok    ok   ok        ok  ok       ok
GET /desk                               ok    ok       ok    ok   ok        ok  ok       ok
GET /desk/{id}                          ok    ok       ok    ok   ok        ok  ok       ok
GET /desk/calls/{id}                    ok    ok       ok    ok   ok        ok  ok       ok
GET /consult                            ok    ok       ok    ok   ok        ok  ok       ok
GET /consult/{id}                       ok    ok       ok    ok   ok        ok  ok       ok
GET /bookings/{token}                   ok    ok       ok    ok   ok        ok  ok       ok
GET /notices                            ok    ok       ok    ok   ok        ok  ok       ok
GET /pay/test/{session}                 ok    ok       ok    ok   ok        ok  ok       ok
GET /assets/{name}                      ok    ok       ok    ok   ok        ok  ok       ok
GET /demo/{name}                        ok    ok       ok    ok   ok        ok  ok       ok
GET /favicon.svg                        ok    ok       ok    ok   ok        ok  ok       ok

GET /healthz                            ok    ok       ok    ok   ok        ok  ok       ok
GET /readyz                             ok    ok       ok    ok   ok        ok  ok       ok
GET /metrics                            ok    ok       ok    ok   ok        ok  ok       ok
GET /api/notices                        ok    ok       ok    ok   ok        ok  ok       ok

GET /socket.io/                         ok    ok       ok    ok   ok        ok  ok       ok
POST /socket.io/                        ok    ok       ok    ok   ok        ok  ok       ok
OPTIONS /socket.io/                     ok    ok       ok    ok   ok        ok  ok       ok

GET /api/session                        ok    ok       ok    ok   ok        ok  ok       ok
POST /api/session/guest                 ok    ok       ok    ok  403       403 403      403
POST /api/session/code                  ok    ok       ok    ok   ok        ok  ok       ok
POST /api/session/verify                ok    ok       ok    ok   ok        ok  ok       ok
POST /api/session/staff                 ok    ok       ok    ok   ok        ok  ok       ok
DELETE /api/session                     ok    ok       ok    ok   ok        ok  ok       ok

GET /api/shows                          ok    ok       ok    ok   ok        ok  ok       ok
GET /api/staff/shows                   401   403      403   403   ok        ok 403       ok
POST /api/staff/shows                  401   403      403   403   ok       403 403       ok

GET /api/shows/{id}/moments            404   404      404   404  404       404 404      404
GET /api/shows/{id}/told               404   404      404   404  404       404 404      404
GET /api/shows/{id}/picture             ok    ok       ok    ok   ok        ok  ok       ok
GET /api/staff/shows/{id}/picture      401   403      403   403   ok       403 403       ok
POST /api/staff/shows/{id}/picture/key 401   403      403   403   ok       403 403       ok
DELETE /api/staff/shows/{id}/replay    401   403      403   403   ok       403 403       ok
POST /api/media/authorise              403   403      403   403  403       403 403      403
POST /api/media/events                 403   403      403   403  403       403 403      403
POST /media/{show}/whip                401   401      401   401  401       401 401      401
OPTIONS /media/{show}/whip              ok    ok       ok    ok   ok        ok  ok       ok
PATCH /media/{show}/whip/{session}     404   404      404   404  404       404 404      404
DELETE /media/{show}/whip/{session}    404   404      404   404  404       404 404      404
POST /media/{show}/whep                 ok    ok       ok    ok   ok        ok  ok       ok
OPTIONS /media/{show}/whep              ok    ok       ok    ok   ok        ok  ok       ok
PATCH /media/{show}/whep/{session}     404   404      404   404  404       404 404      404
DELETE /media/{show}/whep/{session}    404   404      404   404  404       404 404      404
GET /media/{show}/hls/{file}           404   404      404   404  404       404 404      404

GET /api/products                       ok    ok       ok    ok   ok        ok  ok       ok
GET /api/products/{id}                  ok    ok       ok    ok   ok        ok  ok       ok
GET /api/staff/products                401   403      403   403   ok       403 403       ok
GET /api/staff/products/{id}/stock     401   403      403   403  403       403  ok       ok

GET /api/cart                          401    ok       ok    ok  403       403 403      403
POST /api/cart/lines                   401    ok       ok    ok  403       403 403      403
PATCH /api/cart/lines/{id}             401   404       ok   404  403       403 403      403
DELETE /api/cart/lines/{id}            401   404       ok   404  403       403 403      403
POST /api/checkout                     401    ok       ok    ok  403       403 403      403
POST /api/checkout/quote               401    ok       ok    ok  403       403 403      403
GET /api/coupons                       401    ok       ok    ok  403       403 403      403
POST /api/coupons                      401    ok       ok    ok  403       403 403      403
GET /api/staff/coupons                 401   403      403   403   ok       403 403       ok
POST /api/staff/coupons                401   403      403   403  403       403 403       ok
PATCH /api/staff/coupons/{id}          401   403      403   403  403       403 403       ok

GET /api/orders                        401    ok       ok    ok  403       403 403      403
GET /api/orders/{id}                   401   404       ok   404   ok       403  ok       ok
POST /api/orders/{id}/cancel           401   404       ok   404  403       403 403      403
POST /api/orders/{id}/pay              401   404       ok   404  403       403 403      403
GET /api/staff/orders                  401   403      403   403   ok       403  ok       ok
POST /api/staff/orders/{id}/{act}      401   403      403   403   ok       403 403       ok

GET /api/loyalty                       401    ok       ok    ok  403       403 403      403
GET /api/loyalty/history               401    ok       ok    ok  403       403 403      403
GET /api/loyalty/transfers             401    ok       ok    ok  403       403 403      403
POST /api/loyalty/transfers            401   403       ok    ok  403       403 403      403
POST /api/loyalty/transfers/{id}/accept   401 403      ok   404  403       403 403      403
POST /api/loyalty/transfers/{id}/decline  401 403      ok   404  403       403 403      403
POST /api/loyalty/transfers/{id}/withdraw 401 403      ok   404  403       403 403      403
GET /api/staff/loyalty/rules           401   403      403   403   ok       403 403       ok
PUT /api/staff/loyalty/rules           401   403      403   403  403       403 403       ok
GET /api/staff/loyalty/customers/{id}  401   403      403   403   ok       403  ok       ok
POST /api/staff/loyalty/customers/{id}/corrections 401 403 403 403 403     403 403       ok

GET /api/wishes                        401    ok       ok    ok  403       403 403      403
PUT /api/wishes/{product}              401    ok       ok    ok  403       403 403      403
DELETE /api/wishes/{product}           401    ok       ok    ok  403       403 403      403

GET /api/chat                           ok    ok       ok    ok   ok        ok  ok       ok
GET /api/chat/before                   401   404       ok   404  403       403 403      403
POST /api/chat                         401    ok       ok    ok  403       403 403      403
POST /api/chat/pictures                401    ok       ok    ok  403       403 403      403
GET /api/chat/pictures/{id}            401   404       ok   404  403       403  ok       ok
GET /api/chat/pictures/{id}/small      401   404       ok   404  403       403  ok       ok
GET /api/staff/conversations           401   403      403   403  403       403  ok       ok
GET /api/staff/conversations/{id}/before   401 403    403   403  403       403  ok       ok
GET /api/staff/conversations/{id}/customer 401 403    403   403  403       403  ok       ok
POST /api/staff/conversations/{id}/pictures 401 403    403   403  403       403  ok       ok
GET /api/staff/colleagues              401   403      403   403  403       403  ok       ok
GET /api/staff/rep                     401   403      403   403  403       403  ok       ok
PUT /api/staff/rep                     401   403      403   403  403       403  ok       ok
GET /api/staff/reps                    401   403      403   403  403       403 403       ok
PUT /api/staff/reps/{id}               401   403      403   403  403       403 403       ok
GET /api/staff/figures                 401   403      403   403  403       403  ok       ok
GET /api/staff/hours                   401   403      403   403  403       403  ok       ok
PUT /api/staff/hours                   401   403      403   403  403       403 403       ok

GET /api/consult                        ok    ok       ok    ok   ok        ok  ok       ok
POST /api/consult/calls                401    ok       ok    ok  403       403 403      403
GET /api/consult/calls/{id}/summary    401   404       ok   404  403       403  ok       ok
GET /api/consult/calls/{id}/cart       401   404       ok   404  403       403 404      404
GET /api/consult/calls/{id}/customer   401   403      403   403  403       403 404      404
GET /api/staff/consult/board           401   403      403   403  403       403  ok       ok
POST /api/staff/consult/calls          401   403      403   403  403       403  ok       ok
POST /api/staff/consult/calls/{id}/called-back 401 403 403   403 403       403  ok       ok
GET /api/staff/consult/figures         401   403      403   403  403       403  ok       ok
GET /api/consult/slots                  ok    ok       ok    ok   ok        ok  ok       ok
POST /api/consult/bookings             401    ok       ok    ok  403       403 403      403
GET /api/consult/bookings              401    ok       ok    ok  403       403 403      403
GET /api/bookings/{token}               ok    ok       ok    ok   ok        ok  ok       ok
PATCH /api/bookings/{token}             ok    ok       ok    ok   ok        ok  ok       ok
DELETE /api/bookings/{token}            ok    ok       ok    ok   ok        ok  ok       ok
GET /api/bookings/{token}/calendar.ics  ok    ok       ok    ok   ok        ok  ok       ok
POST /api/bookings/{token}/call        401    ok       ok    ok  403       403 403      403
GET /api/staff/consult/availability    401   403      403   403  403       403  ok       ok
PUT /api/staff/consult/availability    401   403      403   403  403       403  ok       ok
GET /api/staff/consult/bookings        401   403      403   403  403       403  ok       ok
DELETE /api/staff/consult/bookings/{id} 401  403      403   403  403       403  ok       ok

GET /api/articles                       ok    ok       ok    ok   ok        ok  ok       ok
GET /api/articles/{slug}                ok    ok       ok    ok   ok        ok  ok       ok
GET /api/staff/articles                401   403      403   403  403       403  ok       ok
POST /api/staff/articles/preview       401   403      403   403  403       403  ok       ok
POST /api/staff/articles/import        401   403      403   403  403       403 403       ok
GET /api/staff/articles/{slug}/{locale}    401 403    403   403  403       403  ok       ok
PUT /api/staff/articles/{slug}/{locale}    401 403    403   403  403       403 403       ok
PATCH /api/staff/articles/{slug}/{locale}  401 403    403   403  403       403 403       ok
DELETE /api/staff/articles/{slug}/{locale} 401 403    403   403  403       403 403       ok

GET /api/staff/replies                 401   403      403   403  403       403  ok       ok
POST /api/staff/replies                401   403      403   403  403       403  ok       ok
PATCH /api/staff/replies/{id}          401   403      403   403  403       403  ok       ok
DELETE /api/staff/replies/{id}         401   403      403   403  403       403 404      404

POST /api/payments/{provider}/callback 403   403      403   403  403       403 403      403
GET /api/pay/test/{session}             ok    ok       ok    ok   ok        ok  ok       ok
POST /api/pay/test/{session}            ok    ok       ok    ok   ok        ok  ok       ok
"""
"""A provider's callback is let in by its signature alone, which none of these has; so is a media
engine by its token, and a sender by the show's key. A connection to the engine is known by a name
that nobody can guess, and a show without a picture has no files. A booking is its link's: whoever
has that may read, move and cancel it. Points are accepted or declined by her to whom they were
offered, withdrawn by her who offered them.
"""

SOCKETS = """
                                    nobody guest customer other host moderator rep operator

connect                                 ok    ok       ok    ok   ok        ok  ok       ok
disconnect                              ok    ok       ok    ok   ok        ok  ok       ok
join                                    ok    ok       ok    ok   ok        ok  ok       ok
join draft                             404   404      404   404   ok        ok 404       ok
join nothing                           404   404      404   404  404       404 404      404
join members                           403   403       ok   403   ok        ok  ok       ok
heart                                   ok    ok       ok    ok   ok        ok  ok       ok
comment                                401    ok       ok    ok   ok        ok 403       ok
claim                                  401    ok       ok    ok  403       403 403      403
give_back                              401   404       ok   404  403       403 403      403

run show.change                        401   403      403   403   ok       403 403       ok
run item.add                           401   403      403   403   ok       403 403       ok
run item.change                        401   403      403   403   ok       403 403       ok
run item.allot                         401   403      403   403   ok       403 403       ok
run item.open                          401   403      403   403   ok       403 403       ok
run item.close                         401   403      403   403   ok       403 403       ok
run item.move                          401   403      403   403   ok       403 403       ok
run item.remove                        401   403      403   403   ok       403 403       ok
run item.pin                           401   403      403   403   ok       403 403       ok
run item.countdown                     401   403      403   403   ok       403 403       ok
run gift.open                          401   403      403   403   ok       403 403       ok
run gift.close                         401   403      403   403   ok       403 403       ok
run show.go_live                       401   403      403   403   ok       403 403       ok
run show.end                           401   403      403   403   ok       403 403       ok

moderate comment.hide                  401   403      403   403   ok        ok 403       ok
moderate comment.restore               401   403      403   403   ok        ok 403       ok
moderate comment.pin                   401   403      403   403   ok        ok 403       ok
moderate person.mute                   401   403      403   403   ok        ok 403       ok
moderate person.unmute                 401   403      403   403   ok        ok 403       ok
moderate person.block                  401   403      403   403   ok        ok 403       ok
moderate person.unblock                401   403      403   403   ok        ok 403       ok
moderate slow_mode.set                 401   403      403   403   ok        ok 403       ok
moderate words.set                     401   403      403   403   ok        ok 403       ok
moderate announce                      401   403      403   403   ok        ok 403       ok
moderate claim.add                     401   403      403   403   ok        ok 403       ok
moderate claim.change                  401   403      403   403   ok        ok 403       ok
moderate claim.cancel                  401   403      403   403   ok        ok 403       ok
moderate wait.cancel                   401   403      403   403   ok        ok 403       ok
"""


CHAT = """
                                    nobody guest customer other host moderator rep operator

connect                                 ok    ok       ok    ok   ok        ok  ok       ok
disconnect                              ok    ok       ok    ok   ok        ok  ok       ok
typing                                  ok    ok       ok    ok   ok        ok  ok       ok
watch                                  401   403      403   403  403       403  ok       ok
join                                   404   404       ok   404  404       404  ok       ok
join nothing                           404   404      404   404  404       404 404      404
say                                    404   404       ok   404  404       404  ok       ok
read                                   404   404       ok   404  404       404  ok       ok
rate                                   404   404       ok   404  404       404 403      403
press                                  404   404       ok   404  404       404 403      403
undo                                   404   404       ok   404  404       404 403      403
act take                               404   404      403   404  404       404  ok       ok
act cart                               404   404      403   404  404       404  ok       ok
act note                               404   404      403   404  404       404  ok       ok
act tag                                404   404      403   404  404       404  ok       ok
act transfer                           404   404      403   404  404       404  ok       ok
act resolve                            404   404      403   404  404       404  ok       ok
"""
"""What needs a conversation is asked after `join`: who is refused there gets no further.
"""

CONSULT = """
                                    nobody guest customer other host moderator rep operator

connect                                 ok    ok       ok    ok   ok        ok  ok       ok
disconnect                              ok    ok       ok    ok   ok        ok  ok       ok
watch                                  401   403      403   403  403       403  ok       ok
lobby                                   ok    ok       ok    ok   ok        ok  ok       ok
join nothing                           404   404      404   404  404       404 404      404
join                                   404   404       ok   404  404       404  ok      404
sit                                    404   404       ok   404  404       404  ok      404
signal                                 404   404       ok   404  404       404  ok      404
ice                                    404   404       ok   404  404       404  ok      404
cart                                   404   404       ok   404  404       404  ok      404
do say                                 404   404       ok   404  404       404  ok      404
do show                                404   404       ok   404  404       404  ok      404
do hide                                404   404       ok   404  404       404  ok      404
do change                              404   404       ok   404  404       404  ok      404
do undo                                404   404       ok   404  404       404  ok      404
do note                                404   404      403   404  404       404  ok      404
do decline                             404   404       ok   404  404       404  ok      404
do answer                              404   404      403   404  404       404  ok      404
do accept                              404   404       ok   404  404       404 403      404
do leave                               404   404       ok   404  404       404 403      404
do callback                            404   404       ok   404  404       404 403      404
do chat                                404   404       ok   404  404       404 403      404
do rate                                404   404       ok   404  404       404 403      404
do called_back                         404   404      403   404  404       404  ok      404
do hang_up                             404   404       ok   404  404       404  ok      404
answer without joining                 401   403      403   403  403       403  ok       ok
"""
"""In a call of `customer` and `rep`: who is refused at `join` gets no further. A rep may answer a
call that waits, or find that somebody has it, without following it.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One route (`GET /api/orders/{id}`) or event, and what each of `PEOPLE` gets."""

    name: str
    outcomes: dict[str, str]


def rows(table: str) -> list[Row]:
    """The rows of a table above, in its order. Raises ValueError for what is no row."""
    heading, *lines = [line.split() for line in table.splitlines() if line.strip()]
    if tuple(heading) != PEOPLE:
        raise ValueError("the heading names other people")
    found = []
    for words in lines:
        name, outcomes = " ".join(words[: -len(PEOPLE)]), words[-len(PEOPLE) :]
        if not name or set(outcomes) - {"ok", "401", "403", "404"}:
            raise ValueError(f"not a row: {' '.join(words)}")
        found.append(Row(name, dict(zip(PEOPLE, outcomes, strict=True))))
    return found
