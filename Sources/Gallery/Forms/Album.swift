import LiveServer

/// Files that the user sends.
struct Album: GalleryPage {
    static let about = About(
        path: "/upload", name: "Upload",
        shows: "Up to three files of 2 MB, sent over the socket; each can be cancelled, and is consumed when you save.",
        look: "A preflight, then a channel for each file with binary chunks of 16 kB, and a diff as each progresses.")

    struct Stored: Identifiable, Sendable {
        let id: Int
        let name: String
        let size: Int
        let checksum: String
    }

    let files = LiveUpload(maximumEntries: 3, maximumFileSize: 2_000_000, chunkSize: 16_000)
    var stored: [Stored] = []

    mutating func mount(_ context: Context) { context.allow(files, as: "files") }

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "validate": break
        case "cancel": files.cancel(event["ref"].string ?? "")
        case "save":
            for (entry, bytes) in files.consume() {
                let id = stored.count + 1
                stored.append(Stored(id: id, name: entry.name, size: bytes.count, checksum: checksum(bytes)))
            }
            if !stored.isEmpty { context.putFlash(.info, "\(stored.count) stored.") }
        default: throw UnhandledEvent(event.name)
        }
    }

    /// Adler-32 (RFC 1950 section 8.2).
    private func checksum(_ bytes: [UInt8]) -> String {
        var (low, high) = (1 as UInt32, 0 as UInt32)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return String(high << 16 | low, radix: 16)
    }

    var demo: HTML {
        """
        <form id="album" class="panel form" phx-change="validate" phx-submit="save">
          <div class="drop" phx-drop-target="\(files.name)">\(fileInput: files)</div>
          \(for: files.problems, { "<small class=\"problem\">\($0)</small>" })
          \(for: files.entries, key: \.id, { entry in row(entry) })
          <div class="row"><button id="save" class="primary">Save</button></div>
        </form>
        \(if: !stored.isEmpty, list)
        """
    }

    private func row(_ entry: LiveUpload.Entry) -> HTML {
        """
        <div class="entry">
          <span>\(entry.name)</span>
          <progress max="100" value="\(entry.progress)"></progress>
          <span class="mono">\(entry.progress) %</span>
          <button type="button" class="small" phx-click="cancel" phx-value-ref="\(entry.id)">Cancel</button>
          \(for: entry.problems, { "<small class=\"problem\">\($0)</small>" })
        </div>
        """
    }

    private var list: HTML {
        """
        <h2>Stored</h2>
        <table><thead><tr><th>Name</th><th>Bytes</th><th>Adler-32</th></tr></thead>
          <tbody>\(for: stored, key: \.id, { file in
            """
            <tr><td>\(file.name)</td><td class="number">\(file.size)</td><td class="mono">\(file.checksum)</td></tr>
            """
          })</tbody></table>
        """
    }
}
