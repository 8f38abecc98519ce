"""Periods: `2026-10`, `2026-W43`, `2026-10-31`, `2026-Q4`, `2026` (section 1)."""

from datetime import date, timedelta

DAY = timedelta(days=1)
EXPONENT = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}


def month_start(day, months=0):
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


class Period:
    """A span that is paid at once. `kind` is the plan's `period`, `week_starts` a weekday number (Monday 0)."""

    def __init__(self, kind, first, week_starts=0):
        self.kind, self.first, self.week_starts = kind, first, week_starts

    @staticmethod
    def holding(kind, day, week_starts=0):
        first = {
            "day": lambda: day,
            "week": lambda: day - DAY * ((day.weekday() - week_starts) % 7),
            "month": lambda: month_start(day),
            "quarter": lambda: date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
            "year": lambda: date(day.year, 1, 1),
        }[kind]()
        return Period(kind, first, week_starts)

    @property
    def next(self):
        first = {
            "day": lambda: self.first + DAY,
            "week": lambda: self.first + 7 * DAY,
            "month": lambda: month_start(self.first, 1),
            "quarter": lambda: month_start(self.first, 3),
            "year": lambda: date(self.first.year + 1, 1, 1),
        }[self.kind]()
        return Period(self.kind, first, self.week_starts)

    @property
    def previous(self):
        return Period.holding(self.kind, self.first - DAY, self.week_starts)

    @property
    def last(self):
        return self.next.first - DAY

    @property
    def name(self):
        """A week is named by the ISO week of its Thursday (section 3)."""
        first = self.first
        if self.kind == "day":
            return first.isoformat()
        if self.kind == "week":
            thursday = next(first + DAY * i for i in range(7) if (first + DAY * i).weekday() == 3)
            year, week, _ = thursday.isocalendar()
            return f"{year}-W{week:02}"
        if self.kind == "month":
            return f"{first.year}-{first.month:02}"
        if self.kind == "quarter":
            return f"{first.year}-Q{(first.month + 2) // 3}"
        return str(first.year)

    def __contains__(self, day):
        return self.first <= day <= self.last


def months_between(earlier, later):
    """Calendar months: 0 in the same month (9.11)."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month
