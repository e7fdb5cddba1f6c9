/// A node of a page, as far as live views need it.
package enum HTMLNode: Hashable, Sendable {
    indirect case element(HTMLElement)
    case text(String)
    case comment(String)
}

package struct HTMLElement: Hashable, Sendable {
    /// In lower case.
    package var name: String
    package var attributes: [HTMLAttribute]
    package var children: [HTMLNode]

    package init(_ name: String, attributes: [HTMLAttribute] = [], children: [HTMLNode] = []) {
        self.name = name
        self.attributes = attributes
        self.children = children
    }

    /// An attribute's value; nil if the element has none of that name.
    package subscript(_ attribute: String) -> String? {
        attributes.first { $0.name == attribute }?.value
    }

    package var id: String? { self["id"] }

    /// Elements that have no content and no end tag (HTML section 13.1.2).
    static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    ]
}

extension [HTMLNode] {
    /// Reads HTML as the tree that its tags show: each element but the void ones has its end tag. What a browser adds by
    /// itself, such as a `tbody`, is not added.
    /// - Parameter maximumDepth: how deep elements may stand in one another; at most 1,000.
    package init(html bytes: Span<UInt8>, maximumDepth: Int = 512) throws(HTMLError) {
        var tokenizer = HTMLTokenizer()
        var open: [HTMLElement] = []
        var nodes: [HTMLNode] = []
        while true {
            let offset = tokenizer.position
            guard let token = try tokenizer.next(bytes) else { break }
            switch token {
            case .text(let text): nodes.append(.text(text))
            case .comment(let text): nodes.append(.comment(text))
            case .doctype: break
            case .startTag(let name, let attributes, let isSelfClosing):
                let element = HTMLElement(name, attributes: attributes)
                guard !HTMLElement.void.contains(name), !isSelfClosing else {
                    nodes.append(.element(element))
                    break
                }
                guard open.count < Swift.min(maximumDepth, 1000) else {
                    throw HTMLError(
                        offset: offset, expected: "at most \(maximumDepth) elements in one another", actual: "more")
                }
                // The outer element keeps the nodes before it for as long as the inner one is open.
                open.append(HTMLElement(name, attributes: attributes, children: nodes))
                nodes = []
            case .endTag(let name):
                guard var element = open.popLast() else {
                    throw HTMLError(offset: offset, expected: "a start tag first", actual: "</\(name)>")
                }
                guard element.name == name else {
                    throw HTMLError(offset: offset, expected: "</\(element.name)>", actual: "</\(name)>")
                }
                let before = element.children
                element.children = nodes
                nodes = before
                nodes.append(.element(element))
            }
        }
        if let element = open.last {
            throw HTMLError(offset: tokenizer.position, expected: "</\(element.name)>", actual: "the end")
        }
        self = nodes
    }

    /// The elements among the nodes.
    package var elements: [HTMLElement] {
        compactMap { node in
            guard case .element(let element) = node else { return nil }
            return element
        }
    }

    /// The nodes with each element replaced by what `change` makes of it, the inner ones last.
    package func mapElements(_ change: (HTMLElement) -> HTMLElement) -> [HTMLNode] {
        map { node in
            guard case .element(let element) = node else { return node }
            var changed = change(element)
            changed.children = changed.children.mapElements(change)
            return .element(changed)
        }
    }
}
