import Operations
import Testing

@Suite struct TextTableTests {
    @Test(arguments: [
        (0, 3, "0.000"), (12.3456, 3, "12.346"), (0.0004, 2, "0.00"), (-0.0004, 2, "0.00"), (1999.6, 0, "2000"), (-1, 1, "-1.0"),
        (.infinity, 1, "-"),
    ])
    func numbersHaveTheirDigits(value: Double, digits: Int, text: String) {
        #expect(TextTable.number(value, digits) == text)
    }

    @Test func columnsAreStraight() {
        #expect(TextTable.columns([["a", "b"], ["long", "10"]]) == "a      b\nlong  10\n")
        #expect(TextTable.pairs([(name: "a", value: "1"), (name: "long", value: "2")]) == "a     1\nlong  2\n")
    }
}
