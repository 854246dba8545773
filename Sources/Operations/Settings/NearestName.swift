/// Finds the name that someone probably meant.
public enum NearestName {
    /// The candidate with the fewest edits to `name`, if there are at most two, or at most a third of the name's length.
    public static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let limit = max(2, name.utf8.count / 3)
        return
            candidates
            .map { (name: $0, edits: edits(from: Array(name.utf8), to: Array($0.utf8))) }
            .filter { $0.edits <= limit }
            .min { ($0.edits, $0.name) < ($1.edits, $1.name) }?
            .name
    }

    /// Levenshtein distance: insertions, deletions and substitutions of bytes. Names are short, so one row is kept.
    private static func edits(from source: [UInt8], to target: [UInt8]) -> Int {
        guard source.count <= 256, target.count <= 256 else { return Int.max }
        var row = Array(0...target.count)
        for (i, byte) in source.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in target.enumerated() {
                let substitution = diagonal + (byte == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[target.count]
    }
}
