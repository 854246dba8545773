import Testing

@testable import Registry

@Suite struct RateLimitTests {
    @Test(
        arguments: [
            ("76;w=21600", "100;w=21600", 76, 100), ("0", nil, 0, nil), (" 5 , 6", "x", 5, nil),
        ] as [(String, String?, UInt64, UInt64?)])
    func reads(remaining: String, limit: String?, count: UInt64, all: UInt64?) {
        let found = RateLimit(remaining: remaining, limit: limit)
        #expect(found?.remaining == count)
        #expect(found?.limit == all)
    }

    @Test(arguments: [nil, "", "many", "-1", ";w=1"] as [String?])
    func refuses(remaining: String?) {
        #expect(RateLimit(remaining: remaining, limit: "100") == nil)
    }

    @Test(
        arguments: [
            ("7", nil, 7), (" 120 ", nil, 120), ("0", nil, 0), ("99999999999999999999999", nil, .max),
            ("Sun, 06 Nov 1994 08:50:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 23),
            ("Fri, 01 Mar 2024 00:00:00 GMT", "Wed, 28 Feb 2024 23:59:59 GMT", 86_401),
            ("Thu, 01 Jan 1970 00:00:01 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 1),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:00 GMT", 0),
        ] as [(String, String?, UInt64)])
    func retryAfter(field: String, date: String?, seconds: UInt64) {
        #expect(RetryAfter.seconds(field, answeredAt: date) == seconds)
    }

    @Test(
        arguments: [
            ("", nil), ("-1", nil), ("soon", nil), ("Sun, 06 Nov 1994 08:50:00 GMT", nil), ("Sun, 06 Nov 1994 08:50:00 GMT", "now"),
            ("Sun, 32 Nov 1994 08:50:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("Sun, 06 Nix 1994 08:50:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("Sun, 06 Nov 1994 08:50 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ] as [(String, String?)])
    func noRetryAfter(field: String, date: String?) {
        #expect(RetryAfter.seconds(field, answeredAt: date) == nil)
    }
}
