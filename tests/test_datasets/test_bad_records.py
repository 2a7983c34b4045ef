import pytest

from mmpose_cmb.datasets.bad_records import check_problems


def test_no_record_at_all():
    with pytest.raises(ValueError, match='a.txt: holds no annotation'):
        check_problems('a.txt', [], 0, 1.0)


def test_problems_are_told():
    assert check_problems('a.txt', [], 10, 0.0) == ''
    problems = [(n, f'what {n}') for n in range(3, 10)]
    message = check_problems('a.txt', problems, 93, 0.07)
    assert message == (
        'a.txt: 7 of 100 records cannot be used and are left '
        'out: line 3: what 3; line 4: what 4; line 5: what 5; '
        'line 6: what 6; line 7: what 7; and 2 more'
    )
    with pytest.raises(ValueError, match='7 of 100 .*max_bad_share = 0.06'):
        check_problems('a.txt', problems, 93, 0.06)
    with pytest.raises(ValueError, match='line 3: what 3'):
        check_problems('a.txt', problems, 0, 1.0)
