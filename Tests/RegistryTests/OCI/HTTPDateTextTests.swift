import Testing

@testable import Registry

@Suite struct HTTPDateTextTests {
    @Test(arguments: [0, 784_111_777, 951_782_400, 1_764_363_600, 4_102_444_799])
    func parsesWhatItFormats(_ second: Int) {
        #expect(HTTPDateText.parse(HTTPDateText.format(second)) == second)
    }

    @Test(arguments: [
        "", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Mai 1994 08:49:37 GMT",
    ])
    func refusesOtherForms(_ text: String) {
        #expect(HTTPDateText.parse(text) == nil)
    }
}
