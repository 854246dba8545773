import Operations
import Yams

/// One mapping of a scenario file, read key by key. Keys that nobody reads are errors.
struct ScenarioFields {
    let file: String
    /// What the mapping is, for messages: `origin`, `nodes`.
    let name: String
    private let mapping: Node.Mapping
    private let line: Int?

    init(_ node: Node, name: String, file: String, keys: [String]) throws(ScenarioError) {
        self.file = file
        self.name = name
        line = node.mark?.line
        guard case .mapping(let mapping) = node else {
            throw ScenarioError(file: file, line: line, problem: "\(name) must be a mapping of keys to values")
        }
        self.mapping = mapping
        for (key, _) in mapping {
            let text = key.string ?? "?"
            guard keys.contains(text) else {
                let near = NearestName.of(text, among: keys).map { "; did you mean \($0)?" } ?? "; it knows \(keys.joined(separator: ", "))"
                throw ScenarioError(file: file, line: key.mark?.line, problem: "\(name) has no key \(text)\(near)")
            }
        }
    }

    func node(_ key: String) -> Node? { mapping[key] }

    func required(_ key: String) throws(ScenarioError) -> Node {
        guard let node = mapping[key] else { throw ScenarioError(file: file, line: line, problem: "\(name) needs the key \(key)") }
        return node
    }

    /// Reads a scalar; nil where the key is not there.
    ///
    /// - Parameter form: what a right value looks like, for the message.
    func read<Value>(_ key: String, form: String, _ parse: (String) -> Value?) throws(ScenarioError) -> Value? {
        guard let node = mapping[key] else { return nil }
        return try Self.parse(node, "\(name).\(key)", form: form, file: file, parse)
    }

    static func parse<Value>(
        _ node: Node, _ what: String, form: String, file: String, _ parse: (String) -> Value?
    ) throws(ScenarioError) -> Value {
        guard let text = node.scalar?.string, let value = parse(text) else {
            let found = node.scalar.map { "\"\($0.string)\"" } ?? "a list or a mapping"
            throw ScenarioError(file: file, line: node.mark?.line, problem: "\(what) is \(found), and must be \(form)")
        }
        return value
    }

    func text(_ key: String) throws(ScenarioError) -> String? { try read(key, form: "a text") { $0 } }
    func rate(_ key: String) throws(ScenarioError) -> Double? {
        try read(key, form: "a rate such as 100 Mbit/s, 300 MB/s or unlimited") { Quantity.rate($0).flatMap { $0 > 0 ? $0 : nil } }
    }
    func duration(_ key: String) throws(ScenarioError) -> Duration? {
        try read(key, form: "a time such as 20 ms, 5 s or 3 min", Quantity.duration)
    }
    func size(_ key: String, least: Int = 0) throws(ScenarioError) -> Int? {
        try read(key, form: "a size such as 128 KiB or 32 MB\(least > 0 ? ", not nothing" : "")") { text in
            Quantity.bytes(text).map { Int($0) }.flatMap { $0 >= least ? $0 : nil }
        }
    }
    func share(_ key: String) throws(ScenarioError) -> Double? { try read(key, form: "a share such as 10 % or 0.1", Quantity.share) }
    func flag(_ key: String) throws(ScenarioError) -> Bool? { try read(key, form: "true or false") { ["true": true, "false": false][$0] } }
    func count(_ key: String, _ range: ClosedRange<Int>) throws(ScenarioError) -> Int? {
        try read(key, form: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
