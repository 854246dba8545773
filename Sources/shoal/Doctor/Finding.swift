/// One thing that was looked at.
struct Finding: Encodable, Sendable {
    enum State: String, Encodable, Sendable {
        case ok
        /// Works, but perhaps not as it was meant to.
        case warning
        case problem
        /// Could not be looked at.
        case skipped
    }

    let state: State
    /// `agent`, `ports`, `tracker`, `origin`, `credentials`, `clock`, `runtime`, `disk`.
    let check: String
    /// What was seen.
    let message: String
    /// What to do about it.
    let remedy: String?

    static func ok(_ check: String, _ message: String) -> Finding {
        Finding(state: .ok, check: check, message: message, remedy: nil)
    }

    static func warning(_ check: String, _ message: String, do remedy: String) -> Finding {
        Finding(state: .warning, check: check, message: message, remedy: remedy)
    }

    static func problem(_ check: String, _ message: String, do remedy: String) -> Finding {
        Finding(state: .problem, check: check, message: message, remedy: remedy)
    }

    static func skipped(_ check: String, _ message: String) -> Finding {
        Finding(state: .skipped, check: check, message: message, remedy: nil)
    }
}
