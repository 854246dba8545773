import Swarm
import Testing

@testable import Simulation

@Suite struct ScenarioFileTests {
    private static let text = """
        name: test
        seed: 7
        image: [150 MB, 64 KiB]
        nodes:
          - {count: 10, up: 100 Mbit/s, down: 1 Gbit/s, zone: a, join-over: 5 s}
          - {count: 2, zone: b, misdeed: flips-bytes}
        zones:
          b: {down: 50 Mbit/s, latency: 10 ms}
        origin: {rate: 300 MB/s, stream-rate: 25 MB/s, streams: 100, first-byte: 40 ms, zone: a}
        faults:
          - {at: 3 s, crash: 10 %, back-after: 2 s}
          - {at: 4 s, stop: tracker}
        policy: {neighbours: 5, gateway-factor: 9}
        until: 10 min
        """

    @Test func readsAllThatTheFileSays() throws {
        let scenario = try Scenario(text: Self.text, file: "test.yaml")
        #expect(scenario.name == "test")
        #expect(scenario.seed == 7)
        #expect(scenario.layers == [150_000_000, 65536])
        #expect(scenario.images == [Scenario.Image(name: "image", layers: [0, 1])])
        #expect(scenario.groups.map(\.count) == [10, 2])
        #expect(scenario.groups[0].up == 12.5e6)
        #expect(scenario.groups[0].down == 125e6)
        #expect(scenario.groups[0].pulls == [.init(over: .seconds(5))])
        #expect(scenario.groups[1].up == .infinity)
        #expect(scenario.groups[1].misdeed == .flipsBytes)
        #expect(scenario.zones["b"]?.down == 6.25e6)
        #expect(scenario.zones["b"]?.latency == .milliseconds(10))
        #expect(scenario.origin.rate == 300e6)
        #expect(scenario.origin.streamRate == 25e6)
        #expect(scenario.origin.streamLimit == 100)
        #expect(scenario.faults.count == 2)
        #expect(scenario.agent.transfer.neighbours == 5)
        #expect(scenario.tracker.settings.gatewayFactor == 9)
        #expect(scenario.until == .seconds(600))
    }

    @Test func valuesCanBeSet() throws {
        let changes = ["nodes.0.count=64", "origin.rate=1 Gbit/s", "tracker.exists=false", "seed=3"]
        let scenario = try Scenario(text: Self.text, file: "test.yaml", changes: changes)
        #expect(scenario.groups[0].count == 64)
        #expect(scenario.origin.rate == 125e6)
        #expect(!scenario.tracker.isThere)
        #expect(scenario.seed == 3)
    }

    @Test(arguments: [
        ("nodes: [{count: 1}]", "test.yaml: it needs one of image, images, day and trace, and has none"),
        ("image: [1 MB]\nnodes: [{cuont: 1}]", "test.yaml:2: nodes has no key cuont; did you mean count?"),
        ("image: [1 MB]\nnodes: [{count: 0}]", "test.yaml:2: nodes.count is \"0\", and must be a whole number from 1 to 1000000"),
        ("image: [1 MB]\nnodes: [{up: 5}]", "test.yaml:2: nodes.up is \"5\", and must be a rate such as 100 Mbit/s, 300 MB/s or unlimited"),
        ("image: [much]\nnodes: [{}]", "test.yaml:1: a layer of the image is \"much\", and must be a size such as 150 MB or 64 KiB"),
        ("image: []\nnodes: [{}]", "test.yaml:1: image must have from 1 to 1000 layers"),
        ("image: [1 MB]\nnodes: 5", "test.yaml:2: nodes must be a list"),
        (
            "image: [1 MB]\nnodes: [{}]\nfaults: [{at: 1 s}]",
            "test.yaml:3: a fault needs crash: 10 %, cut: zone, stop: tracker or stop: origin"
        ),
        ("image: [1 MB]\nnodes: [{}]\norigin: 5", "test.yaml:3: origin must be a mapping of keys to values"),
        ("image: [1 MB]\nday: {}\nnodes: [{}]", "test.yaml: it needs one of image, images, day and trace, and has image and day"),
        (
            "layers: {a: 1 MB}\nimages: {x: [b]}\nnodes: [{}]",
            "test.yaml:2: a layer of x is \"b\", and must be one of the scenario's layers"
        ),
        (
            "layers: {a: 1 MB}\nimages: {x: [a], y: [a]}\nnodes: [{pulls: [{at: 1 s}]}]",
            "test.yaml:3: nodes.pulls needs the key image, one of x, y"
        ),
        ("trace: {file: t.json}\nnodes: [{}]", "t.json: it cannot be read from here"),
        ("image: [1 MB]\nlayers: {a: 1 MB}\nnodes: [{}]", "test.yaml:2: layers are for images, which it does not have"),
        (
            "layers: {a: 1 MB}\nimages: {x: [a], y: [a]}\nnodes: [{join-over: 1 s}]",
            "test.yaml:3: join-over is for nodes that want the one image there is: write pulls, a list of image, at and over"
        ),
        ("image: [1 MB]\nnodes: [{holds: true}]", "test.yaml: nobody pulls anything: give nodes pulls, a list of image, at and over"),
        (
            "image: [1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB, 1 TiB]\n"
                + "nodes: [{count: 1000000}]",
            "test.yaml: all layers at all nodes would be more than 16 EiB: have fewer of either"
        ),
        ("image: [1 MB]\nnodes: [{zone: a}]\nfaults: [{at: 1 s, cut: b}]", "test.yaml:3: faults.cut is \"b\", and must be a zone: a"),
        (
            "image: [1 MB]\nnodes: [{}]\npolicy: {frames-per-connection: 0}",
            "test.yaml:3: policy.frames-per-connection is \"0\", and must be a whole number from 1 to 1000"
        ),
        (
            "image: [1 MB]\nnodes: [{}]\npolicy: {in-flight: 0 B}",
            "test.yaml:3: policy.in-flight is \"0 B\", and must be a size such as 128 KiB or 32 MB, not nothing"
        ),
        (
            "image: [1 MB]\nnodes: [{}]\nzones: {" + (0...65_535).map { "z\($0): {}" }.joined(separator: ", ") + "}",
            "test.yaml: it has 65537 zones, and may have 65536"
        ),
        ("a: &a [1]", "test.yaml: it is empty, or has anchors (&name), which are not taken"),
    ])
    func mistakesAreNamed(text: String, message: String) {
        let error = #expect(throws: ScenarioError.self) { try Scenario(text: text, file: "test.yaml") }
        #expect(error?.description == message)
    }

    @Test func imagesShareLayers() throws {
        let text = """
            layers: {base: 100 MB, one: 1 MB, two: 2 MB}
            images: {old: [base, one], new: [base, two]}
            nodes: [{count: 3, holds: old, pulls: [{image: new, at: 2 s, over: 1 min}]}, {}]
            """
        let scenario = try Scenario(text: text, file: "test.yaml")
        #expect(scenario.layers == [100_000_000, 1_000_000, 2_000_000])
        #expect(scenario.images.map(\.layers) == [[0, 1], [0, 2]])
        #expect(scenario.groups[0].holds == [0])
        #expect(scenario.groups[0].pulls == [.init(image: 1, at: .seconds(2), over: .seconds(60))])
        #expect(scenario.groups[1].pulls.isEmpty)
    }

    @Test func pullsAreDrawnOrRecorded() throws {
        let day = try Scenario(text: "day: {nodes: 5, images: 20, pulls: 30, duration: 1 h}\nnodes: [{count: 5}]", file: "test.yaml")
        #expect(day.pulls.count == 30)
        #expect(day.groups[0].pulls.isEmpty)
        let line = """
            {"timestamp": "2017-06-20T00:00:01.5Z", "http.request.method": "GET", "http.request.uri": "v2/a/blobs/b", \
            "http.request.remoteaddr": "c", "http.response.status": 200, "http.response.written": 5, "http.request.duration": 0.1}
            """
        let trace = try Scenario(text: "trace: {file: t.json}\nnodes: [{}]", file: "test.yaml") { path throws(ScenarioError) in
            #expect(path == "t.json")
            return Array(line.utf8)
        }
        #expect(trace.layers == [5])
        #expect(trace.pulls.map(\.node) == [0])
    }

    @Test(arguments: ["nodes", "nodes.9.count=1", "name.first=x"]) func wrongChangesAreNamed(change: String) {
        let error = #expect(throws: ScenarioError.self) { try Scenario(text: Self.text, file: "test.yaml", changes: [change]) }
        #expect(error?.description.hasPrefix("--set \(change): ") == true)
    }

    @Test func amountsHaveUnits() {
        #expect(Quantity.rate("100 Mbit/s") == 12.5e6)
        #expect(Quantity.rate("1.5MB/s") == 1.5e6)
        #expect(Quantity.rate("unlimited") == .infinity)
        #expect(Quantity.rate("100") == nil)
        #expect(Quantity.bytes("3 GB") == 3_000_000_000)
        #expect(Quantity.bytes("-1 B") == nil)
        #expect(Quantity.duration("0.2 ms") == .microseconds(200))
        #expect(Quantity.share("10 %") == 0.1)
        #expect(Quantity.share("1.5") == nil)
    }
}
