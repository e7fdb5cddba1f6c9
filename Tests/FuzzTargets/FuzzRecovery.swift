internal import Glibc
internal import RecordingFormat
internal import RecordingStore

/// Seals or recovers a file of any bytes: what comes out has to be whole.
enum FuzzRecovery {
    static func failure(of bytes: [UInt8]) -> String? {
        let place = FuzzFile(bytes)
        guard let run = try? RecordingRun.find(at: [place.path]).first, let file = run.files.first else { return nil }
        var settings = SealingSettings()
        settings.chunkByteCount = 600
        settings.checkpointDistance = 500
        settings.checkpointPayload = 20
        settings.connectionLimit = 50
        var sealer = Sealer(release: "0", settings: settings)
        do throws(SealingError) {
            if bytes.count % 2 == 0, !file.isSealed {
                _ = try sealer.seal(file, of: run)
            } else if try sealer.recover(file, of: run) == nil {
                return nil
            }
        } catch {
            // Damage is refused by seal, in words.
            return nil
        }
        return problem(at: place.path)
    }

    private static func problem(at path: String) -> String? {
        do {
            guard let run = try RecordingRun.find(at: [path]).first, let file = run.files.first else { return "no run" }
            var reader = try RecordingReader(run: run)
            reading: while true {
                switch try reader.next() {
                case .skipped(let skipped): return "\(skipped)"
                case .ended: break reading
                case .record, .missing, .caughtUp: continue
                }
            }
            var found: String?
            var verifier = SealedVerifier()
            try verifier.verify(file) { found = found ?? "\($0)" }
            return found
        } catch {
            return "\(error)"
        }
    }
}

/// A file of any bytes in a folder of its own, in memory where there is such a place. It goes with this.
final class FuzzFile {
    let path: String
    private let folder: String

    init(_ bytes: [UInt8]) {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        folder = "\(parent)/livetape-fuzz-\(getpid())-\(UInt32.random(in: .min ... .max))"
        path = folder + "/20261123T101500Z-a-k3f9x2-1.mcap"
        mkdir(folder, 0o700)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // Unsafe: read during the call only. If it fails, the file is another input.
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    deinit {
        for name in ["", ".damaged", ".tmp"] { unlink(path + name) }
        rmdir(folder)
    }
}
