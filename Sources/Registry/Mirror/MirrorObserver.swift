/// Hears what the mirror does, for metrics. Called on the mirror's own threads: must return at once.
public protocol MirrorObserver: Sendable {
    /// Body bytes of a manifest or blob have been handed to a client's connection.
    func sent(bytes: Int)

    /// The first body byte of a manifest or blob is on its way, this long after the request's head was read.
    func firstByte(after latency: Duration)

    /// An answer's head was decided; its body may still fail.
    func answered(status: Int)
}
