import Swarm
import Testing

@testable import Registry

/// What is remembered of who may have what.
@Suite struct AccessBookTests {
    private static let place = RepositoryPlace(registry: "r.test", repository: "app")
    private static let other = RepositoryPlace(registry: "r.test", repository: "other")
    private let book = AccessBook()
    private let now = ContinuousClock.now

    @Test func provesToCallersAndToEverybody() {
        #expect(book.right(of: SampleDigest.a, in: Self.place) == nil)
        book.close(Self.place)
        book.prove(SampleDigest.a, in: Self.place, at: now)
        #expect(book.right(of: SampleDigest.a, in: Self.place) == .init(isPublic: false, provenAt: now))
        #expect(book.right(of: SampleDigest.a, in: Self.other) == nil)
        #expect(book.right(of: SampleDigest.b, in: Self.place) == nil)
        #expect(book.right(of: nil, in: Self.place) == nil)
        #expect(book.isClosed(Self.place))
        book.prove(nil, in: Self.place, at: now)
        #expect(!book.isClosed(Self.place))
        #expect(book.right(of: SampleDigest.b, in: Self.place)?.isPublic == true)
        book.close(Self.place)
        #expect(book.right(of: nil, in: Self.place) == nil)
        book.refuse(SampleDigest.a, in: Self.place)
        #expect(book.right(of: SampleDigest.a, in: Self.place) == nil)
    }

    @Test func isBounded() {
        for number in 0..<(AccessBook.limit + 10) {
            book.prove(nil, in: RepositoryPlace(registry: "r.test", repository: "r\(number)"), at: now + .seconds(number))
        }
        let kept = (0..<(AccessBook.limit + 10)).filter {
            book.right(of: nil, in: RepositoryPlace(registry: "r.test", repository: "r\($0)")) != nil
        }
        #expect(kept.count <= AccessBook.limit)
        #expect(kept.last == AccessBook.limit + 9, "the newest stay")
    }

    @Test func knowsWhatIsWhere() {
        func digest(_ number: Int) -> Digest { SampleDigest.of([UInt8(number & 255), UInt8(number >> 8 & 255), UInt8(number >> 16)]) }
        book.note((0..<AccessBook.contentLimit).map(digest), in: Self.place)
        #expect(!book.has(Self.other, digest(1)))
        #expect(book.has(Self.place, digest(AccessBook.contentLimit - 1)))
        book.note((0..<AccessBook.contentLimit).map(digest), in: Self.other)
        #expect(!book.has(Self.place, digest(1)), "the oldest went")
    }

    @Test func doesNotWaitForTheSilent() {
        #expect(!book.isSilent("r.test", at: now))
        book.noteSilence("r.test", at: now)
        #expect(book.isSilent("r.test", at: now))
        #expect(!book.isSilent("r.test", at: now + AccessBook.silence))
        book.noteSilence("r.test", at: now)
        book.prove(nil, in: Self.place, at: now)
        #expect(!book.isSilent("r.test", at: now))
    }
}
