import LiveServer

/// One counter of many.
struct Counter: LiveComponent {
    let id: Int
    var step: Int
    var count = 0

    mutating func update(from given: Counter) { step = given.step }

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "add" else { throw UnhandledEvent(event.name) }
        count += step
        context.tellView(Counters.Message.counted(step))
    }

    var body: HTML {
        """
        <button class="counter" id="counter-\(id)" phx-click="add" phx-target="\(.myself)">\
        <b>\(count)</b><small>+\(step)</small></button>
        """
    }
}

/// A page of 50 live components.
struct Counters: GalleryPage {
    static let about = About(
        path: "/components", name: "50 components",
        shows: "Fifty counters with state of their own; the page above them hears from each.",
        look: "A click names its component by number, and only that one comes back; the join has their template once.")

    enum Message: Sendable {
        case counted(Int)
    }

    var ids = Array(1...50)
    var step = 1
    var total = 0

    mutating func handle(event: Event, _ context: Context) throws {
        switch event.name {
        case "step": step = step % 3 + 1
        case "one": context.update(Counter.self, id: 25) { $0.count += 100 }
        case "drop": if !ids.isEmpty { ids.removeLast() }
        case "shuffle": ids.shuffle(using: &context.random)
        default: throw UnhandledEvent(event.name)
        }
    }

    mutating func handle(info: Message, _ context: Context) {
        switch info {
        case .counted(let count): total += count
        }
    }

    var demo: HTML {
        """
        <div class="row">
          <button id="step" phx-click="step">Steps of \(step)</button>
          <button id="one" phx-click="one">Number 25: 100 more</button>
          <button id="shuffle" phx-click="shuffle">Shuffle</button>
          <button id="drop" phx-click="drop">Drop the last</button>
          <span>Clicks made <b id="total">\(total)</b></span>
        </div>
        <div class="counters">\(for: ids, key: { $0 }, { "\(Counter(id: $0, step: step))" })</div>
        """
    }
}
