import LiveViewWire
import TestSupport

/// Random renders, and random edits of them: texts, templates and lists change, entries move, components come and go.
struct RandomRenders {
    var generator: SeededGenerator
    private let templates: [Statics] = [
        ["<p>", "</p>"], ["<b>x</b>"], ["<i>", "", "</i>"], ["", "-", "-", "."], ["<u é=\"1\">", "\n</u>"],
    ]
    private var nextKey: UInt64 = 0
    private var nextStreamID = 0
    private(set) var components: [ComponentID: Render.Template] = [:]
    private var lastComponent = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

    private mutating func statics() -> Statics { templates[number(0..<templates.count)] }

    mutating func render() -> Render {
        let root = template(depth: 4)
        return Render(root: root, components: components)
    }

    private mutating func template(depth: Int) -> Render.Template {
        let statics = statics()
        return Render.Template(
            statics, (0..<statics.slotCount).map { _ in slot(depth: depth - 1) }, hasSingleRoot: number(0..<2) == 0)
    }

    private mutating func slot(depth: Int) -> Render.Slot {
        switch depth > 0 ? number(0..<8) : number(0..<2) {
        case 0, 1, 2: return .text(text())
        case 3, 4: return .template(template(depth: depth))
        case 5, 6: return .list(list(depth: depth))
        default: return component(depth: depth)
        }
    }

    private mutating func text() -> Markup {
        Markup(["", "a", "b", "é \"quoted\"\n", "<br>", "longer than eight bytes", "1"][number(0..<7)])
    }

    private mutating func component(depth: Int) -> Render.Slot {
        // Within its own tree a component is not placed: it gets its number after it.
        let template = template(depth: min(depth, 2))
        lastComponent += 1
        components[ComponentID(lastComponent)] = template
        return .component(ComponentID(lastComponent))
    }

    private mutating func list(depth: Int) -> Render.List {
        let statics = statics()
        guard number(0..<4) > 0 else { return stream(statics, depth: depth) }
        let isKeyed = number(0..<3) > 0
        let entries = (0..<number(0..<5)).map { _ in entry(statics, isKeyed: isKeyed, depth: depth) }
        return Render.List(statics, entries)
    }

    private mutating func entry(_ statics: Statics, isKeyed: Bool, depth: Int) -> Render.Entry {
        nextKey += 1
        return Render.Entry(
            key: isKeyed ? nextKey : nil, (0..<statics.slotCount).map { _ in slot(depth: depth - 1) })
    }

    private mutating func stream(_ statics: Statics, depth: Int) -> Render.List {
        var list = Render.List(statics, stream: StreamOperation(ref: "\(number(0..<3))"))
        for _ in 0..<number(0..<3) {
            nextStreamID += 1
            list.stream?.inserts.append(StreamOperation.Insert("s\(nextStreamID)", at: number(-1..<2)))
            list.entries.append(entry(statics, isKeyed: false, depth: depth))
        }
        if number(0..<3) == 0 { list.stream?.deletes = ["s1"] }
        return list
    }

    // MARK: - Edits

    mutating func edited(_ render: Render) -> Render {
        var root = render.root
        if number(0..<20) == 0 { root = template(depth: 4) } else { edit(&root.slots, depth: 3) }
        for id in components.keys.sorted() where number(0..<3) == 0 {
            guard var template = components[id] else { continue }
            if number(0..<6) == 0 { template = self.template(depth: 2) } else { edit(&template.slots, depth: 1) }
            components[id] = template
        }
        return Render(root: root, components: components.filter { _ in true })
    }

    private mutating func edit(_ slots: inout [Render.Slot], depth: Int) {
        for index in slots.indices {
            switch slots[index] {
            case .text, .component:
                if number(0..<4) == 0 { slots[index] = slot(depth: depth) }
            case .template(var template):
                if number(0..<6) == 0 {
                    slots[index] = slot(depth: depth)
                } else {
                    edit(&template.slots, depth: depth - 1)
                    slots[index] = .template(template)
                }
            case .list(let list):
                if number(0..<8) == 0 {
                    slots[index] = slot(depth: depth)
                } else {
                    slots[index] = .list(edited(list, depth: depth))
                }
            }
        }
    }

    private mutating func edited(_ old: Render.List, depth: Int) -> Render.List {
        guard old.stream == nil else { return stream(old.statics, depth: max(depth, 1)) }
        var list = old
        let isKeyed = list.entries.first.map { $0.key != nil } ?? true
        for index in list.entries.indices where number(0..<4) == 0 {
            edit(&list.entries[index].slots, depth: depth - 1)
        }
        switch number(0..<6) {
        case 0: list.entries.shuffle(using: &generator)
        case 1: list.entries.reverse()
        case 2: list.entries.removeAll()
        default: break
        }
        if number(0..<3) == 0, !list.entries.isEmpty { list.entries.remove(at: number(0..<list.entries.count)) }
        if number(0..<3) == 0 {
            let entry = entry(list.statics, isKeyed: isKeyed, depth: max(depth, 1))
            list.entries.insert(entry, at: number(0..<(list.entries.count + 1)))
        }
        // Keys that come twice are a mistake of the program, and yet must not break the page.
        if number(0..<20) == 0, let entry = list.entries.randomElement(using: &generator) { list.entries.append(entry) }
        return list
    }

    /// Drops some components that are not placed any more.
    mutating func dropped(from render: Render) -> [ComponentID] {
        let placed = render.placedComponents
        let gone = components.keys.sorted().filter { !placed.contains($0) && number(0..<2) == 0 }
        for id in gone { components[id] = nil }
        return gone
    }
}

extension Render {
    /// The components that stand somewhere in the page.
    fileprivate var placedComponents: Set<ComponentID> {
        var placed: Set<ComponentID> = []
        var waiting = [root]
        func visit(_ slots: [Slot]) {
            for slot in slots {
                switch slot {
                case .text: break
                case .component(let id):
                    if placed.insert(id).inserted, let template = components[id] { waiting.append(template) }
                case .template(let template): visit(template.slots)
                case .list(let list): for entry in list.entries { visit(entry.slots) }
                }
            }
        }
        while let template = waiting.popLast() { visit(template.slots) }
        return placed
    }
}
