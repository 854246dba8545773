/// What a file becomes.
public struct FileChange: Sendable, Hashable {
    /// Absolute, as it was asked for.
    public let path: String
    /// What it holds now; nil when there is no such file.
    public let before: String?
    /// What it shall hold; nil when it shall go.
    public let after: String?

    /// A change, or none when the file stays as it is.
    init?(_ path: String, from before: String?, to after: String?) {
        guard before != after else { return nil }
        self.path = path
        self.before = before
        self.after = after
    }

    /// The change as `diff -u` shows it.
    public var diff: String { UnifiedDiff.text(path: path, before: before, after: after) }
}

/// What has to change for a runtime to pull through an agent, or not to any more.
public struct SetupPlan: Sendable, Hashable {
    /// In the order in which they should be made.
    public let changes: [FileChange]
    /// What the operator has to know or to do afterwards, one sentence each.
    public let advice: [String]

    init(_ changes: [FileChange?], advice: [String] = []) {
        self.changes = changes.compactMap(\.self)
        self.advice = advice
    }
}
