import Glibc

/// What a system call said, as its `errno`.
struct SystemError: Error, Hashable, CustomStringConvertible {
    let code: CInt

    var description: String { String(cString: strerror(code)) }
}
