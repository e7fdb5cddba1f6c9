/// What rendering puts up with: a few bytes of hostile diffs can stand for any amount of HTML.
package struct RenderLimits: Hashable, Sendable {
    /// How deep components may stand in one another. Default 64. A component within itself ends here too.
    package var maximumComponentDepth: Int
    /// The most bytes of HTML. Default 64 MB.
    package var maximumByteCount: Int

    package init(maximumComponentDepth: Int = 64, maximumByteCount: Int = 64 << 20) {
        self.maximumComponentDepth = min(maximumComponentDepth, 256)
        self.maximumByteCount = maximumByteCount
    }
}

extension LiveTree {
    /// The view's HTML, without what the client adds to it (`data-phx-component` and the like). Nothing before the join.
    /// Streams have only the entries of the last message.
    package func html(limits: RenderLimits = RenderLimits()) throws(TreeError) -> [UInt8] {
        var rendering = Rendering(components: components, limits: limits)
        if let root { try rendering.append(root) }
        return rendering.output
    }

    /// One component's HTML.
    package func html(
        of component: ComponentID, limits: RenderLimits = RenderLimits()
    ) throws(TreeError) -> [UInt8] {
        var rendering = Rendering(components: components, limits: limits)
        try rendering.append(component)
        return rendering.output
    }
}

private struct Rendering {
    let components: [ComponentID: LiveTree.Template]
    let limits: RenderLimits
    var output: [UInt8] = []
    private var depth = 0

    init(components: [ComponentID: LiveTree.Template], limits: RenderLimits) {
        self.components = components
        self.limits = limits
    }

    mutating func append(_ template: LiveTree.Template) throws(TreeError) {
        try append(template.statics, template.slots)
    }

    mutating func append(_ id: ComponentID) throws(TreeError) {
        guard let template = components[id] else {
            throw TreeError(path: ["c"], expected: "component \(id.rawValue)", actual: "none of that number")
        }
        guard depth < limits.maximumComponentDepth else {
            throw TreeError(
                path: ["c", "\(id.rawValue)"], expected: "at most \(depth) components in one another", actual: "more")
        }
        depth += 1
        try append(template)
        depth -= 1
    }

    private mutating func append(_ statics: Statics, _ slots: [LiveTree.Slot]) throws(TreeError) {
        guard statics.partCount > 0 else { return }
        output.append(contentsOf: statics[0])
        for (index, slot) in slots.enumerated() {
            switch slot {
            case .missing: output.append(contentsOf: "undefined".utf8)
            case .text(let text): output.append(contentsOf: text.utf8)
            case .component(let id): try append(id)
            case .template(let template): try append(template)
            case .list(let list): for entry in list.entries { try append(list.statics, entry) }
            }
            output.append(contentsOf: statics[index + 1])
        }
        guard output.count <= limits.maximumByteCount else {
            throw TreeError(expected: "at most \(limits.maximumByteCount) bytes of HTML", actual: "more")
        }
    }
}
