import Swarm
import Testing

@testable import Simulation

@Suite struct AgendaTests {
    /// In steps: by the step's end, then by place, then in the order of scheduling; few or many at a time, near or far.
    @Test(arguments: [5, 3000]) func eventsComeByStepThenByPlaceThenByOrder(count: Int) {
        var random = SeededGenerator(seed: 1)
        var agenda = Agenda<Int>(step: 10, places: 20)
        var expected: [(end: Int64, place: Int, number: Int)] = []
        for number in 0..<count {
            // Some beyond the ring.
            let time = Int64(random.next() % 30_000)
            let place = Int(random.next() % 20)
            agenda.schedule(at: time, number, at: place)
            expected.append(((time + 9) / 10 * 10, place, number))
        }
        expected.sort { ($0.end, $0.place, $0.number) < ($1.end, $1.place, $1.number) }
        var found: [Int] = agenda.take()
        while !agenda.isEmpty {
            agenda.advance(byOne: false)
            found += agenda.take()
        }
        #expect(found == expected.map(\.number))
        #expect(agenda.now == expected.last?.end)
    }

    @Test func timeMovesByOneStepWhileBytesFlow() {
        var agenda = Agenda<Int>(step: 10, places: 1)
        agenda.schedule(at: 35, 1, at: 0)
        agenda.advance(byOne: true)
        #expect(agenda.now == 10)
        #expect(agenda.take() == [])
        agenda.advance(byOne: false)
        #expect(agenda.now == 40)
        #expect(agenda.take() == [1])
        // What is scheduled for now comes now, after what was there.
        agenda.schedule(at: 12, 2, at: 0)
        #expect(agenda.take() == [2])
        #expect(agenda.isEmpty)
    }

    @Test func withoutStepsEventsComeByTime() {
        var agenda = Agenda<Int>(step: 0, places: 0)
        for (time, number) in [(30, 1), (20, 2), (20, 3)] as [(Int64, Int)] { agenda.schedule(at: time, number, at: 0) }
        #expect([agenda.pop(), agenda.pop(), agenda.pop(), agenda.pop()] == [2, 3, 1, nil])
        #expect(agenda.now == 30)
    }
}
