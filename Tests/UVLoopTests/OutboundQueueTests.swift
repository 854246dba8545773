import Testing

@testable import UVLoop

struct OutboundQueueTests {
    @Test func consumingInAnyStepsCompletesInOrder() {
        for step in [1, 2, 3, 7, 100] {
            var queue = OutboundQueue()
            var completed: [Int] = []
            let sizes = [3, 0, 5, 1, 0, 0, 8]
            for (index, size) in sizes.enumerated() {
                queue.append(.bytes([UInt8](repeating: UInt8(index), count: size))) { _ in completed.append(index) }
            }
            #expect(queue.queuedBytes == 17)
            while !queue.isEmpty {
                for completion in queue.consume(min(step, queue.queuedBytes)) { completion(nil) }
            }
            #expect(completed == Array(0..<sizes.count))
            #expect(queue.queuedBytes == 0)
        }
    }

    @Test func copyingStopsAtAFileAndAtTheEndOfTheTarget() {
        var queue = OutboundQueue()
        queue.append(.bytes([1, 2, 3]), nil)
        queue.append(.bytes([4, 5]), nil)
        queue.append(.file(OpenFile(owning: -1), offset: 10, count: 100), nil)
        queue.append(.bytes([6]), nil)
        #expect(queue.fileCount == 1)
        _ = queue.consume(1)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
        defer { target.deallocate() }
        #expect(queue.copyBytes(to: target) == 4)
        #expect(Array(target[..<4]) == [2, 3, 4, 5])
        #expect(queue.copyBytes(to: UnsafeMutableRawBufferPointer(rebasing: target[..<3])) == 3)

        _ = queue.consume(4 + 60)
        let batch = queue.batch(limitBytes: 1000, limitSegments: 10)
        #expect(batch.segments.count == 2)
        guard case .file(_, let offset, let count) = batch.segments[0] else {
            Issue.record("the rest of the file should come first")
            return
        }
        #expect(offset == 70)
        #expect(count == 40)
        _ = queue.consume(41)
        #expect(queue.fileCount == 0)
        #expect(queue.isEmpty)
    }

    @Test func longQueuesAreCompacted() {
        var queue = OutboundQueue()
        var next: UInt8 = 0
        var expected: UInt8 = 0
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { target.deallocate() }
        for round in 0..<5000 {
            queue.append(.bytes([next]), nil)
            next &+= 1
            if round % 3 != 0 {
                #expect(queue.copyBytes(to: target) == 1)
                #expect(target[0] == expected)
                expected &+= 1
                _ = queue.consume(1)
            }
        }
        #expect(queue.count == queue.queuedBytes)
        #expect(queue.removeAll().isEmpty)
        #expect(queue.isEmpty)
    }
}
