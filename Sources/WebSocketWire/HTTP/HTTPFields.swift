/// One field line of a head (RFC 9112 section 5).
package struct HTTPField: Hashable, Sendable {
    /// As it was written; see ``HTTPFields`` for comparing.
    package var name: String
    /// Without the blanks around it. Bytes that are not UTF-8 are replaced; the head's `bytes` keep them.
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The fields of a head, in the order of the wire (RFC 9110 section 5).
package struct HTTPFields: Hashable, Sendable {
    package private(set) var all: [HTTPField]

    package init(_ all: [HTTPField] = []) { self.all = all }

    /// The value of a field, whatever the case of its name. Repeated fields are joined by ", ", as RFC 9110 section 5.3
    /// allows for all but Set-Cookie.
    package subscript(name: String) -> String? {
        let values = values(of: name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The values of all field lines of that name, in order.
    package func values(of name: String) -> [String] {
        all.lazy.filter { HTTPText.isSame($0.name, name) }.map(\.value)
    }

    /// The elements of a list field, over all its lines (RFC 9110 section 5.6.1).
    package func elements(of name: String) -> [String] {
        values(of: name).flatMap { HTTPText.elements(of: $0) }
    }

    /// Whether a list field such as `Connection` or `Upgrade` has that token, whatever its case.
    package func contains(_ token: String, in name: String) -> Bool {
        elements(of: name).contains { HTTPText.isSame($0, token) }
    }

    package mutating func append(_ field: HTTPField) { all.append(field) }

    /// Reads one field line, its line end taken off, and appends it.
    mutating func append(line: ArraySlice<UInt8>) throws(HTTPViolation) {
        let violation = HTTPViolation.fieldLine(number: all.count + 1)
        guard let first = line.first, !line.contains(0) else { throw violation }
        if HTTPText.isBlank(first) {
            // A folded value is out of use, yet it does not change where the message ends (RFC 9112 section 5.2).
            guard !all.isEmpty else { throw violation }
            all[all.count - 1].value += " " + HTTPText.string(HTTPText.trimmed(line))
            return
        }
        guard let colon = line.firstIndex(of: HTTPText.colon), HTTPText.isToken(line[..<colon]) else { throw violation }
        let value = HTTPText.trimmed(line[(colon + 1)...])
        all.append(HTTPField(HTTPText.string(line[..<colon]), HTTPText.string(value)))
    }
}
