import Analysis

/// What the sessions would have been with other choices: a line each, if it would have made a difference.
struct WhatIfText {
    let whatIf: WhatIf

    var lines: [String] {
        var table = Table(.left, .right, .left)
        if let compression = whatIf.compression {
            row(
                "permessage-deflate", compression.savedWithContext, of: compression.bytes,
                "\(formatted(bytes: UInt64(WhatIf.Compression.memoryWithContext))) of memory for each socket", &table)
            row(
                "… without context takeover", compression.savedWithoutContext, of: compression.bytes,
                "no memory between messages", &table)
        }
        row("lists with keys", whatIf.keyedLists, "list", &table)
        row("streams in place of lists", whatIf.streams, "list", &table)
        row("phx-debounce", whatIf.debounce, "event", &table)
        let lines = table.lines()
        return ["", "what if"] + (lines.isEmpty ? ["  nothing that is tried would change this recording"] : lines)
    }

    private func row(_ name: String, _ saving: WhatIf.Saving, _ noun: String, _ table: inout Table) {
        guard saving.savedBytes != 0 || saving.savedMessages > 0 else { return }
        var about = counted(UInt64(saving.count), noun)
        if saving.savedMessages > 0 { about += ", \(counted(UInt64(saving.savedMessages), "message")) less" }
        row(name, saving.savedBytes, of: saving.bytes, about, &table)
    }

    private func row(_ name: String, _ saved: Int, of bytes: Int, _ about: String, _ table: inout Table) {
        let sign = saved < 0 ? "+" : "−"
        let share = bytes > 0 ? Double(abs(saved)) / Double(bytes) : 0
        table.row(
            "  " + name,
            "\(sign)\(formatted(bytes: UInt64(abs(saved)))) of \(formatted(bytes: UInt64(bytes))) (\(sign)\(ReportText.percent(share)))",
            about)
    }
}
