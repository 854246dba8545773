/// How long what a tag meant is taken for what it means. Pure: it is told the age of what is known.
public struct TagPolicy: Sendable, Hashable {
    /// Within this time the registry is not asked again; zero to ask each time.
    public var timeToLive: Duration = .seconds(30)
    /// For so long what a tag meant is served while the registry does not answer.
    public var staleIfError: Duration = .seconds(86_400)

    public init() {}

    /// What to do about a tag.
    enum Verdict: Hashable {
        case takeAsKnown
        /// Ask the registry; if it fails, what is known may be served instead.
        case ask(mayBeStale: Bool)
    }

    /// - Parameter age: of what is known; nil where nothing is, negative where the clock was set back since.
    func verdict(age: Duration?) -> Verdict {
        guard let age else { return .ask(mayBeStale: false) }
        if age >= .zero, age < timeToLive { return .takeAsKnown }
        // A clock that was set back says nothing of the age; that the registry fails is certain.
        return .ask(mayBeStale: age <= staleIfError)
    }
}

/// What a tag meant when its registry was last asked.
public struct KnownTag: Sendable, Hashable {
    public let tag: ResolvedTag
    /// Since then, by the clock of this machine.
    public let age: Duration

    public init(tag: ResolvedTag, age: Duration) {
        self.tag = tag
        self.age = age
    }
}
