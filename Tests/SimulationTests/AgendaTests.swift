import BasicContainers
import Swarm
import Testing

@testable import Simulation

@Suite struct AgendaTests {
    private static let places = 20

    /// In steps: by the step's end, then by place, then by lane, then in the order of scheduling; few or many at a time, near or far.
    @Test(arguments: [5, 3000]) func eventsComeByStepThenByPlaceThenByLaneThenByOrder(count: Int) {
        var random = SeededGenerator(seed: 1)
        var agenda = Agenda<Int>(step: 10, areas: 2, lanes: 3)
        var expected: [(end: Int64, place: Int, lane: Int, number: Int)] = []
        for number in 0..<count {
            // Some beyond the ring.
            let time = Int64(random.next() % 30_000)
            let (place, lane) = (Int(random.next() % UInt64(Self.places)), Int(random.next() % 3))
            agenda.lanes[lane].schedule(at: time, number, at: Int32(place), of: 1)
            expected.append(((time + 9) / 10 * 10, place, lane, number))
        }
        expected.sort { ($0.end, $0.place, $0.lane, $0.number) < ($1.end, $1.place, $1.lane, $1.number) }
        var batch = EventBatch<Int>()
        var found: [Int] = take(from: &agenda, &batch)
        while !agenda.isEmpty {
            agenda.advance(byOne: false)
            found += take(from: &agenda, &batch)
        }
        #expect(found == expected.map(\.number))
        #expect(agenda.now == expected.last?.end)
    }

    private func take(from agenda: inout Agenda<Int>, _ batch: inout EventBatch<Int>) -> [Int] {
        agenda.take(area: 1, into: &batch)
        batch.arrange(places: Self.places)
        return ordered(batch)
    }

    private func ordered(_ batch: borrowing EventBatch<Int>) -> [Int] { batch.ordered.indices.map { batch.ordered[$0] } }

    @Test func areasAreTakenApart() {
        var agenda = Agenda<Int>(step: 10, areas: 2, lanes: 1)
        for number in 0..<4 { agenda.lanes[0].schedule(at: 5, number, at: 0, of: number % 2) }
        agenda.advance(byOne: false)
        for area in 0..<2 {
            var batch = EventBatch<Int>()
            agenda.take(area: area, into: &batch)
            batch.arrange(places: 1)
            #expect(ordered(batch) == [area, area + 2])
        }
        #expect(agenda.isEmpty)
    }

    @Test func timeMovesByOneStepWhileBytesFlow() {
        var agenda = Agenda<Int>(step: 10, areas: 2, lanes: 1)
        var batch = EventBatch<Int>()
        agenda.lanes[0].schedule(at: 35, 1, at: 0, of: 1)
        agenda.advance(byOne: true)
        #expect(agenda.now == 10)
        #expect(take(from: &agenda, &batch) == [])
        agenda.advance(byOne: false)
        #expect(agenda.now == 40)
        #expect(agenda.isAnyLeft)
        #expect(take(from: &agenda, &batch) == [1])
        // What is scheduled for now comes now, after what was there.
        agenda.lanes[0].schedule(at: 12, 2, at: 0, of: 1)
        #expect(take(from: &agenda, &batch) == [2])
        #expect(agenda.isEmpty && !agenda.isAnyLeft)
    }

    @Test func withoutStepsEventsComeByTime() {
        var agenda = Agenda<Int>(step: 0, areas: 1, lanes: 1)
        for (time, number) in [(30, 1), (20, 2), (20, 3)] as [(Int64, Int)] { agenda.lanes[0].schedule(at: time, number, at: 0, of: 0) }
        #expect([agenda.pop(), agenda.pop(), agenda.pop(), agenda.pop()] == [2, 3, 1, nil])
        #expect(agenda.now == 30)
    }
}
