import Glibc
import LiveServer
import NIOPosix
import Testing
import Transport

/// kosoku runs the cases of the Autobahn test suite against an echo socket. `tools/install` brings it.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct ServingConformanceTests {
    @Test func allCoreCasesAreRight() async throws {
        #expect(try await Kosoku.run(["-x", "9.*", "-x", "12.*", "-x", "13.*"]) == 247)
    }

    @Test func someCasesOfLimitsAreRight() async throws {
        let cases = ["9.1.1", "9.1.6", "9.2.6", "9.3.1", "9.4.4", "9.5.1", "9.6.4", "9.7.3", "9.8.3"]
        #expect(try await Kosoku.run(cases.flatMap { ["-i", $0] }) == cases.count)
    }

    @Test(arguments: [false, true]) func someCasesOfCompressionAreRight(_ takeover: Bool) async throws {
        let cases =
            ["12.1.1", "12.1.11", "12.2.5", "12.3.1", "12.4.4", "12.5.2"]
            + ["13.1.1", "13.2.2", "13.3.3", "13.4.5", "13.5.1", "13.6.4", "13.7.2"]
        #expect(try await Kosoku.run(cases.flatMap { ["-i", $0] }, takeover: takeover) == cases.count)
    }
}

enum Kosoku {
    /// In the environment of the tests in Python, at the top of the repository.
    static let path: String? = {
        let top = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
        let path = "\(top)/.venv/bin/kosoku"
        return access(path, X_OK) == 0 ? path : nil
    }()

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: how many cases were run, all of them right.
    static func run(_ selection: [String], takeover: Bool = false) async throws -> Int {
        var count = 0
        try await TestApplication.serve { settings in
            settings.socket.maximumMessageBytes = 64 << 20
            settings.socket.maximumQueuedBytes = 64 << 20
            settings.socket.maximumMessagesPerSecond = nil
            settings.socket.compression = SocketCompressionSettings()
            settings.socket.compression?.contextTakeover = takeover
            settings.socket.compression?.minimumBytes = 1
        } _: { server, _ in
            count = try await run(selection, against: "\(server.host):\(server.port)")
        }
        return count
    }

    private static func run(_ selection: [String], against address: String) async throws -> Int {
        var template = Array("/tmp/livetape-kosoku-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary folder") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let path else { throw Failure(description: "kosoku is not installed: run tools/install") }
        let words = [path, "-m", "fuzzingclient", "-o", folder] + selection + [address]
        try await spawn(words)
        let index = try contents(of: folder + "/index.json")
        // {agent: {case: {"behavior": ..., "behaviorClose": ..., ...}}}
        let verdicts = index.split(separator: "\"behavior\"").dropFirst().map { $0.split(separator: "\"")[1] }
        let wrong = verdicts.filter { !["OK", "NON-STRICT", "INFORMATIONAL"].contains($0) }
        guard wrong.isEmpty else {
            throw Failure(description: "\(wrong.count) of \(verdicts.count) are wrong: \(folder)")
        }
        return verdicts.count
    }

    private static func spawn(_ words: [String]) async throws {
        let (status, failure) = try await NIOThreadPool.singleton.runIfActive { () -> (Int32, Int32) in
            var process = pid_t()
            var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]  // freed below
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
            let failure = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
            posix_spawn_file_actions_destroy(&actions)
            for argument in arguments { free(argument) }
            var status: Int32 = 0
            if failure == 0 { waitpid(process, &status, 0) }
            return (status, failure)
        }
        guard failure == 0 else { throw Failure(description: "cannot start \(words[0]): errno \(failure)") }
        // An exit code of 1 says that a case failed, which the index tells better.
        guard status & 0x7f == 0 else { throw Failure(description: "kosoku was ended by signal \(status & 0x7f)") }
    }

    private static func contents(of path: String) throws -> String {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { throw Failure(description: "kosoku wrote no \(path)") }
        defer { close(file) }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &room, room.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += room[..<count]
        }
    }
}
