import LiveServer

// The parts of `PartPitfalls`.

/// Has neither state nor events: no need for a component.
struct Badge: LiveComponent {
    let id: Int

    mutating func update(from given: Badge) {}

    var body: HTML { "<span class=\"badge\">\(id)</span>" }
}

/// What a card says, whatever its kind.
private func cardText(_ number: Int) -> HTML {
    """
    <h5>House rule \(number + 1)</h5>
    <p>Whoever comes late takes the side door and leaves the light on in the hall.</p>
    <p>Whoever leaves early tells the cook, closes the window and takes the paper down to the cellar.</p>
    <p>Whoever stays over the weekend waters the plants, and feeds the cat of the neighbours if they are away.</p>
    """
}

/// Each kind is a template of its own, and so is what stands in it.
struct MixedCard: LiveComponent {
    let id: Int

    mutating func update(from given: MixedCard) {}

    var body: HTML {
        switch id {
        case 0: "<div class=\"tip\">\(cardText(id))</div>"
        case 1: "<section class=\"tip\">\(cardText(id))</section>"
        default: "<article class=\"tip\">\(cardText(id))</article>"
        }
    }
}

/// One template for all kinds.
struct Card: LiveComponent {
    let id: Int

    mutating func update(from given: Card) {}

    var body: HTML { "<div class=\"tip\" data-kind=\"\(id)\">\(cardText(id))</div>" }
}

/// Is what its id says.
struct Note: LiveComponent {
    let id: String
    let number: Int

    mutating func update(from given: Note) {}

    var body: HTML {
        "<span class=\"badge\">Note number \(number)</span> "
    }
}

/// A lamp that is switched by itself.
struct Lamp: LiveComponent {
    let id: String
    var isOn = false

    mutating func update(from given: Lamp) {}

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "switch" else { throw UnhandledEvent(event.name) }
        isOn.toggle()
    }

    var body: HTML {
        "<button class=\"small\" phx-click=\"switch\" phx-target=\"\(.myself)\">\(id): \(isOn ? "on" : "off")</button>"
    }
}

/// The same as a view, with a channel of its own.
struct LampView: LiveView {
    let room: String
    var isOn = false

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "switch" else { throw UnhandledEvent(event.name) }
        isOn.toggle()
    }

    var body: HTML { "<button class=\"small\" phx-click=\"switch\">\(room): \(isOn ? "on" : "off")</button>" }
}

/// Counts votes by itself.
struct Poll: LiveComponent {
    let id: Int
    var votes = 0

    mutating func update(from given: Poll) {}

    mutating func handle(event: Event, _ context: Context) throws {
        guard event.name == "vote" else { throw UnhandledEvent(event.name) }
        votes += 1
    }

    var body: HTML {
        "<button phx-click=\"vote\" phx-target=\"\(.myself)\">Votes for soup: \(votes)</button>"
    }
}
