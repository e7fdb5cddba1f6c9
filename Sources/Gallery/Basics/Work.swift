import LiveServer

/// Work off the event loop, whose result comes later.
struct Work: GalleryPage {
    static let about = About(
        path: "/async", name: "Work",
        shows:
            "Counting primes takes a while, so it is done elsewhere. The page stays alive, and says when it is done.",
        look: "The reply says that it has begun; the result is a diff of its own that nobody asked for.")

    private enum State {
        case idle
        case counting
        case counted(Int)
        case failed(String)
    }

    private static let limit = 200_000

    private var state = State.idle
    var taps = 0

    mutating func handle(event: Event, _ context: Context) throws {
        let limit = Self.limit
        switch event.name {
        case "tap": taps += 1
        case "count":
            state = .counting
            context.start {
                try await Primes.count(below: limit)
            } then: { (result: Result<Int, any Error>) in
                result
            }
        case "fail":
            state = .counting
            context.start {
                try await Primes.count(below: -limit)
            } then: { (result: Result<Int, any Error>) in
                result
            }
        default: throw UnhandledEvent(event.name)
        }
    }

    mutating func handle(info: Result<Int, any Error>, _ context: Context) {
        switch info {
        case .success(let count): state = .counted(count)
        case .failure(let error): state = .failed("\(error)")
        }
    }

    private var isIdle: Bool { if case .counting = state { false } else { true } }

    private var result: String {
        switch state {
        case .idle: "Nothing counted yet."
        case .counting: "Counting …"
        case .counted(let count): "\(count) primes below \(Self.limit)"
        case .failed(let reason): "It failed: \(reason)"
        }
    }

    var demo: HTML {
        """
        <div class="panel">
          <p id="result" class="big" role="status">\(result)</p>
          <div class="row">
            <button id="start" class="primary" phx-click="count"\(attribute: "disabled", if: !isIdle)>Count the primes</button>
            <button id="fail" class="danger" phx-click="fail"\(attribute: "disabled", if: !isIdle)>Work that fails</button>
            <button id="tap" phx-click="tap">Tapped \(taps) times meanwhile</button>
          </div>
        </div>
        """
    }
}

/// What takes a while.
enum Primes {
    struct NoNumber: Error, CustomStringConvertible {
        let description: String
    }

    /// By the sieve of Eratosthenes, making way for other work now and then.
    @concurrent static func count(below limit: Int) async throws -> Int {
        guard limit > 2 else { throw NoNumber(description: "there are no primes below \(limit)") }
        var isComposite = [Bool](repeating: false, count: limit)
        var count = 0
        for number in 2..<limit where !isComposite[number] {
            count += 1
            if count.isMultiple(of: 1000) {
                try Task.checkCancellation()
                await Task.yield()
            }
            for multiple in stride(from: number * number, to: limit, by: number) { isComposite[multiple] = true }
        }
        return count
    }
}
