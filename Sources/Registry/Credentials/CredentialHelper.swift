import NIOPosix

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One `docker-credential-NAME`: a program that is given a registry's name and says the credentials for it
/// (docker-credential-helpers, "Development").
struct CredentialHelper: Sendable {
    /// Its answer is a name and a secret.
    static let limitBytes = 64 << 10
    /// What it says, word for word, when it has none: that is no failure.
    static let notFoundMarks = ["credentials not found", "no credentials server URL"]

    let name: String
    /// Directories with colons between them, as in `PATH`.
    let searchPath: String
    let timeout: Duration

    /// Runs the program on a thread that may wait.
    ///
    /// - Returns: nil when it knows none.
    func credential(for server: String) async throws(CredentialError) -> Credential? {
        guard let path = HelperProcess.find("docker-credential-\(name)", in: searchPath) else { throw .noHelper(name: name) }
        let process = HelperProcess(path: path, arguments: ["get"], limitBytes: Self.limitBytes, timeout: timeout)
        let outcome: HelperProcess.Outcome
        do {
            outcome = try await NIOThreadPool.singleton.runIfActive { process.run(input: Array(server.utf8)) }
        } catch {
            throw .helperFailed(name: name, reason: "was not started: this program is ending")
        }
        switch outcome {
        case .failed(let reason): throw .helperFailed(name: name, reason: reason)
        case .ended(let code, let output):
            guard code == 0 else {
                let text = String(decoding: output.prefix(1024), as: UTF8.self)
                if Self.notFoundMarks.contains(where: text.contains) { return nil }
                throw .helperFailed(name: name, reason: "ended with \(code)")
            }
            return try parse(output)
        }
    }

    private func parse(_ output: [UInt8]) throws(CredentialError) -> Credential? {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output)) else {
            throw .helperFailed(name: name, reason: "said something else than JSON with Username and Secret")
        }
        guard !answer.Secret.isEmpty else { return nil }
        let secret = Secret(answer.Secret)
        return answer.Username == "<token>" ? .identityToken(secret, username: "") : .password(username: answer.Username, secret)
    }

    private struct Answer: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let Username: String
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let Secret: String
    }
}
