"""A bank's file of movements, record by record as the bankers' association says (donations/read_zengin.py)."""

Row = tuple[str, str, int, str]  # day YYMMDD, in "1" or out "2", yen, half-width payer


def kana(text: str, length: int) -> bytes:
    made = text.encode("cp932")
    assert len(made) <= length
    return made.ljust(length)


def header(*, kind: str = "03", deposit: str = "1") -> bytes:
    front = f"1{kind}0090331090301090331" + "0597"
    made = front.encode() + kana("ﾐﾗｲ", 15) + b"001" + kana("ｼﾌﾞﾔ", 15) + b"000" + deposit.encode()
    return (made + b"0000123456" + kana("ﾄｸﾋ)ﾏﾅﾋﾞﾉｶｲ", 40) + b"1" + b"1" + b"0" * 14).ljust(200)


def data(day: str, way: str, yen: int, payer: str, number: int = 1) -> bytes:
    front = f"2{number:08d}{day}{day}{way}11{yen:012d}{0:012d}" + "0" * 6 + "0" * 6 + "0" + "0" * 7 + "001"
    made = (
        front.encode() + b"0" * 10 + kana(payer, 48) + kana("ﾐｽﾞﾎ", 15) + kana("ｼﾝｼﾞﾕｸ", 15) + kana("ﾌﾘｺﾐ", 20)
    )
    return made.ljust(200)


def trailer(rows: list[Row]) -> bytes:
    ins, outs = ([yen for _day, kind, yen, _payer in rows if kind == way] for way in ("1", "2"))
    made = f"8{len(ins):06d}{sum(ins):013d}{len(outs):06d}{sum(outs):013d}1{0:014d}{len(rows):07d}"
    return made.encode().ljust(200)


def end(records: int, accounts: int = 1) -> bytes:
    return f"9{records:010d}{accounts:05d}".encode().ljust(200)


def records_of(rows: list[Row]) -> list[bytes]:
    lines = [data(*row, number=n) for n, row in enumerate(rows, 1)]
    return [header(), *lines, trailer(rows), end(len(rows) + 3)]


def zengin_of(rows: list[Row], *, line_end: bytes = b"\r\n") -> bytes:
    return line_end.join(records_of(rows)) + line_end
