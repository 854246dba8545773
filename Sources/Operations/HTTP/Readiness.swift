/// Whether a process can do its work now, for `/readyz`.
public struct Readiness: Sendable, Hashable, Encodable {
    /// Whether it can.
    public let ready: Bool
    /// Why not, one clear phrase each; notes that do not matter for readiness may stand here when it is ready.
    public let reasons: [String]

    /// Everything works.
    public static let ready = Readiness(ready: true, reasons: [])

    /// Something is missing.
    public static func notReady(_ reasons: [String]) -> Readiness { Readiness(ready: false, reasons: reasons) }

    /// Takes the answer as it is sent.
    public init(ready: Bool, reasons: [String]) {
        self.ready = ready
        self.reasons = reasons
    }
}
