extension [HTMLNode] {
    /// The text that a reader sees, near enough to `innerText`: white space is one space, and blocks stand apart.
    /// What is in a `textarea` is a value, not text. Styles are not known, so hidden elements count too.
    package var visibleText: String {
        var text = VisibleText()
        text.append(self)
        return text.result
    }
}

private struct VisibleText {
    /// Elements that begin and end a line, or a cell.
    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "br", "dd", "details", "dialog", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li",
        "main", "nav", "ol", "optgroup", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "ul",
    ]

    private(set) var result = ""
    /// Whether a space is due before the next letter.
    private var isApart = false

    mutating func append(_ nodes: [HTMLNode]) {
        for node in nodes {
            switch node {
            case .comment:
                break
            case .text(let text):
                append(text)
            case .element(let element):
                guard !["script", "style", "template", "textarea", "head", "title"].contains(element.name) else {
                    break
                }
                let isBlock = Self.blocks.contains(element.name)
                if isBlock { isApart = true }
                append(element.children)
                if isBlock { isApart = true }
            }
        }
    }

    private mutating func append(_ text: String) {
        for character in text {
            guard !character.isWhitespace else {
                isApart = true
                continue
            }
            if isApart, !result.isEmpty { result.append(" ") }
            isApart = false
            result.append(character)
        }
    }
}
