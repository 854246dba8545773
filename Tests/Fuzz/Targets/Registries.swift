import Swarm

/// What says something about registries: docker's configuration, proxies, and the limits that registries name. The Registry files under
/// test are compiled into this module.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        let configurations = [
            #"{"auths":{"https://index.docker.io/v1/":{"auth":"cm9ib3Q6cGFzcw=="},"quay.io/org":{"username":"a","password":"b"}}}"#,
            #"{"auths":{"r.example:5000":{"auth":"dTo","identitytoken":"t"},"[::1]:5000":{"registrytoken":"t"},"x":{}}}"#,
            #"{"credHelpers":{"gcr.io":"gcr","https://1.dkr.ecr.eu.amazonaws.com":"ecr-login"},"credsStore":"pass"}"#,
        ]
        let proxies = ["http://user:p%40ss@proxy.example:3128/", "socks5://[fd00::1]:1080", "proxy.example"]
        let exceptions = ["localhost, .example.com,*.svc,10.0.0.0/8, fd00::/8 ,r.example:5000,::1", "*"]
        let waits = ["120", "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 29 Feb 2024 23:59:60 GMT"]
        let limits = ["76;w=21600", "0, 5"]
        return configurations.map { seed(0, $0) } + proxies.map { seed(1, $0) } + exceptions.map { seed(2, $0) } + waits.map { seed(3, $0) }
            + limits.map { seed(4, $0) }
    }

    static func run(_ bytes: [UInt8]) {
        guard let choice = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch choice % 5 {
        case 0: configuration(Array(bytes.dropFirst()))
        case 1:
            guard let server = ProxyServer(parsing: text) else { return }
            precondition(!server.host.isEmpty && (1...65535).contains(server.port))
        case 2:
            guard let url = OriginURL(parsing: "https://r.example:5000"), let local = OriginURL(parsing: "http://127.0.0.1") else { return }
            let exceptions = NoProxy(text)
            _ = exceptions.contains(url)
            precondition(exceptions.contains(local), "loopback is always excepted")
        case 3:
            guard let seconds = RetryAfter.seconds(text, answeredAt: "Sun, 06 Nov 1994 08:49:37 GMT") else { return }
            precondition(RetryAfter.seconds("\(seconds)", answeredAt: nil) == seconds, "seconds read back")
        default:
            guard let limit = RateLimit(remaining: text, limit: text) else { return }
            precondition(limit.limit == limit.remaining)
        }
    }

    private static func configuration(_ json: [UInt8]) {
        do {
            let configuration = try DockerConfiguration(parsing: json, path: "config.json")
            for registry in ["docker.io", "quay.io", "r.example:5000"] {
                let credential = configuration.credential(for: registry, repository: "org/app")
                precondition(credential.map { "\($0)".contains("(secret)") } ?? true, "a credential prints no secret")
                guard let helper = configuration.helper(for: registry) else { continue }
                precondition(!helper.name.contains("/") && !helper.name.hasPrefix("."), "a helper's name is no path")
            }
        } catch {
            precondition(error.description.contains("config.json"), "\(error)")
        }
    }
}
