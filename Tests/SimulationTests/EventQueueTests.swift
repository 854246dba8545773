import Swarm
import Testing

@testable import Simulation

@Suite struct EventQueueTests {
    @Test func eventsComeByTimeAndThenByOrder() {
        var random = SeededGenerator(seed: 1)
        var queue = EventQueue<Int>()
        var expected: [(time: Int64, number: Int)] = []
        for number in 0..<1000 {
            let time = Int64(random.next() % 50)
            queue.schedule(at: time, number)
            expected.append((time, number))
        }
        expected.sort { ($0.time, $0.number) < ($1.time, $1.number) }
        var found: [Int] = []
        while let number = queue.pop() { found.append(number) }
        #expect(found == expected.map(\.number))
        #expect(queue.now == expected.last?.time)
    }

    /// Events near and far, and some at the same time, while others happen.
    @Test(arguments: 1...5 as ClosedRange<UInt64>) func eventsComeInOrderWhileOthersAreScheduled(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = EventQueue<Int>()
        var left: [(time: Int64, number: Int)] = []
        for number in 0..<5000 {
            let delay = Int64(random.next() % (1 << (random.next() % 34)))
            let time = random.next() % 3 == 0 ? left.last?.time ?? 0 : queue.now + delay
            queue.schedule(at: time, number)
            left.append((max(time, queue.now), number))
            guard random.next() % 2 == 0, let next = left.min(by: { ($0.time, $0.number) < ($1.time, $1.number) }) else { continue }
            #expect(queue.nextTime == next.time)
            #expect(queue.pop() == next.number)
            #expect(queue.now == next.time)
            left.removeAll { $0.number == next.number }
        }
        left.sort { ($0.time, $0.number) < ($1.time, $1.number) }
        for next in left { #expect(queue.pop() == next.number) }
        #expect(queue.pop() == nil)
        #expect(queue.nextTime == nil)
    }

    @Test func whatIsPastHappensNow() {
        var queue = EventQueue<Int>()
        queue.schedule(at: 10, 1)
        #expect(queue.pop() == 1)
        queue.schedule(at: 5, 2)
        #expect(queue.nextTime == 10)
    }
}
