extension Redactor {
    /// Whether the attribute makes an input's value a secret: `type="password"`, or the name of a secret field.
    func isSecretInput(_ attribute: Markup.Attribute) -> Bool {
        secretInput(attribute) != nil
    }

    private func secretInput(_ attribute: Markup.Attribute) -> SecretKind? {
        if attribute.name == Array("type".utf8), attribute.value.map({ $0 | 0x20 }) == Array("password".utf8) {
            return .field
        }
        return attribute.name == Array("name".utf8) ? field(EncodedText(attribute.value, .html).decoded) : nil
    }

    private static let value = Array("value".utf8)
    private static let content = Array("content".utf8)
    private static let liveViewAttributes = ["data-phx-session", "data-phx-static"].map { Array($0.utf8) }
    private static let standing = ["type", "name", "id", "class", "for"].map { Array($0.utf8) }

    /// Redacts the attributes in HTML, or in a piece of it.
    /// - Parameter hasSecretInput: whether the piece belongs to an input whose value is a secret.
    func markup(_ text: inout RedactedText, depth: Int, hasSecretInput: Bool) {
        for tag in Markup.tags(in: text.bytes) {
            let input = tag.attributes.lazy.compactMap(secretInput).first ?? (hasSecretInput ? .field : nil)
            for attribute in tag.attributes {
                let range = attribute.range
                if Self.liveViewAttributes.contains(attribute.name) {
                    hit(&text, range, in: .html, .liveViewToken)
                } else if let input, attribute.name == Self.value {
                    hit(&text, range, in: .html, input, input == .email ? .email : .any)
                } else if let input, attribute.name == Self.content, tag.name == Array("meta".utf8) {
                    hit(&text, range, in: .html, input)
                } else if let kind = field(attribute.name) {
                    hit(&text, range, in: .html, kind)
                } else if !range.isEmpty, !Self.standing.contains(attribute.name) {
                    within(&text, range, .html) { self.text(&$0, depth: depth + 1) }
                }
            }
        }
    }
}
