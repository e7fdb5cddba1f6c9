/// Lines of cells in columns.
struct Table {
    enum Alignment { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ alignments: Alignment...) { self.alignments = alignments }

    mutating func row(_ cells: String...) { rows.append(cells) }

    /// The lines, two spaces between columns, none at the end of a line.
    func lines(indent: Int = 0) -> [String] {
        let widths = alignments.indices.map { column in
            rows.map { column < $0.count ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
        }
        return rows.map { cells in
            let padded = zip(cells, zip(widths, alignments)).map { cell, layout in
                let space = String(repeating: " ", count: max(0, layout.0 - cell.unicodeScalars.count))
                return layout.1 == .left ? cell + space : space + cell
            }
            var line = String(repeating: " ", count: indent) + padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
