import Licensing
import Testing

@Suite struct CalendarDayTests {
    /// The whole range, compared with a calendar that counts one day after the other.
    @Test func agreesWithTheCalendarOverTheWholeRange() {
        var (year, month, day) = (1970, 1, 1)
        for count in UInt16.min...UInt16.max {
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            let calendarDay = CalendarDay(daysSince1970: count)
            guard calendarDay.description == text, CalendarDay(text) == calendarDay else {
                Issue.record("day \(count) is \(calendarDay), not \(text)")
                return
            }
            day += 1
            if day > Self.days(in: month, of: year) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2149, 6, 7))
    }

    @Test(arguments: [
        "", "2026", "2026-1-15", "26-01-15", "2026-01-15 ", " 2026-01-15", "2026/01/15", "2026-01-15-", "2026-13-01",
        "2026-00-01", "2026-01-00", "2026-01-32", "2026-02-29", "2100-02-29", "1969-12-31", "2149-06-07", "9999-12-31",
        "0000-01-01", "-026-01-15", "+026-01-15", "２０２６-01-15", "2026-0a-15", "20260-1-15", "2026-04-31",
        "99999999999999999999-01-01",
    ])
    func refusesWhatIsNoDayInTheRange(_ text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func takesLeapDaysWhereTheyAre() {
        for text in ["1972-02-29", "2000-02-29", "2096-02-29"] { #expect(CalendarDay(text)?.description == text) }
    }

    @Test func anInstantFallsOnItsDayInUTC() {
        #expect(CalendarDay(secondsSince1970: 0)?.description == "1970-01-01")
        #expect(CalendarDay(secondsSince1970: 86_399)?.description == "1970-01-01")
        #expect(CalendarDay(secondsSince1970: 86_400)?.description == "1970-01-02")
        #expect(CalendarDay(secondsSince1970: 65_536 * 86_400 - 1)?.description == "2149-06-06")
        for seconds in [Int64.min, -86_400, -1, 65_536 * 86_400, .max] {
            #expect(CalendarDay(secondsSince1970: seconds) == nil)
        }
    }

    @Test func aTimestampReadsAsDateAndTime() {
        #expect(Timestamp(seconds: 1_772_352_000).description == "2026-03-01 08:00 UTC")
        #expect(Timestamp(seconds: 86_399).description == "1970-01-01 23:59 UTC")
        #expect(Timestamp(seconds: .max).description == "\(UInt64.max) s")
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
