import NIOConcurrencyHelpers

#if canImport(Glibc)
    import Glibc
#endif

/// The `Date` of answers that do not pass through the framework (RFC 9110, section 5.6.7), made once a second.
final class HTTPDate: Sendable {
    private let last = NIOLockedValueBox((second: time_t.min, text: ""))

    /// Now, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    var text: String {
        let now = time(nil)
        return last.withLockedValue { last in
            if last.second != now { last = (now, HTTPDateText.format(now)) }
            return last.text
        }
    }
}
