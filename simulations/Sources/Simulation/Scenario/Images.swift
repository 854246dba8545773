import Swarm
import Yams

/// The images of a scenario: one, several that share layers, or those of a registry's day, and then who pulls them too.
struct Images {
    private(set) var layers: [UInt64] = []
    private(set) var images: [Scenario.Image] = []
    private(set) var pulls: [RegistryWorkload.Pull] = []

    /// More layers of one image are taken for a mistake.
    private static let layerLimit = 1000

    init(_ fields: ScenarioFields, _ open: (String) throws(ScenarioError) -> [UInt8]) throws(ScenarioError) {
        let ways = ["image", "images", "day", "trace"].filter { fields.node($0) != nil }
        guard ways.count == 1 else {
            let found = ways.isEmpty ? "none" : ways.joined(separator: " and ")
            throw ScenarioError(file: fields.file, line: nil, problem: "it needs one of image, images, day and trace, and has \(found)")
        }
        if let node = fields.node("layers"), fields.node("images") == nil {
            throw ScenarioError(file: fields.file, line: node.mark?.line, problem: "layers are for images, which it does not have")
        }
        if let node = fields.node("image") {
            layers = try Self.sizes(node, fields.file)
            images = [Scenario.Image(name: "image", layers: Array(layers.indices))]
        } else if let node = fields.node("images") {
            try readImages(node, layers: try fields.required("layers"), fields.file)
        } else if let node = fields.node("day") {
            take(try Self.day(node, fields.file).workload())
        } else if let node = fields.node("trace") {
            take(try Self.trace(node, fields.file, open))
        }
    }

    // MARK: Names

    var names: String { images.prefix(5).map(\.name).joined(separator: ", ") + (images.count > 5 ? ", ..." : "") }

    func index(_ name: String) -> Int? { images.firstIndex { $0.name == name } }

    /// - Parameter text: an image, or whether all are held.
    func held(_ text: String) -> [Int]? {
        switch text {
        case "true": Array(images.indices)
        case "false": []
        default: index(text).map { [$0] }
        }
    }

    // MARK: Reading

    private static func size(_ node: Node, _ what: String, _ file: String) throws(ScenarioError) -> UInt64 {
        try ScenarioFields.parse(node, what, form: "a size such as 150 MB or 64 KiB", file: file) { text in
            Quantity.bytes(text).flatMap { PieceLayout(blobSize: $0) == nil ? nil : $0 }
        }
    }

    private static func sizes(_ node: Node, _ file: String) throws(ScenarioError) -> [UInt64] {
        let sizes = try Scenario.items(node, "image", file) { (item, file) throws(ScenarioError) in
            try size(item, "a layer of the image", file)
        }
        guard (1...layerLimit).contains(sizes.count) else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "image must have from 1 to \(layerLimit) layers")
        }
        return sizes
    }

    private mutating func readImages(_ node: Node, layers: Node, _ file: String) throws(ScenarioError) {
        guard case .mapping(let sizes) = layers, case .mapping(let mapping) = node else {
            throw ScenarioError(
                file: file, line: node.mark?.line, problem: "layers must map names to sizes, and images names to lists of layers")
        }
        var indices: [String: Int] = [:]
        for (key, value) in sizes {
            indices[key.string ?? ""] = self.layers.count
            self.layers.append(try Self.size(value, "layers.\(key.string ?? "?")", file))
        }
        for (key, value) in mapping {
            let name = key.string ?? "?"
            let parts = try Scenario.items(value, "images.\(name)", file) { (item, file) throws(ScenarioError) in
                try ScenarioFields.parse(item, "a layer of \(name)", form: "one of the scenario's layers", file: file) { indices[$0] }
            }
            guard (1...Self.layerLimit).contains(parts.count), Set(parts).count == parts.count else {
                throw ScenarioError(
                    file: file, line: value.mark?.line, problem: "\(name) must have from 1 to \(Self.layerLimit) layers, each once")
            }
            images.append(Scenario.Image(name: name, layers: parts))
        }
    }

    private static func day(_ node: Node, _ file: String) throws(ScenarioError) -> RegistryDay {
        let fields = try ScenarioFields(
            node, name: "day", file: file, keys: ["nodes", "images", "pulls", "pushes", "duration", "seed", "largest-layer"])
        var day = RegistryDay(
            nodes: try fields.count("nodes", 1...Scenario.nodeLimit) ?? 100, images: try fields.count("images", 1...100_000) ?? 1000,
            pulls: try fields.count("pulls", 1...1_000_000) ?? 1000, pushes: try fields.count("pushes", 0...100_000),
            duration: try fields.duration("duration") ?? .seconds(86_400),
            seed: try fields.read("seed", form: "a whole number", UInt64.init) ?? 1)
        if let largest = try fields.size("largest-layer") { day.largestLayer = UInt64(largest) }
        return day
    }

    private static func trace(
        _ node: Node, _ file: String, _ open: (String) throws(ScenarioError) -> [UInt8]
    ) throws(ScenarioError) -> RegistryWorkload {
        let fields = try ScenarioFields(node, name: "trace", file: file, keys: ["file", "pause"])
        guard let path = try fields.text("file") else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "trace needs the key file, a trace in IBM's format (JSON)")
        }
        let pause = try fields.duration("pause") ?? .seconds(60)
        let bytes = try open(path)
        do throws(TraceError) {
            return try RegistryTrace(ibm: bytes, file: path).workload(pause: pause)
        } catch {
            throw ScenarioError(file: error.file, line: error.line, problem: error.problem)
        }
    }

    private mutating func take(_ workload: RegistryWorkload) {
        let all = workload.layers
        let indices = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.id, $0) })
        layers = all.map { min($0.bytes, PieceLayout.blobSizeLimit) }
        images = workload.images.enumerated().map { index, image in
            // A layer twice in one image is fetched once.
            var seen: Set<Int> = []
            let layers = image.layers.compactMap { indices[$0.id] }.filter { seen.insert($0).inserted }
            return Scenario.Image(name: "image \(index) of repository \(image.repository)", layers: layers)
        }
        pulls = workload.pulls
    }
}
