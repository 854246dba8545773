import Registry

/// A moment in the two forms that signatures need: `20130524` and `20130524T000000Z`, UTC.
struct AmazonDate: Sendable, Hashable {
    let day: String
    let stamp: String

    init(secondsSince1970 seconds: Int) {
        day = UTCText.format(seconds, "%Y%m%d")
        stamp = UTCText.format(seconds, "%Y%m%dT%H%M%SZ")
    }
}
