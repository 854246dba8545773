import Operations
import Swarm

/// What was measured of an agent's mirror.
public struct AgentLoadReport: Encodable, Sendable {
    public let mirror: String
    public let image: String
    /// Of config and layers.
    public let imageBytes: UInt64
    public let clients: Int
    public let seconds: Double
    /// That were whole within the time.
    public let pulls: Int
    public let pullsPerSecond: Double
    /// Pulls that were under way when the time was over, and how long ago the first of them had begun.
    public let pullsCutOff: Int
    public let longestCutOffSeconds: Double
    public let blobs: Int
    /// Blobs whose digest was computed; of the others the size was looked at.
    public let blobsHashed: Int
    /// Of bodies, also of what was not whole at the end.
    public let receivedBytes: UInt64
    public let bytesPerSecond: Double
    /// Processors that this program kept busy: where that is as many as there are, it was not the agent that was measured.
    public let ownProcessors: Double
    /// How long what was measured took.
    public let milliseconds: [TimeSummary]
    public let errors: [ErrorSummary]

    init(
        _ settings: AgentLoad.Settings, _ figures: PullTally.Figures, imageBytes: UInt64, receivedBytes: UInt64, took: Duration,
        ownProcessors: Double
    ) {
        mirror = settings.mirror
        image = settings.image.description
        self.imageBytes = imageBytes
        clients = settings.clients
        seconds = took / .seconds(1)
        pulls = figures.pulls
        pullsPerSecond = Double(figures.pulls) / max(0.001, seconds)
        pullsCutOff = figures.cutOff
        longestCutOffSeconds = figures.longestCutOff / .seconds(1)
        blobs = figures.blobs
        blobsHashed = figures.hashed
        self.receivedBytes = receivedBytes
        bytesPerSecond = Double(receivedBytes) / max(0.001, seconds)
        self.ownProcessors = ownProcessors
        let all = figures.times
        milliseconds = [
            all.resolve.summary("resolve"), all.manifest.summary("manifest"), all.firstByte.summary("first byte"),
            all.blob.summary("blob"), all.pull.summary("pull"),
        ]
        errors = figures.errors.summary
    }

    /// The figures for a terminal.
    public var text: String {
        let figures = [
            ("image", "\(image), \(ByteCount.size(imageBytes)), from \(mirror)"),
            (
                "pulls",
                "\(pulls) by \(clients) clients in \(TextTable.number(seconds, 1)) s, \(TextTable.number(pullsPerSecond, 1)) a second"
            ),
            (
                "cut off at the end",
                pullsCutOff == 0 ? "nothing" : "\(pullsCutOff) pulls, \(TextTable.number(longestCutOffSeconds, 1)) s old at most"
            ),
            ("received", "\(ByteCount.size(receivedBytes)), \(ByteCount.rate(bytesPerSecond: bytesPerSecond))"),
            ("verified", "the size of \(blobs) blobs, the digest of \(blobsHashed)"),
            ("processors of this program", TextTable.number(ownProcessors, 2)),
        ]
        return LoadTable.text(milliseconds) + "\n" + TextTable.pairs(figures) + LoadTable.text(errors)
    }

    static func progressText(seconds: Int, _ figures: PullTally.Figures, bytesPerSecond: UInt64) -> String {
        "\(seconds) s  \(figures.pulls) pulls  \(ByteCount.rate(bytesPerSecond: Double(bytesPerSecond)))  \(figures.errors.total) errors"
    }
}
