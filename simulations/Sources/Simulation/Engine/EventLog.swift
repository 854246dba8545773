import Swarm

/// A hash of all that happened, so that two runs can be told to be the same (FNV-1a, 64 bits).
struct EventLog {
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func note(_ time: Int64, _ event: Event) {
        mix(UInt64(bitPattern: time))
        switch event {
        case .tick(let node, _): mix(1, node)
        case .wants(let pull): mix(2, pull)
        case .opens: break
        case .frameBegins(let end, let frame): mix(7, end, Int(frame.piece))
        case .frameFlows(let end, let serial): mix(8, end, serial)
        case .frameEnds(let end, let frame): mix(9, end, Int(frame.piece))
        case .closed(let end): mix(10, end)
        case .flowed(let flow, let version): mix(11, Int(flow), version)
        case .dialsTracker(let node, _): mix(12, node)
        case .sessionEnds(let session): mix(16, Int(session.rawValue))
        case .sessionLost(_, let node, _): mix(17, node)
        case .trackerTicks(let epoch): mix(18, epoch)
        case .trackerWakes(let epoch): mix(19, epoch)
        case .originHashed(let run): mix(21, run)
        case .fault(let index): mix(22, index)
        case .revived(let node): mix(23, node)
        case .trackerReturns: mix(24)
        case .originReturns: mix(25)
        case .zoneReturns(let zone): mix(26, zone)
        }
    }

    mutating func note(_ time: Int64, _ parcel: Parcel) {
        mix(UInt64(bitPattern: time))
        switch parcel {
        case .dialled(_, let node, _): mix(3, node)
        case .checked(let node, _, let check, _): mix(4, node, check.piece)
        case .published(let node, _, _, let size): mix(5, node, Int(size))
        case .message(let end, _): mix(6, end)
        case .toTracker(let session, _, _): mix(13, Int(session.rawValue))
        case .handledByTracker(let session, _, _): mix(14, Int(session.rawValue))
        case .fromTracker(_, _, let node, _): mix(15, node)
        case .originAnswers(let run, let ask): mix(20, run, ask.id)
        }
    }

    /// The hash of what happened here, and what did there at the same time.
    func joined(_ other: EventLog) -> EventLog {
        var log = self
        log.mix(other.hash)
        return log
    }

    private mutating func mix(_ kind: Int, _ first: Int = 0, _ second: Int = 0) {
        mix(UInt64(kind))
        mix(UInt64(bitPattern: Int64(first)))
        mix(UInt64(bitPattern: Int64(second)))
    }

    private mutating func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01b3 }
}
