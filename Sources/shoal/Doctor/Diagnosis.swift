/// Everything that was found. What `shoal doctor --json` prints.
struct Diagnosis: Encodable, Sendable {
    let healthy: Bool
    let findings: [Finding]

    init(_ findings: [Finding]) {
        self.findings = findings
        healthy = !findings.contains { $0.state == .problem }
    }

    /// For people: a line for each finding, what to do below it.
    var text: String {
        let lines = findings.map { finding in
            let remedy = finding.remedy.map { "\n\(Self.cell("", 9))\(Self.cell("", 12))→ \($0)" } ?? ""
            return Self.cell(finding.state.rawValue, 9) + Self.cell(finding.check, 12) + finding.message + remedy + "\n"
        }
        let problems = findings.count { $0.state == .problem }
        let warnings = findings.count { $0.state == .warning }
        let end =
            switch (problems, warnings) {
            case (0, 0): "all is well\n"
            case (0, let count): "nothing is wrong; \(Self.counted(count, "warning"))\n"
            case (let count, 0): "\(Self.counted(count, "problem"))\n"
            case (let count, let more): "\(Self.counted(count, "problem")), \(Self.counted(more, "warning"))\n"
            }
        return lines.joined() + end
    }

    private static func cell(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
