/// What was measured of a tracker so far.
struct TrackerTally: Sendable {
    /// From connecting to the tracker's hello.
    var hello = TimeRecord()
    /// From a join to the peers that it is answered with.
    var join = TimeRecord()
    /// From an announcement to the pong for the ping right behind it.
    var announce = TimeRecord()
    /// From when a join was due to when it was sent: this program's own delay, and its waiting for a tracker that is behind.
    var behind = TimeRecord()
    var errors = ErrorTally()

    /// Sessions that were opened.
    var agents = 0
    var joinsSent = 0
    var joinsAnswered = 0
    /// Within the time in which joins were sent.
    var joinsAnsweredInTime = 0
    var joinSeconds = 0.0
    var peersTold = 0
    var leases = 0
    var receivedBytes: UInt64 = 0
}
