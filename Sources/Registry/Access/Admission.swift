/// Leave for one request to be given what it asks for.
struct Admission: Sendable {
    /// Why it is given.
    enum Ground: Sendable {
        /// The settings say that whoever reaches this agent may.
        case shared
        /// The registry gives it to everybody.
        case everybody
        /// The registry gives it to this caller.
        case proven
        /// The registry does not answer, and nothing speaks against it.
        case assumed
    }

    let ground: Ground
    /// Whether the registry has said that the repository has just this.
    var isConfirmed = false
    /// What the registry said just now, to this agent or another, that a tag means.
    var resolved: KnownTag?
    /// Why the registry did not say that, when it was asked.
    var failure: OriginError?

    var confirmed: Admission {
        var copy = self
        copy.isConfirmed = true
        return copy
    }
}
