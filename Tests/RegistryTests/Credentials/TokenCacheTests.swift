import Testing

@testable import Registry

@Suite struct TokenCacheTests {
    private let start = ContinuousClock.now

    private func key(_ server: String = "https://r.example", _ scope: String = "repository:a:pull", _ user: String? = nil) -> TokenCache.Key
    {
        .init(server: server, scope: scope, credential: user.map { .password(username: $0, Secret("p")) })
    }

    private func token(_ text: String, seconds: Int = 100) -> AccessToken { AccessToken(text: Secret(text), lifetime: .seconds(seconds)) }

    /// A tenth before its end, so that it does not expire on its way.
    @Test func tokensExpire() {
        var cache = TokenCache()
        cache.keep(token("t"), for: key(), at: start)
        #expect(cache.token(for: key(), at: start + .seconds(89)) == Secret("t"))
        #expect(cache.token(for: key(), at: start + .seconds(90)) == nil)
        cache.keep(token("t", seconds: -5), for: key(), at: start)
        #expect(cache.token(for: key(), at: start) == nil)
        cache.keep(token("t", seconds: .max), for: key(), at: start)
        #expect(cache.token(for: key(), at: start + .seconds(80_000)) == nil)
    }

    @Test func serversScopesAndCredentialsAreKeptApart() {
        var cache = TokenCache()
        cache.keep(token("t"), for: key(), at: start)
        #expect(cache.token(for: key("https://s.example"), at: start) == nil)
        #expect(cache.token(for: key("https://r.example", "repository:b:pull"), at: start) == nil)
        #expect(cache.token(for: key("https://r.example", "repository:a:pull", "robot"), at: start) == nil)
    }

    @Test func onlyTheRefusedTokenIsForgotten() {
        var cache = TokenCache()
        cache.keep(token("new"), for: key(), at: start)
        cache.forget(Secret("old"), for: key())
        #expect(cache.token(for: key(), at: start) == Secret("new"))
        cache.forget(Secret("new"), for: key())
        #expect(cache.token(for: key(), at: start) == nil)
    }

    @Test func thereIsABound() {
        var cache = TokenCache()
        for number in 0..<TokenCache.limit { cache.keep(token("t"), for: key("\(number)"), at: start) }
        cache.keep(token("t"), for: key("late"), at: start)
        #expect(cache.token(for: key("late"), at: start) == nil)
        cache.keep(token("u"), for: key("0"), at: start)
        #expect(cache.token(for: key("0"), at: start) == Secret("u"))
        let later = start + .seconds(100)
        cache.keep(token("t"), for: key("late"), at: later)
        #expect(cache.token(for: key("late"), at: later) == Secret("t"))
    }
}
