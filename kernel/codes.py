"""Short codes that people read, say and type: Crockford base 32 with a check character."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
BODY_LENGTH = 11  # 55 random bits
LENGTH = BODY_LENGTH + 1


def check_character(body: str) -> str:
    """ISO 7064 MOD 37,36 adapted to 32 letters (hybrid system, modulus 32): one character.

    Catches every single wrong character and most swaps of neighbours.
    """
    base = len(ALPHABET)
    carry = base
    for character in body:
        carry = (carry + ALPHABET.index(character)) % base or base
        carry = carry * 2 % (base + 1)
    return ALPHABET[(base + 1 - carry) % base]


def new_code() -> str:
    """A random code of 12 characters, the last of which checks the others."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return body + check_character(body)


def read_code(typed: str) -> str | None:
    """The code that a person meant (O is 0, I and L are 1), or None when the check fails."""
    code = typed.translate(READ_AS)
    if len(code) != LENGTH or any(c not in ALPHABET for c in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def shown(code: str) -> str:
    """'K7P29QX4M1ZT' -> 'K7P2-9QX4-M1ZT'."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
