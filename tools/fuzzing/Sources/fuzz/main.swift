// The fuzzer's own program: libFuzzer, guided by the counters in the targets, runs one of them again and again.
//   fuzz seeds TARGET FOLDER     writes what to begin with
//   fuzz run TARGET [OPTION ...] libFuzzer with its options
//   fuzz replay TARGET FILE      one input, once
import Dispatch
import FuzzTargets
import Glibc

/// A function of C has no context: what it runs is here. Set once, before the first call.
nonisolated(unsafe) var chosen = FuzzTarget.records  // set once, before the first call

typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>, _ callback: Callback
) -> Int32

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: data, count: count))
    if let failure = failure(of: input, chosen) { fatalError(failure) }
    return 0
}

/// What came of a task that this thread waits for.
final class Outcome: @unchecked Sendable {  // written before the semaphore is signalled, read after
    var failure: String?
}

func failure(of input: [UInt8], _ target: FuzzTarget) -> String? {
    if !target.usesTasks { return target.failureWithoutTasks(of: input) }
    let (outcome, isDone) = (Outcome(), DispatchSemaphore(value: 0))
    Task.detached {
        outcome.failure = await target.failure(of: input)
        isDone.signal()
    }
    isDone.wait()
    return outcome.failure
}

func stop(_ words: String) -> Never {
    perror(words)
    exit(64)
}

func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "w"), fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0 else {
        stop("\(path) cannot be written")
    }
}

func contents(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { stop("\(path) cannot be read") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let target = FuzzTarget(rawValue: arguments[2]) else {
    stop("fuzz seeds|run|replay \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) ...")
}
chosen = target
switch (arguments[1], arguments.count) {
case ("seeds", 4):
    for (number, seed) in target.seeds.enumerated() { write(seed, to: "\(arguments[3])/seed-\(number)") }
case ("replay", 4):
    if let failure = failure(of: contents(of: arguments[3]), target) { fatalError(failure) }
    print("nothing is wrong")
case ("run", _):
    // libFuzzer sees its own options only.
    var count = CommandLine.argc - 2
    var begin = CommandLine.unsafeArgv + 2
    begin[0] = CommandLine.unsafeArgv[0]
    exit(runDriver(&count, &begin, testOneInput))
default: stop("fuzz seeds|run|replay TARGET ...")
}
