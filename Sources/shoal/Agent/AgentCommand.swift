import ArgumentParser
import Logging
import Operations

/// `shoal agent`: its settings. `AgentProgram` does the work.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Serve images on this node, from other nodes where possible and from the registry where not.",
        discussion: """
            Examples:

              shoal agent --tracker 10.0.0.5:7600
              shoal agent --tracker 10.0.0.5:7600 --registry docker.io=https://registry-1.docker.io --zone rack-7
              SHOAL_TRACKER=10.0.0.5:7600,10.0.0.6:7600 shoal agent --config /etc/shoal/agent.yaml

            The file has the same keys: `tracker: [10.0.0.5:7600]`, `registry: {docker.io: "http://127.0.0.1:5001"}`. What is said
            about registries may also stand together: `registries: {docker.io: {url: "http://127.0.0.1:5001", username: robot}}`.
            Without a tracker the agent works alone: it fetches from the registry, verifies, and keeps what it fetched.
            """)

    @Option(help: ArgumentHelp("Address of a tracker's agent socket; repeat for more, tried in order.", valueName: "host:port"))
    var tracker: [HostPort] = []

    @Option(help: ArgumentHelp("Where runtimes pull from.", valueName: "host:port"))
    var mirror = Self.usualMirror

    @Option(help: ArgumentHelp("PEM file of the certificate, with its chain, that the mirror speaks TLS with.", valueName: "file"))
    var mirrorCertificate: String?

    @Option(help: ArgumentHelp("PEM file of that certificate's key, without a passphrase.", valueName: "file"))
    var mirrorKey: String?

    @Option(help: ArgumentHelp("Where other agents connect to.", valueName: "host:port"))
    var peer = Self.usualPeer

    @Option(
        help: ArgumentHelp(
            "What other agents are told to connect to.",
            discussion: "Default: the peer address, with this host's address on the way to the tracker instead of 0.0.0.0.",
            valueName: "host:port"))
    var advertise: HostPort?

    @Option(help: ArgumentHelp("Where operators and Prometheus connect to.", valueName: "host:port"))
    var admin = HostPort(host: "127.0.0.1", port: 7701)

    @Option(help: ArgumentHelp("Directory for blobs and their index.", valueName: "dir"))
    var data = "/var/lib/shoal"

    @Option(
        help: ArgumentHelp(
            "Bytes that blobs may take in the data directory, such as 50G or 20GiB.",
            discussion: "What was not used for longest makes room: blobs of no image that is here, then whole images. Default: no limit.",
            valueName: "size"))
    var quota: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Bytes that stay free on the data directory's disk.",
            discussion: "Before it gets less, blobs are removed as for the quota; if that does not help, they are passed on unkept.",
            valueName: "size"))
    var minFree = ByteSize(1 << 30)

    @Option(help: ArgumentHelp("Bytes a second sent to other agents, such as 100M or 12.5MB. Default: no limit.", valueName: "size"))
    var uploadLimit: ByteSize?

    @Option(help: ArgumentHelp("Bytes a second received from other agents. Default: no limit.", valueName: "size"))
    var downloadLimit: ByteSize?

    @Option(help: ArgumentHelp("Bytes a second of blobs and manifests from registries. Default: no limit.", valueName: "size"))
    var originLimit: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Blobs on their way at once up to which those of a pulled manifest are fetched before the client asks.",
            discussion: "0 turns it off, for clients that read parts of layers only.", valueName: "count"))
    var prefetch = 32

    @OptionGroup(title: "Registries")
    var registries: RegistryOptions

    @Flag(help: "Ask no registry anything: serve what is here, what other agents have, and what tags meant last, however long ago.")
    var offline = false

    @Option(
        help: ArgumentHelp(
            "Seconds for which what a tag means is not asked of its registry again; 0 asks each time.", valueName: "seconds"))
    var tagTtl = 30

    @Option(
        help: ArgumentHelp(
            "Seconds for which what a tag meant is served while its registry does not answer.", valueName: "seconds"))
    var tagStale = 86_400

    @Option(
        help: ArgumentHelp(
            "Seconds for which a client's right to a repository, proven at its registry, is not asked for again; 0 asks each time.",
            valueName: "seconds"))
    var proofTtl = 300

    @Option(
        help: ArgumentHelp(
            "Where a line of JSON goes for each request to the mirror: off, stdout, or a file.",
            discussion: "A file that is renamed or removed, to rotate it, is made anew within a second.", valueName: "file"))
    var accessLog = "off"

    @Option(help: ArgumentHelp("Rack, room or availability zone; agents prefer peers of their own.", valueName: "name"))
    var zone = "default"

    @Option(help: ArgumentHelp("YAML file with any of these options.", valueName: "file"))
    var config: String?

    @Option(help: "How much is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: LogLevelOption = .info

    static let usualMirror = HostPort(host: "127.0.0.1", port: 5000)
    static let usualPeer = HostPort(host: "0.0.0.0", port: 7700)

    /// Seconds.
    static let longestTime = 31_536_000

    /// Below this, one message takes longer than peers and registries wait for the next.
    private static let lowestRate = ByteSize(64 << 10)

    func validate() throws {
        for (name, seconds) in [("tag-ttl", tagTtl), ("tag-stale", tagStale), ("proof-ttl", proofTtl)]
        where !(0...Self.longestTime).contains(seconds) {
            throw ValidationError("--\(name) \(seconds) is not a number of seconds from 0 to \(Self.longestTime), a year")
        }
        guard (mirrorCertificate == nil) == (mirrorKey == nil) else {
            throw ValidationError(
                "the mirror speaks TLS with both --mirror-certificate FILE and --mirror-key FILE: give the other one, too")
        }
        guard prefetch >= 0 else { throw ValidationError("--prefetch \(prefetch) is not a number of blobs: give 0 to turn it off") }
        let limits = [("upload-limit", uploadLimit), ("download-limit", downloadLimit), ("origin-limit", originLimit)]
        for case (let name, let limit?) in limits where limit.bytes < Self.lowestRate.bytes {
            throw ValidationError("--\(name) \(limit) is too little to work with: give at least \(Self.lowestRate) a second")
        }
    }

    func run() async throws {
        Logger.bootstrapProcess(level: logLevel.level)
        try await AgentProgram(settings: self).run()
    }
}
