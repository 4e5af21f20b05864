"""What is done for many rows at once comes to what is done for each."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from tools.campaigns.tally import Tally
from tools.campaigns.wording import read_wording
from tools.lists.cells import Cell, Special, formatted_number, formatted_text
from tools.lists.columns import Columns
from tools.lists.judging import judging
from tools.lists.number_formats import number_format
from tools.lists.rows import Row, judge

NUMBERS = st.sampled_from(
    [
        *("0912345678", "912345678", " 0912345678", "0912-345-678", "0912345678\n", "０９１２３４５６７８"),
        *("0212345678", "+14155552671", "0912\u00a0345\u00a0678", "0912345678/0922333444", "0999999999", ""),
        *("0912******", "#N/A", "886912345678", "٠٩١٢٣٤٥٦٧٨", "0992345678"),
    ]
)
PER_CENT = number_format(9, "") or str
TEXTS = st.text(alphabet="王a1 =+-@|%$field\n\u200b\ufffd#N/A.", max_size=8)
CELLS: st.SearchStrategy[Cell] = (
    NUMBERS
    | TEXTS
    | st.text(max_size=6)
    | st.floats()
    | st.booleans()
    | st.sampled_from(Special)
    | st.sampled_from([912345678.0, 886912345678.0, 1.5, 0.0])
    | st.floats().map(lambda value: formatted_number(value, PER_CENT))
    | TEXTS.map(lambda written: formatted_text(written, f"{written} 先生"))
)
PLACES = st.integers(0, 4)
MOBILES = st.lists(PLACES, min_size=1, max_size=2, unique=True).map(tuple) | st.just((0,))
COLUMNS = st.builds(
    Columns,
    mobile=MOBILES,
    labels=st.just((None, None)),
    countries=st.just((None, None)) | st.tuples(st.none() | PLACES, st.none() | PLACES),
    fields=st.lists(PLACES, max_size=3).map(tuple),
    consent=st.none() | PLACES,
    width=st.sampled_from([0, 0, 2, 3, 5]),
)
ROWS = st.builds(
    Row,
    st.integers(1, 9),
    st.lists(CELLS, max_size=6) | st.tuples(NUMBERS, CELLS, CELLS),
    st.booleans(),
    st.booleans(),
)


ONE = Columns(mobile=(0,), labels=(None,), fields=(1,))


@given(COLUMNS, ROWS)
@example(ONE, Row(2, ["0912345678", "王"]))
@example(replace(ONE, fields=(), width=2), Row(2, ["0912345678", "a", "0922333444"]))
@example(ONE, Row(2, ["0912345678", "=1+2"]))
@example(replace(ONE, consent=2), Row(2, ["0912345678", "王", "否"]))
@example(ONE, Row(2, ["0912345678"], hidden=True))
@example(ONE, Row(2, ["0912345678", formatted_number(0.15, PER_CENT)]))
@example(ONE, Row(2, [formatted_text("0912345678", "0912345678 先生"), formatted_text("王", "王 先生")]))
@example(ONE, Row(2, ["0912345678", "王"], hidden=True))
def test_the_quick_reading_of_a_row_is_the_slow_one(columns: Columns, row: Row) -> None:
    count = len(columns.mobile)
    columns = replace(columns, labels=(None,) * count, countries=columns.countries[:count])
    for hidden in (False, True):
        quick = judging(columns, include_hidden=hidden)(row)
        assert quick == judge(row, columns, include_hidden=hidden)


@given(st.lists(st.tuples(st.sampled_from(["+886912345678", "+14155552671"]), TEXTS | st.text(max_size=400))))
def test_many_texts_are_filled_in_and_priced_as_each_is(people: list[tuple[str, str]]) -> None:
    wording = read_wording("100% {b}好{a}，{b}")
    values = [(mobile, text) for mobile, text in people]
    texts = wording.filled_each(values)
    assert texts == [f"100% {mobile}好{text}，{mobile}" for mobile, text in values]
    assert texts == [wording.filled(each) for each in values]
    each, many = Tally(), Tally()
    points = [each.add(mobile, text, (text,)) for (mobile, _), text in zip(people, texts, strict=True)]
    assert many.add_each([mobile for mobile, _ in people], texts, [(text,) for text in texts]) == points
    assert many == each


@given(st.lists(st.tuples(TEXTS | st.text(alphabet="a|%field1%", max_size=900)), max_size=3))
@example([("%field1%",)])
@example([("a" * 5_000,)])
@example([("a",), ("",)])
def test_texts_are_sendable_together_only_when_each_is(people: list[tuple[str]]) -> None:
    for written in ("{a}", "好{a}", "好 %{a}", "{a} f"):
        wording = read_wording(written)
        texts = wording.filled_each(people)
        if wording.all_sendable(texts):
            assert not any(map(wording.unsendable, people, texts))
