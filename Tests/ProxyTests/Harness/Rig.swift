import Glibc
import NIOCore
import Proxy
import RecordingStore
import Transport

/// A proxy in this process, with its journal in a folder of its own, and what it told.
final class Rig: Sendable {
    let proxy: Proxy
    let journal: Journal
    let folder: String
    let events: Watched<[String]>

    private init(_ proxy: Proxy, _ journal: Journal, _ folder: String, _ events: Watched<[String]>) {
        self.proxy = proxy
        self.journal = journal
        self.folder = folder
        self.events = events
    }

    /// What a test may set before the proxy starts.
    struct Settings: Sendable {
        var proxy: ProxySettings
        var journal: Journal.Settings
        /// Called where the journal says it: on the proxy's event loop.
        var onJournalEvent: @Sendable (Journal.Event) -> Void = { _ in }
    }

    /// Runs a proxy for as long as the body takes.
    static func with(
        target: String, _ change: (inout Settings) -> Void = { _ in }, _ body: (Rig) async throws -> Void
    ) async throws {
        let folder = try temporaryFolder()
        defer { removeFolder(folder) }
        var settings = Settings(
            proxy: ProxySettings(target: try Target(parsing: target), listen: Endpoint(host: "127.0.0.1", port: 0)),
            journal: Journal.Settings(folder: folder, targetName: "test", details: [:], run: "run", release: "test"))
        settings.proxy.eventLoops = 2
        settings.proxy.recorder.targetAuthority = settings.proxy.target.authority
        change(&settings)
        let events = Watched<[String]>([])
        let onJournalEvent = settings.onJournalEvent
        let journal = try Journal(settings.journal) { event in
            onJournalEvent(event)
            switch event {
            case .stopped(let reason): events.change { $0.append("recording stopped: \(reason)") }
            case .resumed: events.change { $0.append("recording resumed") }
            case .rotated: break
            }
        }
        let proxy = try await Proxy.start(settings.proxy, journal: journal) { event in
            events.change { $0.append("\(event)") }
        }
        let rig = Rig(proxy, journal, folder, events)
        do {
            try await body(rig)
        } catch {
            await proxy.stop()
            throw error
        }
        await proxy.stop()
    }

    /// Runs a raw server with a proxy in front of it.
    static func withServer(
        _ habits: RawPeer.Habits = RawPeer.Habits(), _ change: (inout Settings) -> Void = { _ in },
        _ body: (Rig, RawServer) async throws -> Void
    ) async throws {
        let server = try await RawServer.start(habits)
        do {
            try await with(target: "http://127.0.0.1:\(server.port)", change) { try await body($0, server) }
        } catch {
            await server.close()
            throw error
        }
        await server.close()
    }

    func connect(_ habits: RawPeer.Habits = RawPeer.Habits()) async throws -> RawPeer {
        try await RawPeer.connect(to: proxy.endpoint.host, proxy.endpoint.port, habits)
    }

    /// Stops the proxy and reads what it recorded.
    func stopAndRead() async throws -> Recorded {
        await proxy.stop()
        return try Recorded(paths: journal.paths)
    }
}

func temporaryFolder() throws -> String {
    var template = Array("/tmp/livetape-proxytests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NothingCame(description: "no temporary folder: errno \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a folder that holds files only.
func removeFolder(_ path: String) {
    if let folder = opendir(path) {
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in  // Unsafe: a C string in a fixed array.
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            unlink(path + "/" + name)
        }
        closedir(folder)
    }
    rmdir(path)
}

func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw NothingCame(description: "cannot open \(path): errno \(errno)") }
    defer { Glibc.close(descriptor) }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(descriptor, &room, room.count)
        guard count > 0 else { return bytes }
        bytes += room[..<count]
    }
}
