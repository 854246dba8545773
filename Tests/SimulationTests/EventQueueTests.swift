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

    @Test func whatIsPastHappensNow() {
        var queue = EventQueue<Int>()
        queue.schedule(at: 10, 1)
        #expect(queue.pop() == 1)
        queue.schedule(at: 5, 2)
        #expect(queue.nextTime == 10)
    }
}
