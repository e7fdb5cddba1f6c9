import ArgumentParser
import Foundation
import LiveServer

/// How `livetape serve` writes diffs.
enum DiffFormat: String, ExpressibleByArgument, CaseIterable {
    case auto
    case rows
    case keyed
}

/// The browser client that pages load: ours, or files that were given.
struct ServedClient {
    private let files: [(path: String, bytes: [UInt8])]
    private let isOurs: Bool

    /// - Parameter names: script files in the order that pages load them; none for our own client.
    init(files names: [String]) throws {
        isOurs = names.isEmpty
        guard !isOurs else {
            files = [("/client.js", BrowserClient.script)]
            return
        }
        files = try names.enumerated().map { index, name in
            guard let data = FileManager.default.contents(atPath: name) else {
                throw Failure("cannot read the client '\(name)'")
            }
            let url = URL(fileURLWithPath: name)
            // Numbered: two files may have the same name.
            return ("/client/\(index + 1)-\(url.lastPathComponent)", [UInt8](data))
        }
    }

    /// The URLs of its scripts, in their order.
    var paths: [String] { files.map(\.path) }

    /// What `auto` stands for. Official clients from 1.1 on read the count of a keyed list, `"kc"`; older ones know
    /// nothing of keys.
    func format(_ wanted: DiffFormat) -> LiveConfiguration.Format {
        switch wanted {
        case .rows: .rows
        case .keyed: .keyed
        case .auto: isOurs || files.contains { Self.readsKeys($0.bytes) } ? .keyed : .rows
        }
    }

    func addRoutes(_ routes: inout Routes) {
        for file in files { routes.file(file.path, file.bytes) }
    }

    private static func readsKeys(_ script: [UInt8]) -> Bool {
        let data = Data(script)
        return ["\"kc\"", "'kc'"].contains { data.range(of: Data($0.utf8)) != nil }
    }
}
