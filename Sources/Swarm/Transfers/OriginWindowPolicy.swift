/// The knobs of ``OriginWindow``.
public struct OriginWindowPolicy: Sendable {
    /// Bytes of one of several closed ranges at most; a blob that is no longer is asked for as a whole.
    public var segmentBytes = 4 << 20
    /// Bytes of such a range before it is known what a stream brings: the first ones are what all wait for, and over a link that many blobs share
    /// even a few MB take long.
    public var firstSegmentBytes = 256 << 10
    /// How long a stream is to take for one: streams of a full link get unequal shares of it, and what the others bring meanwhile waits for
    /// the slowest. Always whole pieces, at least one.
    public var segmentTime: Duration = .milliseconds(250)
    /// How many ranges for each stream may be ahead of the one that all others wait for.
    public var segmentsAhead = 2
    /// Bytes of the first range when one stream is enough; each further one is twice as long, up to the longest. Not all the rest at once:
    /// an origin may begin with a burst and slow down.
    public var longSegmentBytes = 16 << 20
    public var longestSegmentBytes = 64 << 20
    /// How long a stream is to take for one of these, as far as its rate is known: what further streams bring is of use only after it.
    public var longSegmentTime: Duration = .seconds(1)
    /// Streams at a time at most, of all blobs that come from origins together; but each of these may have one.
    public var streamLimit = 8
    /// How long throughput is measured before the number of streams is doubled or settled.
    public var trial: Duration = .milliseconds(200)
    /// How long it is watched after that; if it has halved, more streams are tried again.
    public var watch: Duration = .seconds(1)
    /// Twice the streams must bring so many percent of what half of them did.
    public var growthPercent = 125
    /// A single stream that brings so many bytes a second is limited by no origin: more would only cost.
    public var fastBytesPerSecond = 200 << 20
    /// Bytes that such a stream must have brought before it is believed to be fast.
    public var fastProofBytes = 2 << 20
    /// How often a range is asked for again at once while other streams flow.
    public var retries = 1

    public init() {}
}
