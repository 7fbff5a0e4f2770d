"""families.blind: equal children are found, programs cannot be compared."""

from datetime import date

from families.blind import blind_index

BORN = date(2012, 4, 2)


def test_spaces_dots_and_half_width_do_not_matter() -> None:
    one = blind_index(kana="ヤマダ ハナコ", birth_date=BORN, program_id=1)

    assert blind_index(kana="ヤマダハナコ", birth_date=BORN, program_id=1) == one
    assert blind_index(kana="ﾔﾏﾀﾞ　ﾊﾅｺ", birth_date=BORN, program_id=1) == one
    assert len(one) == 32


def test_another_day_name_program_or_installation_gives_another_index(settings) -> None:
    one = blind_index(kana="ヤマダ ハナコ", birth_date=BORN, program_id=1)
    others = {
        blind_index(kana="ヤマダ ハナコ", birth_date=date(2012, 4, 3), program_id=1),
        blind_index(kana="ヤマダ ハナヨ", birth_date=BORN, program_id=1),
        blind_index(kana="ヤマダ ハナコ", birth_date=BORN, program_id=2),
    }
    settings.SEALING_KEY = b"x" * 32
    others.add(blind_index(kana="ヤマダ ハナコ", birth_date=BORN, program_id=1))

    assert len(others | {one}) == 5
