"""The page `docs/reference/feel.md`: the built-in functions of FEEL with an example each.

python -m engine.feel.reference        writes the tables of the page anew
"""

from __future__ import annotations

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import signatures
from engine.feel.expressions import evaluate
from engine.feel.printing import to_json

PAGE = "docs/reference/feel.md"
BEGIN = "<!-- functions: begin; rewritten by python -m engine.feel.reference -->"
END = "<!-- functions: end -->"

# Group → lines: function; example; what it gives in Vietnamese; in English. Examples see `now` and `today`.
GROUPS = {
    "Text": r"""
string; string(1.50); giá trị viết thành chữ; the value as text
string length; string length("hồ sơ"); số ký tự; number of characters
substring; substring("một cửa", 5); một đoạn, từ một vị trí; a part from a position
upper case; upper case("đất"); chữ hoa; capitals
lower case; lower case("ĐẤT"); chữ thường; small letters
substring before; substring before("12/2026", "/"); phần đứng trước; what comes before
substring after; substring after("12/2026", "/"); phần đứng sau; what comes after
contains; contains("đất ở", "ở"); có chứa không; whether it is inside
starts with; starts with("GPXD-12", "GPXD"); có bắt đầu bằng không; whether it begins so
ends with; ends with("GPXD-12", "12"); có kết thúc bằng không; whether it ends so
trim; trim("  a "); bỏ khoảng trắng hai đầu; without blanks at both ends
matches; matches("0912345678", "^0\\d{9}$"); có khớp mẫu không; whether a pattern fits
replace; replace("24/11/2026", "(\\d+)/(\\d+)/(\\d+)", "$3-$2-$1"); thay chỗ khớp mẫu; what fits is replaced
split; split("a; b;c", ";\\s*"); cắt theo mẫu; cut where the pattern fits
extract; extract("a1 b22", "[0-9]+"); các đoạn khớp mẫu; the pieces that fit
string join; string join(["a", "b"], ", "); nối các chuỗi; texts put together
""",
    "Numbers": r"""
number; number("1.234,5", ".", ","); đọc số viết bằng chữ; a number read from text
decimal; decimal(2.5, 0); làm tròn, số giữa về số chẵn; rounded, halves to even
floor; floor(-3.2); làm tròn xuống; rounded down
ceiling; ceiling(3.2); làm tròn lên; rounded up
round up; round up(1.121, 2); làm tròn xa số 0; rounded away from zero
round down; round down(1.129, 2); làm tròn về số 0; rounded towards zero
round half up; round half up(2.5, 0); làm tròn, số giữa xa số 0; halves away from zero
round half down; round half down(2.5, 0); làm tròn, số giữa về số 0; halves towards zero
abs; abs(-7); giá trị tuyệt đối; without its sign
modulo; modulo(-12, 5); số dư, theo dấu số chia; the rest, with the divisor's sign
sqrt; sqrt(16); căn bậc hai; square root
log; log(1); lôgarit tự nhiên; natural logarithm
exp; exp(0); lũy thừa của e; a power of e
odd; odd(3); là số lẻ; whether it is odd
even; even(-2); là số chẵn; whether it is even
""",
    "Truth": r"""
not; not(1 = 2); phủ định; the opposite
is; is(@"07:00:00", @"00:00:00Z"); đúng là một giá trị, kể cả múi giờ; the very same value, its zone included
all; all([true, null]); tất cả đều đúng; whether all are true
any; any([true, null]); có một giá trị đúng; whether one is true
is defined; is defined(storeys); tên này có giá trị không; whether there is such a name
""",
    "Lists": r"""
count; count([1, 2, 3]); số phần tử; how many
sum; sum([1, 2, 3]); tổng; the sum
min; min([3, 1, 2]); nhỏ nhất; the least
max; max(3, 1, 2); lớn nhất; the greatest
mean; mean([1, 2]); trung bình; the mean
median; median([8, 2, 5]); trung vị; the middle one
mode; mode([6, 1, 6]); hay gặp nhất; the most frequent
stddev; stddev([1, 3, 5]); độ lệch chuẩn của mẫu; deviation of a sample
product; product([2, 3]); tích; the product
list contains; list contains([1, null], null); có trong danh sách không; whether it is in the list
index of; index of([1, 2, 1], 1); các vị trí; the positions
append; append([1], 2, 3); thêm vào cuối; with more at the end
concatenate; concatenate([1], [2, 3]); nối danh sách; lists put together
insert before; insert before([1, 3], 2, 2); chèn vào trước vị trí; put in before a position
remove; remove([1, 2, 3], -1); bỏ một vị trí; without a position
list replace; list replace([1, 2, 3], 2, 9); thay một vị trí; with another at a position
sublist; sublist([1, 2, 3], 2); một đoạn; a part
reverse; reverse([1, 2]); đảo thứ tự; the other way round
sort; sort([3, 1, 2], function(a, b) a > b); sắp xếp theo hàm so sánh; ordered by a function
union; union([1, 2], [2, 3]); hợp, không trùng; together, each once
distinct values; distinct values([1, 2, 1]); bỏ trùng; each once
duplicate values; duplicate values([1, 2, 1]); các giá trị trùng; those that are there twice
flatten; flatten([1, [2, [3]]]); bỏ các lớp lồng; without levels
""",
    "Contexts": r"""
get value; get value({a: 1}, "a"); giá trị của một mục; the value of an entry
get entries; get entries({a: 1}); các mục; the entries
context; context([{key: "a", value: 1}]); lập từ các mục; made of entries
context put; context put({a: 1}, "b", 2); thêm hoặc thay một mục; with another entry
context merge; context merge([{a: 1}, {b: 2}]); gộp lại; put together
""",
    "Days, times, durations": r"""
date; date("2026-11-24"); ngày; a day
time; time("09:30:00"); giờ; a time
date and time; date and time("2026-11-24T09:30:00"); ngày giờ; a day and time
duration; duration("P1DT12H"); khoảng thời gian; a duration
years and months duration; years and months duration(@"2024-03-15", today()); số tháng; months between
today; today(); hôm nay; today
now; now(); bây giờ; now
day of week; day of week(@"2026-11-24"); thứ (tiếng Anh); the day of the week
day of year; day of year(@"2026-02-01"); ngày thứ mấy trong năm; the day in the year
week of year; week of year(@"2026-11-24"); tuần theo ISO 8601; the week of ISO 8601
month of year; month of year(@"2026-11-24"); tháng (tiếng Anh); the month
last day of month; last day of month(@"2026-02-10"); ngày cuối tháng; the last day of the month
""",
    "Ranges": r"""
range; range("[18..21)"); khoảng viết bằng chữ; a range read from text
before; before([1..5), 5); đứng trước; lies before
after; after(6, [1..5]); đứng sau; lies after
meets; meets([1..5], [5..9]); nối liền với khoảng sau; ends where the other begins
met by; met by([5..9], [1..5]); nối liền với khoảng trước; begins where the other ends
overlaps; overlaps([1..5], [4..9]); có phần chung; they have something in common
overlaps before; overlaps before([1..5], [4..9]); chung phần đầu khoảng sau; reaches into the beginning
overlaps after; overlaps after([4..9], [1..5]); chung phần cuối khoảng trước; reaches over the end
finishes; finishes([3..5], [1..5]); kết thúc cùng lúc; ends with it
finished by; finished by([1..5], [3..5]); bị kết thúc cùng lúc; is ended with
includes; includes([1..10], 5); bao gồm; includes
during; during([4..6], [1..10]); nằm trong; lies inside
starts; starts([1..3], [1..5]); bắt đầu cùng lúc; begins with it
started by; started by([1..5], [1..3]); bị bắt đầu cùng lúc; is begun with
coincides; coincides([1..5], [1..5]); trùng nhau; are the same
""",
}
GIVEN = {"today": "2026-11-24", "now": "2026-11-24T09:30:00+07:00"}
"""What the examples see as today and now."""


def lines(text: str) -> list[tuple[str, str, str, str]]:
    """Return function, example and both meanings of every line; an example may hold semicolons."""
    found = []
    for line in text.strip().splitlines():
        name, _, rest = line.partition("; ")
        example, vi, en = rest.rsplit("; ", 2)
        found.append((name, example, vi, en))
    return found


def result(example: str) -> str:
    """Return what an example gives, as JSON."""
    given = {name: evaluate(f'@"{text}"', {}) for name, text in GIVEN.items()}
    return to_json(evaluate(example, given))


def tables() -> str:
    """Return the tables of all functions as Markdown."""
    out: list[str] = []
    for group, text in GROUPS.items():
        out += [
            f"### {group}",
            "",
            "| Function | Nghĩa | Gives | Example | Result |",
            "|---|---|---|---|---|",
        ]
        for name, example, vi, en in lines(text):
            calls = "<br>".join(f"`{name}({one})`" for one in signatures(name))
            out.append(f"| {calls} | {vi} | {en} | {_code(example)} | {_code(result(example))} |")
        out.append("")
    return "\n".join(out)


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


def undescribed() -> set[str]:
    """Return the functions that no group describes."""
    return set(BUILTINS) - {name for text in GROUPS.values() for name, *_ in lines(text)}


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def main() -> None:
    with open(PAGE, encoding="utf-8") as file:
        written = page(file.read())
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(written)


if __name__ == "__main__":
    main()
