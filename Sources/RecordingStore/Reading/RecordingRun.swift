package import RecordingFormat

/// One start of the proxy: the files that belong together, in order.
package struct RecordingRun: Hashable, Sendable {
    package var id: String
    /// At least one, by number.
    package var files: [RecordingFile]
    /// Where a next file of the run would appear.
    package var folder: String

    package init(id: String, files: [RecordingFile], folder: String) {
        self.id = id
        self.files = files
        self.folder = folder
    }

    /// When the run began, in nanoseconds since 1970; nil if its files do not tell.
    package var startedWallNanoseconds: UInt64? { files.lazy.compactMap(\.startedWallNanoseconds).first }

    /// Facts about the run: command, target.
    package func detail(_ key: String) -> String? { files.lazy.compactMap { $0.preamble?.details[key] }.first }

    /// The run as if it had this file only.
    package func only(_ file: RecordingFile) -> RecordingRun { RecordingRun(id: id, files: [file], folder: folder) }

    /// The first record's, for those who count the time from it; nil as long as there is none.
    package func firstStamp() throws(RecordingError) -> RecordStamp? {
        var reader = try RecordingReader(run: self)
        while true {
            switch try reader.next() {
            case .record(let record, _): return record.stamp
            case .skipped, .missing, .caughtUp: continue
            case .ended: return nil
            }
        }
    }

    package var byteCount: UInt64 { files.reduce(0) { $0 &+ $1.byteCount } }

    /// Whether a proxy is writing it at this moment.
    package var isBeingWritten: Bool { files.contains(where: \.isBeingWritten) }

    /// Numbers of files that are not there, between those that are and before them.
    package var missingFileNumbers: [UInt32] {
        var missing: [UInt32] = []
        var expected: UInt32 = 1
        for file in files {
            // A number from a damaged or hostile file can be any: a hundred missing ones tell enough.
            while expected < file.number, missing.count < 100 {
                missing.append(expected)
                expected += 1
            }
            expected = file.number == .max ? .max : file.number + 1
        }
        return missing
    }
}

extension RecordingRun {
    /// Finds runs, the newest last.
    /// - Parameter paths: a folder stands for all runs in it; one file for its whole run; several files for
    ///   themselves only.
    package static func find(at paths: [String]) throws(RecordingError) -> [RecordingRun] {
        if let path = paths.first, paths.count == 1, !RecordingPaths.isFolder(path) {
            return [try whole(of: RecordingFile(path: path))]
        }
        var files: [RecordingFile] = []
        for path in paths {
            if RecordingPaths.isFolder(path) {
                files += try recordings(in: path)
            } else {
                files.append(try RecordingFile(path: path))
            }
        }
        return grouped(files)
    }

    /// The files of a folder. What is no recording of ours is passed over, unless there is nothing else.
    private static func recordings(in folder: String) throws(RecordingError) -> [RecordingFile] {
        var files: [RecordingFile] = []
        var refusal: RecordingError?
        for path in try RecordingPaths.recordings(in: folder) {
            do {
                files.append(try RecordingFile(path: path))
            } catch {
                refusal = error
            }
        }
        guard !files.isEmpty else { throw refusal ?? .nothingFound(path: folder) }
        return files
    }

    private static func whole(of file: RecordingFile) throws(RecordingError) -> RecordingRun {
        let folder = RecordingPaths.folder(of: file.path)
        // A file of another name is a copy: the run's own files, if they are there too, hold the same records.
        guard RecordingName(path: file.path)?.runID == file.runID else {
            return RecordingRun(id: file.runID, files: [file], folder: folder)
        }
        let base = file.path.split(separator: "/").last
        let candidates = (try? RecordingPaths.recordings(in: folder)) ?? []
        var files = [file]
        for path in candidates where RecordingName(path: path)?.runID == file.runID {
            guard path.split(separator: "/").last != base, let other = try? RecordingFile(path: path),
                other.runID == file.runID
            else { continue }
            files.append(other)
        }
        return RecordingRun(id: file.runID, files: files.sorted { $0.number < $1.number }, folder: folder)
    }

    private static func grouped(_ files: [RecordingFile]) -> [RecordingRun] {
        let runs = Dictionary(grouping: files, by: \.runID).flatMap { id, files in
            // A copy of a file that is there too, under another name, is a run of its own: no record is read twice.
            let own = Set(files.filter { RecordingName(path: $0.path)?.runID == id }.map(\.number))
            let isCopy = { (file: RecordingFile) in
                own.contains(file.number) && RecordingName(path: file.path)?.runID != id
            }
            return [files.filter { !isCopy($0) }, files.filter(isCopy)].filter { !$0.isEmpty }.map { files in
                let sorted = files.sorted { ($0.number, $0.path) < ($1.number, $1.path) }
                return RecordingRun(id: id, files: sorted, folder: RecordingPaths.folder(of: sorted.first?.path ?? "."))
            }
        }
        return runs.sorted { ($0.startedWallNanoseconds ?? 0, $0.id) < ($1.startedWallNanoseconds ?? 0, $1.id) }
    }
}
