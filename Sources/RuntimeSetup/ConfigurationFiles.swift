/// The files that a runtime's settings consist of, to be read. The disk's, or a test's.
public protocol ConfigurationFiles {
    /// A file's text; nil when there is no such file.
    /// - Throws: `SetupError.unreadable`.
    func text(at path: String) throws(SetupError) -> String?

    /// Names of what lies in a folder, sorted; none when there is no such folder.
    /// - Throws: `SetupError.unreadable`.
    func names(in folder: String) throws(SetupError) -> [String]
}
