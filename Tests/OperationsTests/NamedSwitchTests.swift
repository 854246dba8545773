import Operations
import Testing

@Suite struct NamedSwitchTests {
    @Test(arguments: [
        ("r.example", "r.example", true), ("r.example:5000=true", "r.example:5000", true), ("r.example=off", "r.example", false),
    ])
    func reads(text: String, name: String, isOn: Bool) {
        let found = NamedSwitch(parsing: text)
        #expect(found?.name == name)
        #expect(found?.isOn == isOn)
    }

    @Test(arguments: ["", "=true", "r.example=maybe", "r.example=", "a b"])
    func refuses(text: String) {
        #expect(NamedSwitch(parsing: text) == nil)
    }
}
