"""The list of the demo's campaign, as an office has it: names, mobiles and dates in a spreadsheet."""

from pathlib import Path

from server.sheets import XlsxSheet

RECIPIENTS = 300
LIST = "due.xlsx"
_DAYS = 10


def write_list(folder: Path) -> None:
    """Write it into this folder."""
    folder.mkdir(exist_ok=True)
    with (folder / LIST).open("wb") as file:
        sheet = XlsxSheet(file, ("姓名", "手機", "到期日"))
        sheet.add(
            (f"客戶{number}", f"09{20_000_000 + 200 + number:08d}", f"2026/12/{1 + number % _DAYS}")
            for number in range(RECIPIENTS)
        )
        sheet.close()
        sheet.end()
