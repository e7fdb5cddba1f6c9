/// Numbers and foreign text in reports.
package enum ReportText {
    /// "87 B", "1.2 kB", "34 MB": decimal units.
    package static func bytes(_ count: some BinaryInteger) -> String {
        let number = Double(count)
        for (unit, name) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] where number.magnitude >= unit * 0.9995 {
            return "\(digits(number / unit)) \(name)"
        }
        return "\(count) B"
    }

    /// "0.4 ms", "12 ms", "1.3 s".
    package static func duration(_ nanoseconds: UInt64) -> String {
        let milliseconds = Double(nanoseconds) / 1e6
        return milliseconds >= 999.5 ? "\(digits(milliseconds / 1000)) s" : "\(digits(milliseconds)) ms"
    }

    /// Of a share from 0 to 1: "3 %", "0.4 %".
    package static func percent(_ share: Double) -> String {
        let percent = share * 100
        return "\(percent > 0 && percent < 9.95 ? decimal(percent, 1) : decimal(percent, 0)) %"
    }

    /// With at most so many digits behind the point, and no zeros at the end.
    package static func decimal(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "0" }
        var factor = 1
        for _ in 0..<places { factor *= 10 }
        let scaled = Int((value.magnitude * Double(factor)).rounded())
        var fraction = String(scaled % factor)
        fraction = String(repeating: "0", count: max(0, places - fraction.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return places == 0 || fraction.isEmpty ? "\(sign)\(scaled / factor)" : "\(sign)\(scaled / factor).\(fraction)"
    }

    private static func digits(_ value: Double) -> String { decimal(value, value.magnitude < 9.95 ? 1 : 0) }

    /// For text and attributes of XML and HTML. What XML has no place for becomes U+FFFD.
    package static func escapedXML(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            default:
                let isCharacter = scalar.value >= 0x20 && scalar.value != 0xfffe && scalar.value != 0xffff
                escaped.unicodeScalars.append(isCharacter ? scalar : "\u{fffd}")
            }
        }
        return escaped
    }

    /// For Markdown, within a line: nothing in it is markup.
    package static func escapedMarkdown(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "!", "@":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar)
            }
        }
        return escaped
    }
}
