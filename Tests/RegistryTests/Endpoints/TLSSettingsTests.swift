import NIOSSL
import Testing

@testable import Registry

/// What can be wrong with a registry's certificates; that right ones work is the end-to-end tests' to see.
@Suite struct TLSSettingsTests {
    private let directory: TestDirectory
    private var settings: RegistrySettings

    init() throws {
        directory = try TestDirectory()
        settings = try RegistrySettings(name: "r.example")
    }

    @Test func nothingSaidChangesNothing() throws {
        let tls = try TLSSettings(settings)
        #expect(tls.common == nil)
        #expect(tls.own == nil)
    }

    @Test mutating func onlyTheRegistryItselfIsTakenUnseen() throws {
        settings.isInsecure = true
        let tls = try TLSSettings(settings)
        #expect(tls.common == nil)
        #expect(tls.own?.certificateVerification == CertificateVerification.none)
    }

    @Test mutating func filesMustBeThereAndHoldPEM() throws {
        let path = try directory.write("ca.pem", "nothing")
        settings.authorityFile = path
        let error = #expect(throws: TLSSettingsError.self) { try TLSSettings(settings) }
        #expect(error.map { "\($0)".contains(path) && "\($0)".contains("r.example") } == true)
        settings.authorityFile = "\(directory.path)/none"
        #expect(throws: TLSSettingsError.self) { try TLSSettings(settings) }
    }

    @Test mutating func halfACertificateIsNone() throws {
        settings.keyFile = "key.pem"
        #expect(throws: TLSSettingsError.incomplete(registry: "r.example", missing: "certificate")) { try TLSSettings(settings) }
        settings.keyFile = nil
        settings.certificateFile = "certificate.pem"
        #expect(throws: TLSSettingsError.incomplete(registry: "r.example", missing: "key")) { try TLSSettings(settings) }
    }
}
