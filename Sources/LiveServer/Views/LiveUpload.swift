import LiveViewWire

/// Files that the user may send.
///
/// ```swift
/// let photos = LiveUpload(accept: [".jpg", ".png"], maximumEntries: 3)
/// // in mount
/// context.allow(photos, as: "photos")
/// // in the body, within a form with `phx-change` and `phx-submit`
/// "\(fileInput: photos)"
/// // when the form is submitted
/// for (entry, bytes) in photos.consume() { store(entry.name, bytes) }
/// ```
///
/// It is a handle: copies of it are the same upload.
public final class LiveUpload {
    /// Why a file is not taken.
    public enum Problem: String, Sendable, CustomStringConvertible {
        case tooLarge = "too_large"
        case tooManyFiles = "too_many_files"
        case notAccepted = "not_accepted"
        /// The browser gave up.
        case failed = "external_client_failure"

        /// The problem in words for the user.
        public var description: String {
            switch self {
            case .tooLarge: "The file is too large."
            case .tooManyFiles: "There are too many files."
            case .notAccepted: "A file of this kind is not accepted."
            case .failed: "The upload failed."
            }
        }
    }

    /// A file that the user chose.
    public struct Entry: Identifiable, Sendable {
        /// The browser's number for it.
        public let id: String
        /// The file's name, as the browser says.
        public let name: String
        /// What the browser says that it is: `image/png`.
        public let type: String
        /// Bytes, as the browser says.
        public let size: Int
        /// Percent.
        public internal(set) var progress = 0
        /// Why it is not taken; empty if it is.
        public internal(set) var problems: [Problem] = []
        var isPreflighted = false

        /// Whether all of it has come.
        public var isDone: Bool { progress == 100 && problems.isEmpty }
    }

    /// Endings of names (`.jpg`) and types (`image/*`); all, if there are none.
    public let accept: [String]
    /// Files at once.
    public let maximumEntries: Int
    /// Bytes of one file.
    public let maximumFileSize: Int
    /// Bytes of one message.
    public let chunkSize: Int
    /// Whether files are sent as soon as they are chosen.
    public let startsAtOnce: Bool
    /// An event that the view gets whenever a file has progressed: `["upload": name, "id": .., "progress": 66]`.
    public let progressEvent: String?

    /// The files that were chosen, in their order.
    public internal(set) var entries: [Entry] = []
    /// The name that it was allowed under: that of the input.
    public private(set) var name = ""
    private(set) var ref = ""
    private(set) var component: ComponentID?
    private weak var channel: ViewChannel?
    private var contents: [String: [UInt8]] = [:]

    /// An upload; see the properties for what is set.
    public init(
        accept: [String] = [], maximumEntries: Int = 1, maximumFileSize: Int = 8_000_000, chunkSize: Int = 64_000,
        startsAtOnce: Bool = false, progressEvent: String? = nil
    ) {
        self.accept = accept
        self.maximumEntries = maximumEntries
        self.maximumFileSize = maximumFileSize
        self.chunkSize = chunkSize
        self.startsAtOnce = startsAtOnce
        self.progressEvent = progressEvent
    }

    /// What is wrong with all of it.
    public var problems: [Problem] { entries.count > maximumEntries ? [.tooManyFiles] : [] }

    /// Takes the files that have come whole, and forgets them here.
    public func consume() -> [(entry: Entry, bytes: [UInt8])] {
        let done = entries.filter(\.isDone)
        let files = done.map { ($0, contents[$0.id] ?? []) }
        for entry in done { forget(entry.id) }
        return files
    }

    /// Drops a file, come or not.
    public func cancel(_ id: Entry.ID) { forget(id) }

    private func forget(_ id: String) {
        entries.removeAll { $0.id == id }
        let size = contents.removeValue(forKey: id)?.count ?? 0
        channel?.socket?.uploadedBytes -= size
        channel?.closeUpload(ref, entry: id)
    }

    // MARK: - What the view does with it

    func allowed(as name: String, ref: String, by channel: ViewChannel, component: ComponentID?) {
        self.name = name
        self.ref = ref
        self.channel = channel
        self.component = component
    }

    /// Takes the files that the form has now.
    func select(_ chosen: [Entry]) {
        for new in chosen where !entries.contains(where: { $0.id == new.id }) {
            // With one place, a new file takes the place of the old one.
            if maximumEntries == 1, let old = entries.first { forget(old.id) }
            var entry = new
            entry.problems = problems(of: entry)
            entries.append(entry)
        }
    }

    private func problems(of entry: Entry) -> [Problem] {
        var problems: [Problem] = []
        if entry.size > maximumFileSize || entry.size < 0 { problems.append(.tooLarge) }
        if !accept.isEmpty, !accept.contains(where: { entry.fits($0) }) { problems.append(.notAccepted) }
        return problems
    }

    /// Changes an entry, if it is there.
    func update(_ id: String, _ change: (inout Entry) -> Void) {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return }
        change(&entries[index])
    }

    /// - Returns: how many bytes have come; nil if they are too many.
    func append(_ chunk: [UInt8], to id: String) -> Int? {
        guard let entry = entries.first(where: { $0.id == id }) else { return nil }
        let count = contents[id]?.count ?? 0
        guard count + chunk.count <= min(entry.size, maximumFileSize) else { return nil }
        contents[id, default: []] += chunk
        return count + chunk.count
    }

    func isWhole(_ id: String) -> Bool {
        entries.first { $0.id == id }.map { $0.size == contents[id]?.count ?? 0 } ?? false
    }

    /// The bytes held.
    var byteCount: Int { contents.values.reduce(0) { $0 + $1.count } }

    /// The view is over.
    func release() {
        channel?.socket?.uploadedBytes -= byteCount
        contents = [:]
        entries = []
    }
}

extension LiveUpload.Entry {
    /// What the browser says of a file; nil if it says too little.
    init?(_ json: JSONValue) {
        guard let id = json["ref"]?.string, let size = json["size"]?.integer else { return nil }
        self.init(id: id, name: json["name"]?.string ?? "", type: json["type"]?.string ?? "", size: size)
    }

    fileprivate func fits(_ pattern: String) -> Bool {
        if pattern.hasPrefix(".") { return name.lowercased().hasSuffix(pattern.lowercased()) }
        if pattern.hasSuffix("/*") { return type.hasPrefix(pattern.dropLast()) }
        return type == pattern
    }
}
