import NIOConcurrencyHelpers
import Swarm
import Testing

@testable import Registry

@Suite struct KnownRedirectsTests {
    private let clock = NIOLockedValueBox(ContinuousClock.now)
    private let redirects: KnownRedirects
    private let bucket: OriginURL
    private let other: OriginURL

    init() throws {
        let clock = clock
        redirects = KnownRedirects(now: { clock.withLockedValue { $0 } })
        bucket = try #require(OriginURL(parsing: "https://bucket.example.com/layer?signature=1"))
        other = try #require(OriginURL(parsing: "https://bucket.example.com/layer?signature=2"))
    }

    private func pass(_ duration: Duration) { clock.withLockedValue { $0 += duration } }

    private func request(
        _ registry: String = "registry.example.com", _ digest: Int = 0, repository: String = "org/app"
    ) -> OriginRequest {
        OriginRequest(registry: registry, repository: repository, path: "/v2/\(repository)/blobs/sha256:\(digest)", byteRange: 0..<100)
    }

    @Test func whatWasFoundSomewhereIsLookedForThere() async {
        #expect(await redirects.url(for: request()) == nil)
        await redirects.remember(bucket, for: request())
        #expect(await redirects.url(for: request()) == bucket)
        var anotherPart = request()
        anotherPart.byteRange = 100..<200
        #expect(await redirects.url(for: anotherPart) == bucket)
        await redirects.remember(other, for: request())
        #expect(await redirects.url(for: request()) == other)
        await redirects.forget(request())
        #expect(await redirects.url(for: request()) == nil)
    }

    /// A URL that one registry signed must never be asked for what another one has, nor for another blob or repository.
    @Test func registriesRepositoriesAndBlobsAreKeptApart() async {
        await redirects.remember(bucket, for: request())
        #expect(await redirects.url(for: request("mirror.example.com")) == nil)
        #expect(await redirects.url(for: request("registry.example.com", 1)) == nil)
        #expect(await redirects.url(for: request(repository: "org/other")) == nil)
        await redirects.forget(request("mirror.example.com"))
        #expect(await redirects.url(for: request()) == bucket)
    }

    /// What lies there does not hash to the digest.
    @Test func aBlobIsForgottenWhereverItWasFound() async {
        let digest = SampleDigest.a
        func part(_ registry: String, _ digest: Digest) -> OriginRequest {
            OriginRequest(registry: registry, repository: "org/app", path: "/v2/org/app/blobs/\(digest)", byteRange: 0..<100)
        }
        for registry in ["registry.example.com", "mirror.example.com"] { await redirects.remember(bucket, for: part(registry, digest)) }
        await redirects.remember(bucket, for: part("registry.example.com", SampleDigest.b))
        await redirects.forget(digest)
        for registry in ["registry.example.com", "mirror.example.com"] { #expect(await redirects.url(for: part(registry, digest)) == nil) }
        #expect(await redirects.url(for: part("registry.example.com", SampleDigest.b)) == bucket)
    }

    @Test func itIsForgottenAfterAWhile() async {
        await redirects.remember(bucket, for: request())
        pass(KnownRedirects.lifetime - .nanoseconds(1))
        #expect(await redirects.url(for: request()) == bucket)
        pass(.nanoseconds(1))
        #expect(await redirects.url(for: request()) == nil)
        await redirects.remember(other, for: request())
        #expect(await redirects.url(for: request()) == other)
    }

    @Test func thereIsABoundAndExpiredOnesMakeRoom() async {
        for digest in 0..<KnownRedirects.limit { await redirects.remember(bucket, for: request("registry.example.com", digest)) }
        let late = request("registry.example.com", KnownRedirects.limit)
        await redirects.remember(bucket, for: late)
        #expect(await redirects.url(for: late) == nil)
        #expect(await redirects.url(for: request("registry.example.com", KnownRedirects.limit - 1)) == bucket)
        await redirects.forget(request())
        await redirects.remember(bucket, for: late)
        #expect(await redirects.url(for: late) == bucket)
        pass(KnownRedirects.lifetime)
        await redirects.remember(other, for: request())
        #expect(await redirects.url(for: request()) == other)
        #expect(await redirects.url(for: late) == nil)
    }
}
