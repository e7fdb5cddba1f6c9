import Foundation

/// A command that this program runs, as a shell would run it: in the same process group and terminal, with every
/// signal as a new process expects it.
///
/// Foundation's `Process` is not used since it gives the child a process group of its own (a terminal then stops it
/// when it reads) and the blocked signals of one of our threads.
struct ChildCommand {
    private let process: pid_t

    /// - Parameter environment: set beside what this process has.
    /// - Throws: ``Failure`` when there is no such command.
    init(_ command: [String], environment: [String: String], signals: SignalStream) throws {
        process = try Self.spawn(command, environment)
        let process = process
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            signals.childEnded(code: Self.exitCode(status))
        }
    }

    private static func spawn(_ command: [String], _ additions: [String: String]) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let environment = ProcessInfo.processInfo.environment.merging(additions) { $1 }
        let result = withStrings(command) { arguments in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                var process: pid_t = 0
                let failure = posix_spawnp(&process, command.first ?? "", nil, &attributes, arguments, variables)
                return (failure, process)
            }
        }
        guard result.0 == 0 else {
            let reason = String(cString: strerror(result.0)).lowercased()
            // What a shell says when there is no such command, and when there is one that cannot be run.
            throw Failure("cannot run '\(command.first ?? "")': \(reason)", code: result.0 == ENOENT ? 127 : 126)
        }
        return result.1
    }

    /// Unsafe: posix_spawn(3) takes arrays of C strings that end with a null pointer; they live until `body` returns.
    private static func withStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }

    /// A shell says 128 + the signal for a command that a signal ended.
    private static func exitCode(_ status: Int32) -> Int32 {
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Passes a signal on. A terminal sends Ctrl-C to the whole process group by itself.
    func forward(_ number: Int32) {
        guard number != SIGINT || isatty(STDIN_FILENO) == 0 else { return }
        kill(process, number)
    }
}

/// The descriptors that this process had at one moment.
struct OpenDescriptors {
    private let numbers: Set<Int32>

    static func now() -> OpenDescriptors {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return OpenDescriptors(numbers: Set(names.compactMap { Int32($0) }))
    }

    /// Keeps what was opened since from the commands that this process starts: else a command that outlives the proxy
    /// would hold its port.
    func closeOthersOnExec() {
        for number in Self.now().numbers.subtracting(numbers) {
            let flags = fcntl(number, F_GETFD)
            if flags >= 0 { _ = fcntl(number, F_SETFD, flags | FD_CLOEXEC) }
        }
    }
}
