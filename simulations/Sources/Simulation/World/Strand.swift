import Swarm

/// What only one processor at a time writes to: its lane of the agenda, parcels, log, chance and counts. Event by event all is one strand; in
/// steps each shard is one, and what happens elsewhere another.
final class Strand {
    let lane: EventLane<Event>
    var parcels: ParcelDesk
    var log = EventLog()
    var random: SeededGenerator
    var eventCount = 0
    var crossZoneBytes = 0

    init(lane: EventLane<Event>, parcels: ParcelDesk, random: SeededGenerator) {
        self.lane = lane
        self.parcels = parcels
        self.random = random
    }
}
