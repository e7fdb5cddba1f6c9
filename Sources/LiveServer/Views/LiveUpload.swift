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
/// Files wait in memory until they are consumed, unless there is a ``UploadWriter`` for them, or they go elsewhere: an
/// upload with `external` tells the browser's script where to send each file.
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
        /// What ``LiveUpload/external`` said of it; null in other uploads.
        public internal(set) var external = JSON.null
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
    /// Makes what the bytes of a file are written to; nil: they are kept until they are consumed.
    public let writer: ((Entry) throws -> any UploadWriter)?
    /// Says where the browser is to send a file itself: an object with at least `uploader`, the name of a function
    /// among those that the page gave the client (`uploaders`). Such files are done when that function says so.
    public let external: ((Entry) throws -> JSON)?

    /// The files that were chosen, in their order.
    public internal(set) var entries: [Entry] = []
    /// The name that it was allowed under: that of the input.
    public private(set) var name = ""
    private(set) var ref = ""
    private(set) var component: ComponentID?
    private weak var channel: ViewChannel?
    private var contents: [String: [UInt8]] = [:]
    private var writers: [String: any UploadWriter] = [:]
    private var received: [String: Int] = [:]

    /// An upload; see the properties for what is set.
    public init(
        accept: [String] = [], maximumEntries: Int = 1, maximumFileSize: Int = 8_000_000, chunkSize: Int = 64_000,
        startsAtOnce: Bool = false, progressEvent: String? = nil,
        writer: ((Entry) throws -> any UploadWriter)? = nil, external: ((Entry) throws -> JSON)? = nil
    ) {
        self.accept = accept
        self.maximumEntries = maximumEntries
        self.maximumFileSize = maximumFileSize
        self.chunkSize = chunkSize
        self.startsAtOnce = startsAtOnce
        self.progressEvent = progressEvent
        self.writer = writer
        self.external = external
    }

    /// What is wrong with all of it.
    public var problems: [Problem] { entries.count > maximumEntries ? [.tooManyFiles] : [] }

    /// Takes the files that have come whole, and forgets them here. Those that were written, or went elsewhere, have no
    /// bytes.
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
        received[id] = nil
        endWriting(id, isWhole: false)
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

    /// The channel of a file opens: its writer is made.
    func beginWriting(_ id: String) throws {
        guard let writer, let entry = entries.first(where: { $0.id == id }) else { return }
        writers[id] = try writer(entry)
    }

    /// Takes bytes, which are held, or written.
    /// - Returns: whether it does; not if they are too many.
    func append(_ chunk: [UInt8], to id: String) throws -> Bool {
        guard let entry = entries.first(where: { $0.id == id }) else { return false }
        let count = received[id, default: 0]
        guard chunk.count <= min(entry.size, maximumFileSize) - count else { return false }
        guard writer != nil else {
            contents[id, default: []] += chunk
            received[id] = count + chunk.count
            return true
        }
        guard writers[id] != nil else { return false }
        try writers[id]?.write(chunk)
        received[id] = count + chunk.count
        if count + chunk.count == entry.size {
            var writer = writers.removeValue(forKey: id)
            try writer?.close(isWhole: true)
        }
        return true
    }

    /// It will not be whole.
    func fail(_ id: String) {
        update(id) { $0.problems = [.failed] }
        endWriting(id, isWhole: false)
    }

    private func endWriting(_ id: String, isWhole: Bool) {
        var writer = writers.removeValue(forKey: id)
        try? writer?.close(isWhole: isWhole)
    }

    /// Whether nothing of it is missing here. Only the browser knows of what goes elsewhere.
    func isWhole(_ id: String) -> Bool {
        guard let entry = entries.first(where: { $0.id == id }) else { return false }
        return external != nil || entry.size == received[id, default: 0]
    }

    /// The bytes held.
    var byteCount: Int { contents.values.reduce(0) { $0 + $1.count } }

    /// The view is over.
    func release() {
        channel?.socket?.uploadedBytes -= byteCount
        contents = [:]
        entries = []
        for id in writers.keys { endWriting(id, isWhole: false) }
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
