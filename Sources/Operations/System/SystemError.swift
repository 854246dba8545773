import Glibc

/// What a system call said, as its `errno`.
public struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The `errno`.
    public let code: CInt

    /// Takes a code.
    public init(code: CInt) { self.code = code }

    /// What the last call of this thread said.
    public static var last: SystemError { SystemError(code: errno) }

    /// The system's words for it.
    public var description: String { String(cString: strerror(code)) }
}
