import Testing
import UVLoop

struct UVErrorTests {
    @Test(arguments: [
        (
            UVError(.connectionRefused, operation: "connect to 10.0.0.1:7000"),
            "connect to 10.0.0.1:7000 failed: connection refused (ECONNREFUSED); nothing listens there: check the address, and that the peer is running"
        ),
        (UVError(.endOfFile, operation: "sendfile", detail: "too short"), "sendfile failed: too short (EOF)"),
    ])
    func readsAsOneLine(error: UVError, line: String) {
        #expect(error.description == line)
    }

    @Test(arguments: [UVError.Code.addressInUse, .accessDenied, .connectionRefused, .tooManyOpenFiles, .addressNotAvailable])
    func commonCodesHaveARemedy(code: UVError.Code) {
        #expect(UVError(code, operation: "try").remedy != nil)
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: UVError.self) { try OpenFile(readingFrom: "/nonexistent/file") }
        #expect(error?.code == .noSuchFile)
        #expect(error?.description.contains("/nonexistent/file") == true)
    }
}
