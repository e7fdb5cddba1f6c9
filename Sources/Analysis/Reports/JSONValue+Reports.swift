package import LiveViewWire

extension JSONValue {
    /// Bytes, counts and the like.
    static func count(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }

    /// With six digits behind the point at most.
    static func decimal(_ value: Double) -> JSONValue { .number(ReportText.decimal(value, 6)) }

    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// One member a line, for people and for git.
    package var indentedText: String {
        var text = ""
        appendIndented(to: &text, indent: "")
        return text + "\n"
    }

    private func appendIndented(to text: inout String, indent: String) {
        let inner = indent + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            text += "["
            for (index, element) in elements.enumerated() {
                text += (index > 0 ? "," : "") + "\n" + inner
                element.appendIndented(to: &text, indent: inner)
            }
            text += "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            text += "{"
            for (index, member) in members.enumerated() {
                text += (index > 0 ? "," : "") + "\n" + inner
                text += JSONValue.string(member.key).compactText + ": "
                member.value.appendIndented(to: &text, indent: inner)
            }
            text += "\n\(indent)}"
        case .null, .boolean, .number, .string, .array, .object: text += compactText
        }
    }

    package var compactText: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
