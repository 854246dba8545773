import ArgumentParser
import Operations
import Testing

@Suite struct CommandLineToolTests {
    private func agent(_ words: [String], _ environment: [String: String] = [:]) throws -> AgentLike {
        try #require(CommandLineTool.parse(ProgramLike.self, commandLine: ["agent"] + words, environment: environment) as? AgentLike)
    }

    private func message(_ words: [String], _ environment: [String: String] = [:]) -> String {
        do {
            _ = try CommandLineTool.parse(ProgramLike.self, commandLine: words, environment: environment)
            return ""
        } catch {
            return String(describing: error)
        }
    }

    @Test func defaultsStandWhereNothingIsSet() throws {
        let agent = try agent([])
        #expect(agent.tracker.isEmpty)
        #expect(agent.mirror.description == "127.0.0.1:5000")
        #expect(agent.upload)
    }

    @Test func flagsWinOverEnvironmentOverFile() throws {
        let file = try TemporaryFile(
            """
            zone: from-file
            default-registry: from-file
            mirror: 127.0.0.1:1
            tracker: [a:1, b:2]
            """)
        let environment = ["SHOAL_ZONE": "from-environment", "SHOAL_MIRROR": "127.0.0.1:2", "SHOAL_CONFIG": file.path]
        let agent = try agent(["--mirror", "127.0.0.1:3"], environment)
        #expect(agent.mirror.port == 3)
        #expect(agent.zone == "from-environment")
        #expect(agent.defaultRegistry == "from-file")
        #expect(agent.tracker.map(\.description) == ["a:1", "b:2"])
    }

    @Test func aHigherLevelReplacesARepeatableWhole() throws {
        let file = try TemporaryFile("tracker: [a:1, b:2]\nregistry: {docker.io: 'http://x:1'}")
        let base = ["--config", file.path]
        #expect(try agent(base + ["--tracker=c:3"]).tracker.map(\.description) == ["c:3"])
        #expect(try agent(base, ["SHOAL_TRACKER": "d:4,e:5"]).tracker.map(\.description) == ["d:4", "e:5"])
        #expect(try agent(base).registry.map(\.description) == ["docker.io=http://x:1"])
        #expect(try agent(base, ["SHOAL_REGISTRY": "a=http://b,c=http://d"]).registry.count == 2)
    }

    @Test func aValueThatIsOverriddenIsNotJudged() throws {
        #expect(try agent(["--log-level", "debug"], ["SHOAL_LOG_LEVEL": "nonsense"]).logLevel == .debug)
    }

    @Test(arguments: [("true", true), ("0", false), ("No", false)])
    func flagsTakeTruthFromTheEnvironment(text: String, expected: Bool) throws {
        let agent = try agent([], ["SHOAL_UPLOAD": text, "SHOAL_QUIET": text])
        #expect(agent.upload == expected)
        #expect(agent.quiet == expected)
        #expect(try self.agent(["--no-upload"], ["SHOAL_UPLOAD": "true"]).upload == false)
    }

    @Test func valuesThatLookLikeFlagsSurvive() throws {
        #expect(try agent([], ["SHOAL_ZONE": "--quiet"]).zone == "--quiet")
    }

    @Test func everyProblemIsOneLineThatNamesItsSource() throws {
        let file = try TemporaryFile("# comment\nmirror: nowhere\n")
        #expect(message(["agent", "--config", file.path]).hasPrefix("Error: \(file.path):2: The value 'nowhere' is invalid for '--mirror"))
        #expect(message(["agent"], ["SHOAL_LOG_LEVEL": "loud"]).hasPrefix("Error: SHOAL_LOG_LEVEL: The value 'loud' is invalid"))
        #expect(
            message(["agent"], ["SHOAL_TRACKR": "a:1"])
                == "Error: environment variable SHOAL_TRACKR is no setting of this program (did you mean SHOAL_TRACKER?); unset it")
        #expect(message(["agent"], ["SHOAL_QUIET": "maybe"]).contains("SHOAL_QUIET='maybe' must be true or false"))
        #expect(message(["agent"], ["SHOAL_TRACKER": "a:1,,b:2"]).contains("must be one value, or several"))
        #expect(message(["agent"], ["SHOAL_ZONE": ""]).contains("not empty"))
        #expect(message(["agent", "--bogus"]).hasPrefix("Error: Unknown option '--bogus'"))
        #expect(
            message(["agent", "--config", "/does/not/exist"])
                == "Error: cannot read the settings file /does/not/exist: No such file or directory")
        #expect(message(["agent", "--config", "/"]).contains("Is a directory"))
    }

    @Test func variablesOfOtherCommandsAndOfKubernetesAreLetBe() throws {
        let environment = [
            "SHOAL_AGENT": "http://127.0.0.1:1", "SHOAL_TRACKER_PORT": "tcp://10.0.0.7:7600", "SHOAL_TRACKER_SERVICE_HOST": "10.0.0.7",
            "SHOAL_TRACKER_SERVICE_PORT_PEERS": "7600", "SHOAL_TRACKER_PORT_7600_TCP_ADDR": "10.0.0.7", "SHOAL_PORT": "tcp://10.0.0.8:1",
        ]
        #expect(try agent([], environment).tracker.isEmpty)
        let pull = try CommandLineTool.parse(ProgramLike.self, commandLine: ["pull", "busybox"], environment: environment) as? PullLike
        #expect(pull?.agent == "http://127.0.0.1:1")
        #expect(message(["agent"], ["SHOAL_PORT": "7600"]).contains("SHOAL_PORT is no setting"))
    }

    @Test func helpNeedsNoValidSettings() {
        #expect(!message(["agent", "--help"], ["SHOAL_X": "1"]).contains("SHOAL_X"))
    }

    @Test func aProgramWithoutSubcommandsWorksAlike() throws {
        let file = try TemporaryFile("listen: 127.0.0.1:9\n")
        let tracker = try CommandLineTool.parse(TrackerLike.self, commandLine: ["--config=\(file.path)"], environment: [:]) as? TrackerLike
        #expect(tracker?.listen.port == 9)
    }

    @Test func everyLongFlagInTheHelpIsAKey() throws {
        let help = AgentLike.helpMessage()
        let words = help.split { !($0.isLetter || $0.isNumber || $0 == "-") }.filter { $0.hasPrefix("--") }.map { $0.dropFirst(2) }
        let flags = Set(words.map(String.init)).subtracting(["help", "no-upload", "config"])
        for flag in flags {
            let file = try TemporaryFile("\(flag): [[nested]]")
            #expect(message(["agent", "--config", file.path]).contains(":1: '\(flag)' must be"), "--\(flag) is no key of the file")
        }
        #expect(flags.count == 8)
    }
}
