"""What msgspec has to know of a struct before threads may decode it."""

import msgspec


def prepare(*structs: type[msgspec.Struct]) -> None:
    """Have the fields of `structs`, and of all that they hold, looked up now; call it on import.

    msgspec does so when it first decodes one, and the process dies if a second thread decodes one
    meanwhile (0.22). Reads of SQLite are on threads, and two rooms may open at once.
    """
    for struct in structs:
        msgspec.json.Decoder(struct)
